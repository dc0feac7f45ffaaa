import Testing

@testable import RAG
@testable import Store

@Suite struct AnswerTests {
  private let encoder = HashingEncoder()

  private func passage(_ text: String, _ path: String = "/a.txt", cosine: Double = 0.5) -> Passage {
    Passage(
      citation: Citation(
        path: path, title: nil, type: "text", page: nil, lines: 1...2, heading: nil,
        textBytes: 0..<text.utf8.count, sourceBytes: nil, documentSHA256: ""),
      text: text, score: 1, cosine: cosine, denseRank: 1, keywordRank: 1)
  }

  @Test func theSentenceThatAnswersIsQuotedFirst() throws {
    let backend = ExtractiveBackend(encoder: encoder)
    let passages = [
      passage("Dogs bark loudly. The weather was fine that day.", "/dogs.txt"),
      passage(
        "Nothing here. The lighthouse keeper was called Ada Finn. More words.", "/keeper.txt"),
    ]
    var emitted = ""
    let answer = try backend.answer(
      AnswerRequest(question: "What was the lighthouse keeper called?", passages: passages),
      emit: { emitted += $0 }, shouldStop: { false })
    #expect(answer.text == "The lighthouse keeper was called Ada Finn. [1]")
    #expect(emitted == answer.text)
    #expect(answer.passages.first?.citation.path == "/keeper.txt")
    #expect(
      answer.passages.first?.highlighted.sentence == "The lighthouse keeper was called Ada Finn.")
  }

  @Test func copiesOfATextAreOnePassageWithTwoPlaces() {
    let text = "The annual meeting is held on the first Monday in March at the town hall."
    let merged = DuplicatePassages.merged([
      passage(text, "/one.txt"), passage(text.uppercased() + " ", "/two.txt"),
      passage("Something else entirely, about ships and their captains at sea.", "/three.txt"),
    ])
    #expect(merged.map(\.citation.path) == ["/one.txt", "/three.txt"])
    #expect(merged[0].alsoAt.map(\.path) == ["/two.txt"])
  }

  @Test func aHighlightIsCutAtBytes() {
    var text = passage("Größe zählt. Süß.")
    text.highlightByteOffset = "Größe zählt. ".utf8.count
    text.highlightByteCount = "Süß.".utf8.count
    #expect(text.highlighted.before == "Größe zählt. ")
    #expect(text.highlighted.sentence == "Süß.")
    #expect(text.highlighted.after == "")
  }

  @Test func contentWordsIgnoreCaseEndingsAndStopWords() {
    #expect(ContentWords.of("What does the Ticket cost?") == ContentWords.of("ticket costs"))
    #expect(ContentWords.of("opened opening opens") == ContentWords.of("open"))
    #expect(ContentWords.of("closed") == ContentWords.of("close"))
    #expect(ContentWords.of("stories story") == ["story"])
    #expect(ContentWords.of("glass glasses").contains("glass"))
    #expect(ContentWords.of("the of and").isEmpty)
    #expect(ContentWords.of("Größe 0,7") == ["grösse", "0", "7"])
  }

  @Test func evidenceNeedsPassagesThatBearOnTheQuestion() {
    let question = "When does the ferry leave?"
    let strong = Evidence(
      question: question, passages: [passage("The ferry will leave at nine.", cosine: 0.8)])
    #expect(strong.isSufficient && strong.wordCoverage == 1)
    let weak = Evidence(
      question: question, passages: [passage("Bees make honey in summer.", cosine: 0.1)])
    #expect(!weak.isSufficient && weak.wordCoverage == 0)
    #expect(!Evidence(question: question, passages: []).isSufficient)
  }
}
