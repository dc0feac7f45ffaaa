import Documents
import Foundation
import Testing

@testable import Store

/// The details of pictures, pictures that wait for a model, and documents that are read anew.
@Suite struct PictureStoreTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("index.db")
  }

  private func details(
    _ origin: PictureOrigin, region: PictureRegion? = nil, wasRead: Bool = false
  ) -> PictureDetails {
    PictureDetails(
      origin: origin, width: 640, height: 480, region: region,
      capturedAt: "2019-06-01T12:30:00+02:00", latitude: 48.2083, longitude: -16.3725,
      sha256: "5e", wasRead: wasRead)
  }

  private func picture(
    _ caption: String, _ origin: PictureOrigin, at offset: Int = 11, page: Int? = nil
  ) -> Chunk {
    Chunk(
      modality: .picture, text: caption, byteRange: offset..<offset, page: page, lineRange: 1...1,
      picture: details(origin), tokenCount: caption.isEmpty ? 0 : 3)
  }

  /// A page with a text, a picture with a caption and one without, none of them with a vector.
  private func makeWaiting(in index: IndexStore, at path: String = "/page.md") throws {
    let chunks =
      makeChunks(["a long walk"]) + [
        picture("the summit", .linked(path: "/a/summit.jpg")), picture("", .inline(number: 1)),
      ]
    try index.replaceDocuments([
      EmbeddedDocument(
        record: makeRecord(path, content: "page", type: "markdown"), chunks: chunks,
        vectors: [
          SpaceVectors(
            space: .text, firstOrdinal: 0,
            elements: vector(for: "a long walk") + vector(for: "the summit"))
        ])
    ])
  }

  private func pictureVector(_ name: String) -> [Float] { vector(for: name, dimension: 4) }

  private func search(_ index: IndexStore, _ picture: String) throws -> [Passage] {
    try index.searchPictures(
      SearchQuery(text: "", vector: pictureVector(picture), space: .picture, mode: .dense))
  }

  @Test func detailsAreKept() throws {
    let index = try IndexStore.create(path: path, identity: smallIdentity)
    let region = PictureRegion(x: 1, y: 2, width: 30, height: 40)
    let chunks =
      makeChunks(["words"]).map {
        Chunk(
          text: $0.text, byteRange: $0.byteRange, page: 3, lineRange: $0.lineRange,
          picture: details(.page(number: 3), region: region, wasRead: true),
          tokenCount: $0.tokenCount)
      } + [picture("", .page(number: 3), page: 3)]
    try index.replaceDocument(
      makeRecord("/scan.pdf", content: "scan", type: "pdf"), chunks: chunks,
      vectors: vector(for: "words"))
    let document = try #require(try index.document(path: "/scan.pdf"))
    #expect(try index.chunks(ofDocument: document.id) == chunks)
    let found = try #require(try index.search(SearchQuery(text: "words", mode: .keyword)).first)
    #expect(found.citation.picture?.region == region)
    #expect(found.citation.place == "page 3" && found.citation.kind == "text")
    #expect(try index.unreadPageCount() == 1)
    #expect(try index.unreadPaths() == ["/scan.pdf"])
    #expect(try index.verify().problems == [])
    try index.removeDocuments(paths: ["/scan.pdf"])
    #expect(try index.rowsForTesting("SELECT origin FROM picture") == [])
  }

  @Test func theContentHashDependsOnTheDetails() throws {
    func hash(_ picture: PictureDetails) throws -> String {
      let index = try IndexStore.create(
        path: folder.file(UUID().uuidString), identity: smallIdentity)
      let chunk = Chunk(
        modality: .picture, text: "", byteRange: 0..<0, lineRange: 1...1, picture: picture,
        tokenCount: 0)
      try index.replaceDocuments([
        EmbeddedDocument(
          record: makeRecord("/a", content: "a"), chunks: [chunk], vectors: [SpaceVectors]())
      ])
      return try index.contentHash()
    }
    let whole = details(.file)
    let region = PictureRegion(x: 0, y: 0, width: 1, height: 1)
    let hashes = try [
      whole, details(.inline(number: 1)), whole.with(region: region), details(.file, wasRead: true),
    ].map(hash)
    #expect(Set(hashes).count == 4)
    #expect(try hash(whole) == hashes[0])
  }

  /// The type `picture` lets pass the pictures of a page, and not its text.
  @Test(arguments: SearchMode.allCases) func theTypeFindsPicturesInDocuments(mode: SearchMode)
    throws
  {
    let index = try IndexStore.create(path: path, identity: smallIdentity)
    try makeWaiting(in: index)
    try store(["a long walk to the summit"], at: "/notes.txt", in: index)
    func found(_ types: [String], paths: [String] = [], limit: Int = 1) throws -> [String] {
      try index.search(
        SearchQuery(
          text: "long walk summit", vector: vector(for: "a long walk"), mode: mode, limit: limit,
          filter: SearchFilter(paths: paths, types: types))
      ).map(\.text)
    }
    #expect(try found(["picture"]) == ["the summit"])
    #expect(try found(["picture"], paths: ["/other"]).isEmpty)
    #expect(
      try found(["picture", "text"], limit: 9).sorted() == [
        "a long walk to the summit", "the summit",
      ])
    #expect(try found(["markdown"], limit: 9).sorted() == ["a long walk", "the summit"])
    #expect(try index.hasDocument(passing: SearchFilter(types: ["picture"])))
    #expect(try !index.hasDocument(passing: SearchFilter(types: ["pdf"])))
  }

  /// In the space of pictures as well.
  @Test func theTypeFindsPicturesByWhatTheyShow() throws {
    let index = try IndexStore.create(path: path, identity: smallIdentity)
    try makeWaiting(in: index)
    try index.adopt(VectorSpaceTests.clip)
    let vectors = SpaceVectors(
      space: .picture, firstOrdinal: 1,
      elements: pictureVector("summit") + pictureVector("valley"))
    let record = try #require(try index.waitingDocuments().first).record
    #expect(try index.apply([.addVectors(vectors, to: record)]) == [])
    for (types, count) in [(["picture"], 2), (["markdown"], 2), (["pdf"], 0)] {
      let found = try index.searchPictures(
        SearchQuery(
          text: "", vector: pictureVector("summit"), space: .picture, mode: .dense,
          filter: SearchFilter(types: types)))
      #expect(found.count == count)
    }
  }

  @Test func waitingPicturesGetTheirVectorsLater() throws {
    let index = try IndexStore.create(path: path, identity: smallIdentity)
    try makeWaiting(in: index)
    try makeWaiting(in: index, at: "/copy.md")
    #expect(try index.waitingPictureCount() == 2)
    let waiting = try #require(try index.waitingDocuments().first)
    #expect(waiting.record.path == "/copy.md")
    #expect(waiting.pictures.map(\.ordinal) == [1, 2])
    #expect(
      waiting.pictures.map(\.origin) == [.linked(path: "/a/summit.jpg"), .inline(number: 1)])
    let linked = LinkedPicture(path: "/a/summit.jpg", sha256: "5e")
    #expect(try index.linkedPictures() == ["/copy.md": [linked], "/page.md": [linked]])

    try index.adopt(VectorSpaceTests.clip)
    // Loads the vectors, so that the new ones are added to older content.
    #expect(try search(index, "valley").isEmpty)
    let texts = try index.rowsForTesting("SELECT hex(elements) FROM vector ORDER BY chunkID")
    let vectors = SpaceVectors(
      space: .picture, firstOrdinal: 1,
      elements: pictureVector("summit") + pictureVector("valley"))
    #expect(try index.apply([.addVectors(vectors, to: waiting.record)]) == [])
    #expect(try index.waitingPictureCount() == 0)
    #expect(
      try index.rowsForTesting(
        "SELECT hex(elements) FROM vector WHERE spaceID = 1 ORDER BY chunkID") == texts)
    #expect(try search(index, "valley").map(\.text) == ["", "the summit"])
    #expect(try search(index, "valley").first?.alsoAt.map(\.path) == ["/page.md"])
    #expect(try index.verify().problems == [])
    // Once more, and for content that is gone: nothing changes, and the records are returned.
    let unknown = makeRecord("/x", content: "other")
    #expect(
      try index.apply([
        .addVectors(vectors, to: waiting.record), .addVectors(vectors, to: unknown),
      ]) == [waiting.record, unknown])
    #expect(try search(index, "valley").count == 2)
  }

  @Test func anotherPictureModelIsNotAdopted() throws {
    let index = try IndexStore.create(path: path, identity: smallIdentity)
    try index.adopt(VectorSpaceTests.clip)
    try index.adopt(VectorSpaceTests.clip)
    #expect(try index.identity() == VectorSpaceTests.both)
    #expect(throws: StoreError.self) {
      try index.adopt(
        VectorSpace(name: .picture, modelHash: "dd", modelName: "other", dimension: 4))
    }
  }

  @Test func anotherProcessThatRebuildsWithAnotherPictureModelIsNoticed() throws {
    let index = try IndexStore.create(path: path, identity: smallIdentity)
    try index.adopt(VectorSpaceTests.clip)
    #expect(try search(index, "valley").isEmpty)
    let other = VectorSpace(name: .picture, modelHash: "dd", modelName: "other", dimension: 4)
    try IndexStore.open(path: path, mode: .readWrite).rebuild(
      identity: IndexIdentity(
        text: smallIdentity.text, picture: other, chunker: smallIdentity.chunker))
    #expect(throws: StoreError.self) { try search(index, "valley") }
  }

  @Test func theBestCosinesAreThoseOfSearches() throws {
    let index = try IndexStore.create(path: path, identity: VectorSpaceTests.both)
    for name in ["a", "b", "c"] {
      try index.replaceDocuments([
        EmbeddedDocument(
          record: makeRecord("/\(name).jpg", content: name, type: "picture"),
          chunks: [picture("", .file)],
          vectors: [SpaceVectors(space: .picture, firstOrdinal: 0, elements: pictureVector(name))])
      ])
    }
    let queries = ["x", "y", "b"]
    for filter in [SearchFilter.none, SearchFilter(paths: ["/a.jpg"])] {
      let best = try index.bestCosines(
        queries.map(pictureVector), in: .picture, filter: filter)
      let searched = try queries.map { query in
        try index.searchPictures(
          SearchQuery(
            text: "", vector: pictureVector(query), space: .picture, mode: .dense, limit: 1,
            filter: filter)
        ).first?.pictureCosine
      }
      #expect(best == searched && best.allSatisfy { $0 != nil })
    }
    let none = SearchFilter(paths: ["/nowhere"])
    #expect(try index.bestCosines([pictureVector("x")], in: .picture, filter: none) == [nil])
  }

  @Test func aRenewedDocumentReplacesTheContentOfAllItsPaths() throws {
    let index = try IndexStore.create(path: path, identity: VectorSpaceTests.both)
    try makeWaiting(in: index)
    try makeWaiting(in: index, at: "/copy.md")
    try index.replaceDocuments([
      EmbeddedDocument(
        record: makeRecord("/other", content: "other"), chunks: makeChunks(["other"]),
        vectors: vector(for: "other"))
    ])
    let chunks = makeChunks(["a short walk"])
    _ = try index.apply([
      .renew(
        EmbeddedDocument(
          record: makeRecord("/page.md", content: "page", type: "markdown"), chunks: chunks,
          vectors: vector(for: "a short walk")))
    ])
    for path in ["/page.md", "/copy.md"] {
      let document = try #require(try index.document(path: path))
      #expect(try index.chunks(ofDocument: document.id) == chunks)
    }
    #expect(try index.statistics().contentCount == 2)
    #expect(try index.search(SearchQuery(text: "long", mode: .keyword)).isEmpty)
    #expect(try index.search(SearchQuery(text: "short", mode: .keyword)).count == 1)
    #expect(try index.verify().problems == [])
  }

  @Test func theTextNearestToAPictureIsFound() throws {
    let index = try IndexStore.create(path: path, identity: VectorSpaceTests.both)
    let texts = makeChunks(["far away", "beside the picture", "after it"]).map {
      Chunk(
        text: $0.text, byteRange: $0.byteRange, lineRange: $0.lineRange, tokenCount: $0.tokenCount)
    }
    let place = texts[1].byteRange.upperBound - 1
    try index.replaceDocuments([
      EmbeddedDocument(
        record: makeRecord("/p.md", content: "p"),
        chunks: texts + [picture("", .inline(number: 1), at: place)],
        vectors: [
          SpaceVectors(
            space: .text, firstOrdinal: 0, elements: texts.flatMap { vector(for: $0.text) }),
          SpaceVectors(space: .picture, firstOrdinal: 3, elements: pictureVector("x")),
        ])
    ])
    let found = try #require(try search(index, "x").first)
    #expect(try index.text(near: found.citation)?.text == "beside the picture")
    #expect(found.pictureCosine.map { $0 > 0.999 } == true && found.cosine == nil)
  }

  @Test func anImpossiblePictureIsDamage() throws {
    let index = try IndexStore.create(path: path, identity: smallIdentity)
    try makeWaiting(in: index)
    try index.executeForTesting("UPDATE picture SET origin = 'nowhere'")
    #expect(throws: StoreError.self) {
      try index.search(SearchQuery(text: "summit", mode: .keyword))
    }
    #expect(try index.waitingDocuments().isEmpty)
  }
}
