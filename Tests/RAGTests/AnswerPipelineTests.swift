import Foundation
import Store
import Synchronization
import Testing

@testable import RAG

/// The RAG loop over a small index: what is searched, when the backend is called, and with what.
@Suite struct AnswerPipelineTests {
  /// Repeats the question and records every request.
  private final class RecordingBackend: AnswerBackend {
    let name = "recording"
    let requests = Mutex<[AnswerRequest]>([])

    func answer(
      _ request: AnswerRequest, emit: (String) -> Void, shouldStop: () -> Bool
    ) throws -> Answer {
      requests.withLock { $0.append(request) }
      var answer = Answer(to: request, backend: name)
      answer.isAnswered = true
      answer.text = request.question
      return answer
    }
  }

  /// Counts the texts that it encodes.
  private final class CountingEncoder: SentenceEncoder {
    let base = HashingEncoder()
    let count = Atomic<Int>(0)
    var dimension: Int { base.dimension }
    var maximumTokenCount: Int { base.maximumTokenCount }
    var modelHash: String { base.modelHash }
    var modelName: String { base.modelName }
    func tokenIDs(of text: String) -> [Int32] { base.tokenIDs(of: text) }
    func vectors(ofTokens sequences: [[Int32]]) throws -> [Float] {
      count.add(sequences.count, ordering: .relaxed)
      return try base.vectors(ofTokens: sequences)
    }
  }

  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "pipeline-\(UUID().uuidString)")
  private let encoder = CountingEncoder()
  private let backend = RecordingBackend()

  /// Runs `body` on an index of two documents.
  private func withPipeline(_ body: (AnswerPipeline) throws -> Void) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let documents = folder.appending(path: "docs")
    try FileManager.default.createDirectory(at: documents, withIntermediateDirectories: true)
    for (name, text) in [
      ("ferry.txt", "The ferry to Skellig leaves at seven. The ferry costs nine crowns."),
      ("mill.txt", "The old mill was sold to Greta Holm."),
    ] {
      try Data(text.utf8).write(to: documents.appending(path: name))
    }
    let store = try IndexStore.openOrCreate(
      path: folder.appending(path: "index.sqlite").path, identity: Ingestor.identity(for: encoder))
    _ = try Ingestor(store: store, encoder: encoder).add(paths: [documents.path])
    encoder.count.store(0, ordering: .relaxed)
    try body(
      AnswerPipeline(retriever: Retriever(store: store, encoder: encoder), backend: backend))
  }

  @Test func theBackendReceivesThePassagesAndTheVectorOfTheSearch() throws {
    try withPipeline { pipeline in
      let question = "When does the ferry to Skellig leave?"
      let request = try pipeline.request(for: question, mode: .hybrid, limit: 2)
      let answer = try pipeline.answer(request)
      #expect(answer.isAnswered && answer.text == question && answer.backend == "recording")
      let received = try #require(backend.requests.withLock { $0.first })
      #expect(received.passages.first?.citation.path.hasSuffix("ferry.txt") == true)
      #expect(received.questionVector == (try encoder.base.vector(of: question)))
      #expect(encoder.count.load(ordering: .relaxed) == 1, "the question is encoded once")
    }
  }

  @Test func aQuestionWithoutEvidenceDoesNotReachTheBackend() throws {
    try withPipeline { pipeline in
      let request = try pipeline.request(for: "Who composed quartets?", mode: .hybrid, limit: 2)
      let answer = try pipeline.answer(request)
      #expect(!answer.isAnswered && answer.text.isEmpty && !answer.evidence.isSufficient)
      #expect(answer.passages == request.passages)
      #expect(backend.requests.withLock { $0.isEmpty })
    }
  }

  @Test func aFollowUpIsSearchedWithTheQuestionBeforeIt() throws {
    try withPipeline { pipeline in
      let first = try pipeline.answer(
        pipeline.request(for: "What does the ferry to Skellig cost?", mode: .hybrid, limit: 1))
      var conversation = Conversation()
      conversation.append(first)
      let request = try pipeline.request(
        for: "And when?", mode: .hybrid, limit: 1, conversation: conversation)
      #expect(request.question == "And when?")
      #expect(request.passages.first?.citation.path.hasSuffix("ferry.txt") == true)
      #expect(request.questionVector == nil, "the vector is that of the completed question")
      #expect(request.evidence.isSufficient)
      #expect(
        request.evidence
          == Evidence(
            question: conversation.query(for: "And when?"), passages: request.passages,
            weights: request.weights))
      #expect(request.evidence.wordCoverage > 0, "the words of the first question count")
    }
  }

  @Test func wordsAloneNeedNoVector() throws {
    try withPipeline { pipeline in
      let request = try pipeline.request(for: "Greta Holm", mode: .keyword, limit: 1)
      #expect(request.passages.first?.citation.path.hasSuffix("mill.txt") == true)
      #expect(request.questionVector == nil)
      #expect(encoder.count.load(ordering: .relaxed) == 0)
    }
  }

  @Test func onlyAnswersAreRemembered() {
    var conversation = Conversation()
    let request = AnswerRequest(question: "Who?", passages: [])
    conversation.append(Answer(to: request, backend: "none"))
    #expect(conversation.turns.isEmpty)
    var answer = Answer(to: request, backend: "none")
    (answer.isAnswered, answer.text) = (true, "Ada.")
    conversation.append(answer)
    #expect(conversation.turns == [.init(question: "Who?", answer: "Ada.")])
    #expect(conversation.query(for: "When?") == "Who? When?")
    let whole = "When did the ferry company move its harbour office?"
    #expect(conversation.query(for: whole) == whole)
  }

  /// Programs read this JSON: the names and the absence of nil fields are part of the interface.
  @Test func theFieldsOfAnAnswerAreFixed() throws {
    var answer = Answer(to: AnswerRequest(question: "q", passages: []), backend: "quote")
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    func json() throws -> String { String(decoding: try encoder.encode(answer), as: UTF8.self) }
    let evidence =
      #"{"bestCosine":0,"isSufficient":false,"strength":0,"wordCoverage":0}"#
    #expect(
      try json()
        == #"{"backend":"quote","evidence":\#(evidence),"isAnswered":false,"passages":[],"#
        + #""question":"q","text":"","unsupportedSentences":[]}"#)
    (answer.citedNumbers, answer.finish) = ([1], "stop")
    #expect(
      try json()
        == #"{"backend":"quote","citedNumbers":[1],"evidence":\#(evidence),"finish":"stop","#
        + #""isAnswered":false,"passages":[],"question":"q","text":"","unsupportedSentences":[]}"#)
  }
}
