package import Store

/// The RAG loop: retrieve passages, judge the evidence, let the backend write, cite.
///
/// A question takes these steps:
///
/// 1. ``Conversation/query(for:)`` completes a follow-up question with the one before it.
/// 2. ``Retriever/retrieve(_:mode:limit:filter:)`` finds the best passages.
/// 3. ``Evidence`` decides whether they bear on the question; if not, the question is refused.
/// 4. The ``AnswerBackend`` quotes or writes the answer with its citations. Beside prose of which the
///    passages support nothing stands the quotation.
package struct AnswerPipeline: Sendable {
  package let retriever: Retriever
  package let backend: any AnswerBackend

  package init(retriever: Retriever, backend: any AnswerBackend) {
    self.retriever = retriever
    self.backend = backend
  }

  /// Steps 1 to 3: the passages for a question and how strongly they bear on it.
  ///
  /// - Parameters:
  ///   - question: in plain words.
  ///   - mode: by vectors, by words, or both.
  ///   - limit: how many passages are retrieved.
  ///   - filter: the documents that may answer.
  ///   - conversation: the turns to which the question may refer.
  /// - Returns: the request that a backend answers.
  /// - Throws: `StoreError`, and the errors of the encoder.
  package func request(
    for question: String, mode: SearchMode, limit: Int, filter: SearchFilter = .init(),
    conversation: Conversation = Conversation()
  ) throws -> AnswerRequest {
    let query = conversation.query(for: question)
    let retrieval = try retriever.retrieve(query, mode: mode, limit: limit, filter: filter)
    let weights = try retriever.wordWeights(for: query, passages: retrieval.passages)
    return AnswerRequest(
      question: question, passages: retrieval.passages,
      judged: JudgedPassages(
        question: query, passages: retrieval.passages, weights: weights,
        rule: retriever.encoder.evidenceRule(for: query)),
      conversation: conversation,
      // The vector of a completed follow-up is not the vector of the question alone.
      questionVector: query == question ? retrieval.queryVector : nil,
      weights: weights)
  }

  /// Step 4: the backend's answer, or a refusal if the evidence is insufficient.
  ///
  /// - Parameters:
  ///   - request: from ``request(for:mode:limit:filter:conversation:)``.
  ///   - emit: receives each piece of the answer as soon as it is final.
  ///   - shouldStop: polled while the answer is written; the text written until then is kept.
  /// - Returns: the answer with its passages and evidence.
  /// - Throws: the errors of the backend's model.
  package func answer(
    _ request: AnswerRequest, emit: (String) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> Answer {
    guard request.evidence.isSufficient else { return Answer(to: request, backend: backend.name) }
    var answer = try backend.answer(request, emit: emit, shouldStop: shouldStop)
    answer.passages = try answer.passages.map { try retriever.store.timed($0) }
    if answer.isUnfounded {
      let quoted = try ExtractiveBackend(encoder: retriever.encoder).answer(
        request, emit: { _ in }, shouldStop: shouldStop)
      answer.quotation = try quoted.passages.first.map {
        Quotation(text: quoted.quotedText, passage: try retriever.store.timed($0))
      }
    }
    return answer
  }
}
