import Store
import Testing

@testable import RAG

/// Content words, fit of a vocabulary, and refusal in other languages than English.
@Suite struct LanguageTests {
  @Test(arguments: [
    ("谁发明了电话？", ["发明", "电话"]), ("这种药怎么吃？", ["药", "吃"]),
    ("渡轮票价是多少？", ["渡轮", "轮票", "票价"]), ("图书馆星期几关闭？", ["图书", "书馆", "馆星", "星期", "关闭"]),
    ("図書館はいつ休みですか", ["図書", "書館", "休"]), ("도서관은 언제 문을 닫습니까", ["도서", "서관", "문", "닫"]),
    ("What is the price of tickets?", ["pric", "ticket"]),
    ("Wie teuer sind die Häuser in der Stadt?", ["teu", "haus", "stadt"]),
    ("Где находится библиотека?", ["находится", "библиотека"].map { Stemmer.stem($0, .russian) }),
  ])
  func findsContentWords(question: String, words: [String]) {
    #expect(ContentForms.words(of: question) == words)
  }

  @Test(arguments: [
    ("谁发明了电话？", "借书期限为三个星期。", 0.0), ("孕妇可以吃这种药吗？", "这种药每天吃两次，饭后服用，孕妇禁用。", 1.0),
    ("每月房租是多少？", "房租每月三千元，押金六千元。", 2.0 / 3),
    ("Wie teuer sind die Häuser?", "Ein Haus ist nicht mehr so teuer.", 1.0),
    ("Häuser in der Stadt", "Haus: 12", 0.5),
    ("finance office", "The \u{FB01}nance o\u{FB03}ce", 1.0),
  ])
  func coversWords(question: String, passage: String, share: Double) {
    #expect(ContentWords.coverage(of: ContentWords.of(question), in: passage) == share)
  }

  /// The words of a question weigh under the stems under which they are compared, in German too.
  @Test func wordsOfEveryLanguageAreCountedUnderTheirStems() throws {
    let folder = try PictureFolder()
    defer { folder.cleanUp() }
    for number in 1...11 {
      try folder.write("Die Brücke ist um \(number) Uhr offen.", "\(number).txt")
    }
    try folder.write("Die Brücke ist neben dem Leuchtturm.", "12.txt")
    let store = try folder.store()
    _ = try folder.add(to: store)
    let weights = try folder.retriever(store).wordWeights(
      for: "Wo ist die Brücke und wo ist der Leuchtturm?", passages: [])
    #expect(weights == WordWeights(textCount: 12, counts: ["bruck": 12, "leuchtturm": 1]))
  }

  @Test func piecesTellWhatAnEncoderKnows() {
    func fit(_ pieces: Int, _ unknown: Int, _ text: String) -> VocabularyFit {
      VocabularyFit(pieceCount: pieces, unknownCount: unknown, of: text)
    }
    // The counts are those of MiniLM and e5.
    #expect(fit(25, 0, String(repeating: "The landlord keeps ", count: 6)) == .good)
    #expect(fit(7, 5, "谁发明了电话？") == .none && fit(6, 0, "谁发明了电话？") == .good)
    #expect(fit(14, 1, "전화를 누가 발명했습니까?") == .none && fit(8, 0, "전화를 누가 발명했습니까?") == .good)
    #expect(fit(3, 0, "谁？") == .good)
    let groups = VocabularyFit(
      pieceCount: 10, unknownCount: 0, of: "東京タワーの高さは？", knowsGroups: false)
    #expect(groups == .none)
    #expect(fit(23, 0, "Где находится библиотека?") == .none)
    #expect(fit(8, 0, "Где находится библиотека?") == .good)
    let german =
      "Der Vermieter hält das Dach und die Außenwände instand, der Mieter bezahlt den Rest."
    #expect(fit(32, 0, german) == .poor && fit(20, 0, german) == .good)
    #expect(fit(0, 0, "") == .good && fit(5, 0, "12 + 30") == .good)
    func isAsked() -> Bool {
      Issue.record("The vocabulary was searched for a text in Latin letters.")
      return false
    }
    let latin = VocabularyFit(
      pieceCount: 5, unknownCount: 0, of: "The landlord keeps it.", knowsGroups: isAsked())
    #expect(latin == .good)
  }

  /// If the encoder does not know a script, the cosine has no influence.
  @Test func wordsAloneDecideWithoutMeaning() {
    let rule = EvidenceRule.wordsAlone
    #expect(rule.strength(cosine: 0.9, coverage: 0.4) < rule.threshold)
    #expect(rule.strength(cosine: 0, coverage: 0.5) >= rule.threshold)
  }
}
