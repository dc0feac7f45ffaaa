internal import Bytes
package import Models

/// Measures prefill and decode times of a language model, and computes its logits.
///
/// The ids are ordinary tokens; the work does not depend on which.
package final class LlamaBenchmark {
  private let session: LlamaSession
  /// The number of tokens in the context that ``decodeSeconds(tokenCount:depth:)`` evaluated.
  private var filledTokenCount = 0

  private var vocab: Int { session.model.config.vocab }

  package init(session: LlamaSession) {
    self.session = session
  }

  /// Evaluates a prompt up to the logits of its last token.
  ///
  /// - Parameter tokenCount: the length of the prompt; at most the session's context.
  /// - Returns: seconds.
  /// - Throws: as the session's evaluation.
  package func prefillSeconds(tokenCount: Int) throws(ModelError) -> Double {
    filledTokenCount = 0
    session.rewind(to: 0)
    let prompt = ids(tokenCount)
    let start = ContinuousClock.now
    try session.evaluate(prompt, logits: .last)
    return (ContinuousClock.now - start).inSeconds
  }

  /// Decodes one token at a time, computing the logits of each.
  ///
  /// - Parameters:
  ///   - tokenCount: the number of tokens.
  ///   - depth: the number of tokens before them. Evaluating those is not timed, and a later call
  ///     with the same depth does not repeat it.
  /// - Returns: seconds, without the evaluation of the depth.
  /// - Throws: as the session's evaluation.
  package func decodeSeconds(tokenCount: Int, depth: Int) throws(ModelError) -> Double {
    if depth != filledTokenCount || session.tokenCount < depth {
      session.rewind(to: 0)
      if depth > 0 { try session.evaluate(ids(depth), logits: .none) }
      filledTokenCount = depth
    }
    session.rewind(to: depth)
    // The first evaluation after a prefill touches memory that is cached for later ones.
    try session.evaluate([1], logits: .last)
    let tokens = ids(tokenCount)
    let start = ContinuousClock.now
    for index in tokens.indices { try session.evaluate([tokens[index]], logits: .last) }
    return (ContinuousClock.now - start).inSeconds
  }

  /// The logits `[ids.count, vocabulary]`, evaluated one batch at a time.
  package func logits(of ids: [Int32]) throws(ModelError) -> [Float] {
    session.rewind(to: 0)
    filledTokenCount = 0
    var rows: [Float] = []
    rows.reserveCapacity(ids.count * vocab)
    for start in stride(from: 0, to: ids.count, by: session.batchTokenCount) {
      let batch = Array(ids[start..<min(ids.count, start + session.batchTokenCount)])
      try session.evaluate(batch, logits: .all)
      for row in batch.indices {
        session.withLogits(row: row) { logits in
          for index in logits.indices { rows.append(logits[index]) }
        }
      }
    }
    return rows
  }

  /// The `count` ids of the greedy continuation of `ids`, one evaluation each.
  ///
  /// Ties go to the smallest id.
  package func greedy(after ids: [Int32], count: Int) throws(ModelError) -> [Int32] {
    session.rewind(to: 0)
    filledTokenCount = 0
    var next = ids
    var found: [Int32] = []
    while found.count < count {
      try session.evaluate(next, logits: .last)
      let best = session.withLogits(row: 0) { logits in
        logits.indices.reduce(0) { logits[$1] > logits[$0] ? $1 : $0 }
      }
      next = [Int32(best)]
      found += next
    }
    return found
  }

  private func ids(_ count: Int) -> [Int32] {
    // Ordinary tokens (the work does not depend on which): past the byte tokens, and within any
    // vocabulary that this program supports.
    let first = min(300, vocab / 2)
    let span = min(1000, vocab - first)
    return (0..<count).map { Int32(first + $0 * 7 % span) }
  }
}
