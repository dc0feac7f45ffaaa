import Foundation
import Testing

@testable import Store

@Suite struct SearchTests {
  let folder: TemporaryFolder
  let index: IndexStore

  init() throws {
    folder = try TemporaryFolder()
    index = try IndexStore.create(path: folder.file("index.db"), identity: smallIdentity)
    try store(["The cat sleeps", "A dog barks"], at: "/d/pets.md", in: index, type: "markdown")
    try store(["The cat is founded"], at: "/d/sub/cat.txt", in: index)
    try store(["Stock prices fall"], at: "/e/money.txt", in: index)
  }

  private func search(
    _ text: String, vector words: String? = nil, mode: SearchMode = .hybrid, limit: Int = 10,
    filter: SearchFilter = .none
  ) throws -> [Passage] {
    try index.search(
      SearchQuery(
        text: text, vector: vector(for: words ?? text), mode: mode, limit: limit, filter: filter))
  }

  @Test func keywordSearchFindsWordsAndTheirForms() throws {
    #expect(try search("cats", mode: .keyword).count == 2)
    #expect(try search("founding", mode: .keyword).map(\.citation.path) == ["/d/sub/cat.txt"])
    #expect(try search("CÁT", mode: .keyword).count == 2)
    #expect(try search("zebra", mode: .keyword).isEmpty)
    let hit = try #require(try search("dog", mode: .keyword).first)
    #expect(hit.keywordRank == 1 && hit.denseRank == nil && hit.cosine == nil)
    #expect(hit.score > 0)
    #expect(hit.text == "A dog barks" && hit.citation.page == 2)
  }

  @Test func headingsAndTitlesAreSearched() throws {
    #expect(try search("part", mode: .keyword).count == 4)
    var record = makeRecord("/d/t.txt", content: "x")
    record.title = "Zoology handbook"
    try index.replaceDocument(record, chunks: makeChunks(["x"]), vectors: vector(for: "x"))
    #expect(try search("zoology", mode: .keyword).map(\.citation.path) == ["/d/t.txt"])
  }

  @Test func denseSearchRanksByCosine() throws {
    let hits = try search("", vector: "A dog barks", mode: .dense, limit: 3)
    #expect(hits.count == 3)
    #expect(hits[0].text == "A dog barks")
    #expect(abs(hits[0].score - 1) < 1e-6)
    #expect(hits.map(\.denseRank) == [1, 2, 3])
    #expect(hits.map(\.score) == hits.map(\.score).sorted(by: >))
  }

  @Test func hybridSearchKnowsBothSidesOfEveryHit() throws {
    let hits = try search("cat", vector: "Stock prices fall")
    #expect(hits.count == 4)
    #expect(hits.allSatisfy { $0.cosine != nil })
    #expect(hits.filter { $0.keywordRank != nil }.count == 2)
    #expect(hits.map(\.score) == hits.map(\.score).sorted(by: >))
  }

  @Test(arguments: SearchMode.allCases) func filtersApplyBeforeRanking(mode: SearchMode) throws {
    func paths(_ filter: SearchFilter) throws -> Set<String> {
      let hits = try search("cat prices", mode: mode, limit: 1, filter: filter)
      #expect(hits.count == 1)
      return Set(hits.map(\.citation.path))
    }
    #expect(try paths(SearchFilter(paths: ["/e"])) == ["/e/money.txt"])
    #expect(try paths(SearchFilter(paths: ["sub"])) == ["/d/sub/cat.txt"])
    #expect(try paths(SearchFilter(types: ["markdown"])) == ["/d/pets.md"])
    #expect(try paths(SearchFilter(paths: ["*.txt"], types: ["text"])) != ["/d/pets.md"])
    #expect(try search("cat", mode: mode, filter: SearchFilter(paths: ["/nowhere"])).isEmpty)
  }

  @Test func aFilteredCopyIsShownUnderItsOwnPath() throws {
    #expect(try index.link(makeRecord("/z/copy.txt", content: "Stock prices fall")))
    let all = try search("prices", mode: .keyword)
    #expect(all.map(\.citation.path) == ["/e/money.txt"])
    #expect(all.map { $0.alsoAt.map(\.path) } == [["/z/copy.txt"]])
    let filtered = try search("prices", mode: .keyword, filter: SearchFilter(paths: ["/z"]))
    #expect(filtered.map(\.citation.path) == ["/z/copy.txt"])
    #expect(filtered.map { $0.alsoAt.map(\.path) } == [[]])
  }

  /// Text from users and hostile files is never interpreted as FTS5 syntax.
  @Test(arguments: [
    "\"", "\"cat", "cat\"", "cat AND", "NOT cat", "cat NEAR dog", "text:cat", "{text heading}: cat",
    "cat*", "^cat", "(cat", "cat)", "- cat", "cat + dog", "'; DROP TABLE chunk; --", "\u{0}cat",
    "cat\\", "%s%n", "🐈 cat", "\u{202E}cat", "NOT", "OR", "", "   ", "?!", "\u{301}",
  ])
  func userTextIsNeverSyntax(text: String) throws {
    let hits = try search(text, mode: .keyword)
    if text.contains("cat") { #expect(hits.count >= 2) }
    _ = try search(text)
  }

  @Test func aLongTextIsNoError() throws {
    let text = (0..<50_000).map { "word\($0)" }.joined(separator: " ")
    #expect(try search("cat " + text, mode: .keyword).count == 2)
  }

  @Test func unusableVectorsAndPatternsAreErrors() {
    let queries = [
      SearchQuery(text: "cat", vector: [1, 2]),
      SearchQuery(text: "cat", vector: [Float](repeating: .nan, count: 8)),
      SearchQuery(text: "cat", vector: [Float](repeating: .infinity, count: 8), mode: .dense),
      SearchQuery(text: "cat", mode: .keyword, filter: SearchFilter(paths: [""])),
    ]
    for query in queries {
      let error = #expect(throws: StoreError.self) { try index.search(query) }
      if case .invalidQuery = error {} else { Issue.record("\(String(describing: error))") }
    }
  }

  @Test func aVectorOfZerosAndALimitOfZeroAreHarmless() throws {
    let zeros = SearchQuery(text: "cat", vector: [Float](repeating: 0, count: 8))
    #expect(try index.search(zeros).count == 4)
    #expect(try search("cat", limit: 0).isEmpty)
    #expect(try search("cat", limit: -1).isEmpty)
    #expect(try search("cat", limit: .max / 4).count == 4)
  }

  @Test func aSearchSeesWhatAnotherProcessWrote() throws {
    let other = try IndexStore.open(path: index.path, mode: .readWrite)
    #expect(try search("", vector: "new", mode: .dense, limit: 1)[0].score < 0.9999)
    try store(["new"], at: "/n", in: other)
    #expect(try search("", vector: "new", mode: .dense, limit: 1)[0].citation.path == "/n")
    try other.removeDocuments(paths: ["/n", "/d/pets.md"])
    let left = try search("", vector: "new", mode: .dense)
    #expect(Set(left.map(\.citation.path)) == ["/d/sub/cat.txt", "/e/money.txt"])
    // More vectors are removed than are left, so the copy in RAM is loaded again.
    try other.removeDocuments(paths: ["/e/money.txt"])
    try store(["later", "latest"], at: "/m", in: other)
    #expect(try search("", vector: "latest", mode: .dense).map(\.text).first == "latest")
    #expect(try search("", vector: "latest", mode: .dense).count == 3)
    try other.rebuild(identity: smallIdentity)
    #expect(try search("", vector: "latest", mode: .dense).isEmpty)
  }

  /// On vectors of many documents, the search through SQLite equals a brute-force search.
  @Test func denseSearchThroughTheFileIsExact() throws {
    let texts = (0..<400).map { "passage \($0)" }
    try index.replaceDocuments(
      texts.map {
        EmbeddedDocument(
          record: makeRecord("/many/\($0)", content: $0), chunks: makeChunks([$0]),
          vectors: vector(for: $0))
      })
    let query = vector(for: "a question")
    let hits = try search(
      "", vector: "a question", mode: .dense, limit: 20, filter: SearchFilter(paths: ["/many"]))
    let expected = texts.map { text in
      (text, zip(query, vector(for: text)).reduce(0.0) { $0 + Double($1.0) * Double($1.1) })
    }.sorted { $0.1 > $1.1 }.prefix(20)
    #expect(hits.map(\.text) == expected.map(\.0))
  }
}
