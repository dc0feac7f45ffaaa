import Testing

@testable import Store

/// A word with a hyphen, divided at a line end, and in one piece: each form finds the others.
@Suite struct HyphenatedWordsTests {
  @Test(arguments: [
    ("a well-known rule", ["wellknown"]), ("inter-\nnational", ["international"]),
    ("inter-\r\n  national", ["international"]), ("> inter-\n> national", ["international"]),
    ("E\u{2010}Mail, e\u{2011}mail", ["email"]), ("inter\u{AD}\nnational", ["international"]),
    ("mother-in-law", ["motherin", "inlaw", "motherinlaw"]),
    ("Ver-\nschl\u{FC}sse", ["verschl\u{FC}sse"]), ("обще-\nственный", ["общественный"]),
    ("COVID-19", ["covid19"]), ("20-25, 555-\n0134", []), ("a - b, -c, d -e", []),
    ("end-\n\nnew", []), ("no hyphen", []), ("-", []), ("a-", []), ("(re-)use", []),
    ("图-书", []),
  ])
  func joinsParts(text: String, expected: [String]) {
    #expect(Set(HyphenatedWords.words(in: text)) == Set(expected))
  }

  @Test func longChainsAreBounded() {
    let text = (0..<2_000).map { "part\(Character(Unicode.Scalar(97 + UInt8($0 % 26))))" }
      .joined(separator: "-")
    let words = HyphenatedWords.joined(in: Array(text.utf8))
    #expect(words.count < 3 * 2_000)
    #expect(words.allSatisfy { $0.word.count <= 4 * 5 })
  }

  private static let texts = [
    "/kept": "The infor-mation desk is here.",
    "/line": "An inter-\nnational con-\nvention was held.",
    "/joined": "The wellknown museum.", "/hyphen": "A part-time job.",
    "/german": "Das ist die Haus-\nt\u{FC}ren der Schule, und die sind nicht alt.",
    "/shy": "Re\u{AD}\nfrigeration keeps milk cool.", "/range": "It costs 20-25 crowns.",
    "/chain": "My mother-in-\nlaw knits.",
  ]

  @Test(arguments: [
    ("information", "/kept"), ("infor-mation", "/kept"), ("international", "/line"),
    ("inter-national", "/line"), ("conventions", "/line"), ("well-known", "/joined"),
    ("well\u{2010}known", "/joined"), ("wellknown", "/joined"), ("parttime", "/hyphen"),
    ("part-time", "/hyphen"), ("haustür", "/german"), ("Haus-t\u{FC}ren", "/german"),
    ("refrigeration", "/shy"), ("mother-in-law", "/chain"), ("motherinlaw", "/chain"),
  ])
  func eachFormFindsTheOthers(question: String, path: String) throws {
    let folder = try TemporaryFolder()
    let index = try IndexStore.create(path: folder.file("i.db"), identity: smallIdentity)
    for (path, text) in Self.texts.sorted(by: { $0.key < $1.key }) {
      try store([text], at: path, in: index)
    }
    let found = try index.search(SearchQuery(text: question, mode: .keyword, limit: 3))
    #expect(found.first?.citation.path == path)
    let original = try #require(Self.texts[path])
    #expect(found.first?.text == original)
    try index.removeDocuments(paths: [path])
    #expect(try index.verify().problems == [])
  }

  @Test func figuresAreNotJoined() throws {
    let folder = try TemporaryFolder()
    let index = try IndexStore.create(path: folder.file("i.db"), identity: smallIdentity)
    try store([try #require(Self.texts["/range"])], at: "/range", in: index)
    #expect(try index.search(SearchQuery(text: "2025", mode: .keyword)).isEmpty)
  }

  /// An index of schema 4 lacks the joined words; its migration adds them.
  @Test func anOlderIndexFindsThemAfterItsMigration() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("i.db")
    do {
      let index = try IndexStore.create(path: path, identity: smallIdentity)
      try store(["An inter-\nnational convention."], at: "/a", in: index)
      try index.executeForTesting(
        """
        DROP TABLE chunkText;
        CREATE VIRTUAL TABLE chunkText USING fts5(
          title, heading, text, content='searchableChunk', content_rowid='id',
          tokenize='porter unicode61 remove_diacritics 2');
        INSERT INTO chunkText(chunkText) VALUES ('rebuild');
        PRAGMA user_version = 4;
        """)
      #expect(try index.search(SearchQuery(text: "international", mode: .keyword)).isEmpty)
      try index.close()
    }
    let index = try IndexStore.open(path: path, mode: .readWrite)
    #expect(try index.search(SearchQuery(text: "international", mode: .keyword)).count == 1)
    #expect(try index.verify().problems == [])
  }

  /// A word of a question is counted under the stem under which its language finds it.
  @Test func wordsAreCountedWithTheStemsOfTheQuestion() throws {
    let folder = try TemporaryFolder()
    let index = try IndexStore.create(path: folder.file("i.db"), identity: smallIdentity)
    try store(["Die H\u{E4}user sind alt, und das Dach ist nicht dicht."], at: "/a", in: index)
    let question = "Wie alt ist das Haus und wer hat es?"
    let counted = try index.passageCounts(of: ["haus", "dach", "keller"], in: question)
    #expect(counted.total == 1 && counted.counts == [1, 1, 0])
    #expect(try index.passageCounts(of: ["haus"], in: "Who is the haus?").counts == [0])
  }
}
