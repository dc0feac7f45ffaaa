import Testing

@testable import Store

@Suite struct KeywordQueryTests {
  @Test(arguments: [
    ("Who founded the city?", "\"founded\" OR \"city\""),
    ("the of and", "\"the\" OR \"of\" OR \"and\""),
    (
      "text:alpha NEAR(beta, 2) \"gamma* ^delta - x",
      "\"text\" OR \"alpha\" OR \"near\" OR "
        + "\"beta\" OR \"2\" OR \"gamma\" OR \"delta\" OR \"x\""
    ),
    ("Alpha alpha ALPHA", "\"alpha\""),
    ("don't e\u{301}l\u{E9}", "\"don\" OR \"t\" OR \"e\u{301}l\u{E9}\""),
    ("日本語 ж 123", "\"日本\" OR \"本語\" OR \"ж\" OR \"123\""),
  ])
  func quotesWords(text: String, expression: String) throws {
    #expect(try KeywordQuery.expression(for: text) == expression)
  }

  @Test(arguments: ["", "  ?!\"'*", "\u{0}\u{1B}[31"]) func findsNoWordsInNoise(text: String) throws
  {
    #expect(try KeywordQuery.expression(for: text).map { $0 == "\"31\"" } ?? true)
  }

  @Test func capsTheNumberOfWords() throws {
    let text = (0..<1_000).map { "w\($0)" }.joined(separator: " ")
    let expression = try #require(try KeywordQuery.expression(for: text))
    #expect(expression.split(separator: "\"").count { $0.hasPrefix("w") } == 128)
    // The end of a long text is searched as well as its beginning.
    #expect(expression.contains("\"w999\"") && !expression.contains("\"w500\""))
  }
}

@Suite struct PathPatternTests {
  @Test(arguments: [
    ("*.md", "/home/a/b.md", true), ("*.md", "/home/a/b.md/c", false),
    ("*.md", "/home/a.md/b.txt", false), ("b.md", "/home/a/b.md", true),
    ("b.m", "/home/a/b.md", false), ("/home/a", "/home/a/b.md", true),
    ("/home/a/", "/home/a/b.md", true), ("/home/a", "/home/ab", false),
    ("/home/a", "/home/a", true), ("a", "/home/a/b.md", true), ("home/a", "/home/a/b.md", true),
    ("ome/a", "/home/a/b.md", false), ("./a/b.md", "/home/a/b.md", true),
    ("a/*.md", "/home/a/b.md", true), ("a/*.md", "/home/a/x/b.md", false),
    ("a/**.md", "/home/a/x/b.md", true), ("a/**/b.md", "/home/a/x/y/b.md", true),
    ("/*/b.md", "/home/b.md", true), ("/*/b.md", "/home/a/b.md", false),
    ("?.md", "/home/a/b.md", true), ("??.md", "/home/a/b.md", false),
    ("*", "/home/a/b.md", true), ("**", "/home/a/b.md", true), ("/", "/home/a", true),
    ("b*", "/home/a/b.md", true), ("*é*", "/home/caf\u{65}\u{301}", true),
  ])
  func matches(pattern: String, path: String, expected: Bool) throws {
    #expect(try PathPattern(pattern).matches(path) == expected)
  }

  @Test func anEmptyPatternIsAnError() {
    for pattern in ["", "./"] {
      #expect(throws: StoreError.invalidQuery("an empty path pattern")) {
        try PathPattern(pattern)
      }
    }
  }

  /// A backtracking matcher would need 2^40 steps.
  @Test func isLinearInHostilePatterns() throws {
    let pattern = try PathPattern(String(repeating: "a*", count: 40) + "b")
    #expect(!pattern.matches("/" + String(repeating: "a", count: 200)))
  }
}

@Suite struct FusionTests {
  private let candidates = [
    Fusion.Candidate(chunkID: 1, denseRank: 1, cosine: 0.8, keywordRank: nil, bm25: nil),
    Fusion.Candidate(chunkID: 2, denseRank: 2, cosine: 0.6, keywordRank: 2, bm25: 5),
    Fusion.Candidate(chunkID: 3, denseRank: nil, cosine: 0.2, keywordRank: 1, bm25: 10),
  ]

  @Test func relativeScoresAreWeighted() {
    let ordered = Fusion.relativeScore(denseWeight: 0.5).ordered(candidates)
    #expect(ordered.map(\.chunkID) == [2, 3, 1])
    #expect(ordered.map(\.score) == [0.5 * 0.6 / 0.8 + 0.25, 0.5 * 0.2 / 0.8 + 0.5, 0.5])
  }

  /// With the cosine of unrelated texts as the floor, small differences count.
  @Test func cosinesCountAboveTheFloor() {
    let near = [
      Fusion.Candidate(chunkID: 1, denseRank: 1, cosine: 0.9, keywordRank: nil, bm25: nil),
      Fusion.Candidate(chunkID: 2, denseRank: 2, cosine: 0.7, keywordRank: 1, bm25: 4),
    ]
    let ordered = Fusion.relativeScore(denseWeight: 0.6, cosineFloor: 0.7).ordered(near)
    #expect(ordered.map(\.chunkID) == [1, 2])
    #expect(abs(ordered[0].score - 0.6) < 1e-12 && abs(ordered[1].score - 0.4) < 1e-12)
  }

  @Test func reciprocalRanksAreAdded() {
    let ordered = Fusion.reciprocalRank60.ordered(candidates)
    #expect(ordered.map(\.chunkID) == [2, 1, 3])
    #expect(ordered[0].score == 1.0 / 62 + 1.0 / 62)
    // Equal scores are ordered by id.
    #expect(ordered[1].score == ordered[2].score)
  }

  @Test func withoutAnyNearVectorTheWordsDecide() {
    let far = [
      Fusion.Candidate(chunkID: 1, denseRank: 1, cosine: -0.1, keywordRank: nil, bm25: nil),
      Fusion.Candidate(chunkID: 2, denseRank: 2, cosine: -0.2, keywordRank: 1, bm25: 1),
    ]
    #expect(Fusion.default.ordered(far).map(\.chunkID) == [2, 1])
  }
}
