import Testing

@testable import RAG
@testable import Store

/// The quotation from a passage is never a question, a heading or a header alone.
@Suite struct QuoteTests {
  private func passage(_ text: String, heading: String? = nil) -> Passage {
    Passage(
      citation: Citation(
        path: "/a.md", title: nil, type: "markdown", page: nil, lines: 1...2, heading: heading,
        textBytes: 0..<text.utf8.count, sourceBytes: nil, documentSHA256: ""),
      text: text, score: 1, cosine: 0.8, denseRank: 1, keywordRank: 1)
  }

  private func quote(_ question: String, _ text: String, heading: String? = nil) throws -> String {
    try ExtractiveBackend(encoder: HashingEncoder()).answer(
      AnswerRequest(question: question, passages: [passage(text, heading: heading)]),
      emit: { _ in }, shouldStop: { false }
    ).quotedText
  }

  private let lockers = """
    # Lockers

    How much does a locker cost? It is 4 crowns a day.

    Who opens a locker when the key is lost? The attendant at the desk does.

    ## When are lockers emptied?

    Every Sunday at 21:30.
    """

  @Test(arguments: [
    ("How much does a locker cost?", "It is 4 crowns a day."),
    ("Who opens a locker when the key is lost?", "The attendant at the desk does."),
    ("When are lockers emptied?", "Every Sunday at 21:30."),
  ])
  func aQuestionInTheDocumentLeadsToItsAnswer(question: String, answer: String) throws {
    #expect(try quote(question, lockers) == answer)
  }

  private let fares = """
    | Item | Single | Return |
    |---|---|---|
    | Harbour ferry | 4.00 | 7.00 |
    | Night boat | 22.00 | 40.00 |
    """

  @Test func aRowIsQuotedWithItsHeader() throws {
    #expect(
      try quote("How much is a single on the night boat?", fares)
        == "| Item | Single | Return |\n| Night boat | 22.00 | 40.00 |")
  }

  @Test func aHeaderAloneIsNoAnswer() throws {
    #expect(try quote("item single return", fares).contains("ferry"))
  }

  @Test func columnsBetweenGapsAreCells() throws {
    let text = """
      Item             Single   Return
      Harbour ferry      4.00     7.00
      Night boat        22.00    40.00
      """
    #expect(
      try quote("What does the night boat cost?", text)
        == "Item | Single | Return\nNight boat | 22.00 | 40.00")
  }

  @Test func anEntryIsQuotedWithItsIntroduction() throws {
    let text = """
      Each guest of the hut pays for one night:
      - adults 30 crowns
      - children 12 crowns
      - members 20 crowns
      """
    #expect(
      try quote("What do children pay?", text)
        == "Each guest of the hut pays for one night:\n- children 12 crowns")
  }

  @Test func aColonIsQuotedWithWhatFollows() throws {
    let text = """
      Bring these things for a night in the hut:
      - a lamp
      - a rope
      """
    #expect(
      try quote("Which things do I bring for a night in the hut?", text).hasSuffix(
        "- a lamp\n- a rope"))
  }

  @Test func aNameWithItsValueIsAnAnswer() throws {
    #expect(
      try quote("What is the telephone number?", "Hut\n\nTelephone number: 0664 55\n\nOwner: Lund")
        == "Telephone number: 0664 55")
  }

  @Test func figuresAloneAreNoAnswer() throws {
    #expect(
      try quote("How much is the boat?", "16.00\n\n22.00\n\nThe boat is expensive in summer.")
        == "The boat is expensive in summer.")
  }

  @Test func theNextSentenceIsQuotedWhereItIsNearlyAsGood() throws {
    let text = "Ada Lund opened the bridge. She opened the bridge in June 1931. Nobody came."
    #expect(
      try quote("When was the bridge opened?", text)
        == "Ada Lund opened the bridge. She opened the bridge in June 1931.")
  }

  @Test func onlyPassagesThatBearOnTheQuestionAreShown() throws {
    var other = passage("The board met on Monday and said nothing of note.")
    other.cosine = 0.1
    let answer = try ExtractiveBackend(encoder: HashingEncoder()).answer(
      AnswerRequest(
        question: "Who repairs the roof?",
        passages: [passage("The owner repairs the roof."), other]
      ), emit: { _ in }, shouldStop: { false })
    #expect(answer.passages.count == 1)
    #expect(answer.text == "The owner repairs the roof. [1]")
  }

  @Test(arguments: [
    ("How many boats are there?", QuestionKind.amount), ("When does it open?", .time),
    ("Who bears the costs?", .person), ("Where is it?", .place), ("Why is it closed?", .reason),
    ("Which command lists files?", .code), ("What does it cost?", .amount),
    ("Wann ist die Miete fällig?", .time), ("Is it open?", .other),
  ])
  func theKindOfAQuestion(question: String, kind: QuestionKind) {
    #expect(QuestionKind(of: question) == kind)
  }
}

/// The subject of a question and the weights of its words.
@Suite struct QuestionWordTests {
  @Test func wordsThatOnlyAskAreNoSubject() {
    #expect(QuestionSubject.of("How long is the Kestrel?") == "is the Kestrel?")
    #expect(QuestionSubject.of("In which year was it sold?") == "In was it sold?")
    #expect(QuestionSubject.of("How long?") == "How long?")
  }

  @Test func aLongTextIsSearchedForItsQuestions() {
    let letter = String(repeating: "We had a fine week by the lake. ", count: 12)
    #expect(
      QuestionSubject.point(of: letter + "What does a boat cost per day?")
        == "What does a boat cost per day?")
    // A question without a subject takes the sentence before it along.
    #expect(
      QuestionSubject.point(of: letter + "I want the red boat. Is it free?")
        == "I want the red boat. Is it free?")
    #expect(QuestionSubject.point(of: letter) == letter)
    #expect(QuestionSubject.point(of: "A lamp. Is it free?") == "A lamp. Is it free?")
  }

  @Test func aWordInEveryTextCoversLittle() {
    let weights = WordWeights(textCount: 10, counts: ["kestrel": 10, "engine": 0])
    let coverage = weights.coverage(of: ["kestrel", "engine"], in: ["kestrel"])
    // log(1 + 0.5 / 10.5) and log(1 + 10.5 / 0.5)
    #expect(abs(coverage - 0.0465 / (0.0465 + 3.0910)) < 1e-3)
    #expect(weights.coverage(of: [], in: ["kestrel"]) == 0)
    #expect(WordWeights.even.coverage(of: ["a", "b"], in: ["b"]) == 0.5)
  }
}
