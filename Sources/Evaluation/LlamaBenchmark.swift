package import Models

/// Times a language model's prefill and decode, and takes its logits, through a session alone.
///
/// The ids are ordinary tokens; the work does not depend on which.
package final class LlamaBenchmark {
  private let session: LlamaSession
  /// How many tokens of the context are the filling that ``decodeSeconds(tokenCount:depth:)`` left.
  private var filledTokenCount = 0

  private var vocab: Int { session.model.config.vocab }

  package init(session: LlamaSession) {
    self.session = session
  }

  /// Evaluates a prompt, to the logits of its last token.
  ///
  /// - Parameter tokenCount: of the prompt; at most the session's context.
  /// - Returns: seconds.
  /// - Throws: what the session throws.
  /// - Returns: seconds.
  /// - Throws: as the session's evaluation.
  package func prefillSeconds(tokenCount: Int) throws(ModelError) -> Double {
    filledTokenCount = 0
    session.rewind(to: 0)
    let prompt = ids(tokenCount)
    let start = ContinuousClock.now
    try session.evaluate(prompt, logits: .last)
    return (ContinuousClock.now - start).seconds
  }

  /// Decodes, one token after the other, logits each time.
  ///
  /// - Parameters:
  ///   - tokenCount: how many tokens.
  ///   - depth: how many tokens stand before them; their evaluation is not timed, and the next call
  ///     of the same depth does not repeat it.
  /// - Returns: seconds, without the evaluation of the depth.
  /// - Throws: what the session throws.
  /// - Returns: seconds.
  /// - Throws: as the session's evaluation.
  package func decodeSeconds(tokenCount: Int, depth: Int) throws(ModelError) -> Double {
    if depth != filledTokenCount || session.tokenCount < depth {
      session.rewind(to: 0)
      if depth > 0 { try session.evaluate(ids(depth), logits: .none) }
      filledTokenCount = depth
    }
    session.rewind(to: depth)
    // The first evaluation after a prefill touches memory that later ones have at hand.
    try session.evaluate([1], logits: .last)
    let tokens = ids(tokenCount)
    let start = ContinuousClock.now
    for index in tokens.indices { try session.evaluate([tokens[index]], logits: .last) }
    return (ContinuousClock.now - start).seconds
  }

  /// The logits `[ids.count, vocabulary]`, evaluated a whole batch at a time.
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

  /// The `count` most likely ids after `ids`, each evaluated by itself; the first of equal ones.
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
    // Behind the bytes, and inside any vocabulary that this program meets.
    let first = min(300, vocab / 2)
    let span = min(1000, vocab - first)
    return (0..<count).map { Int32(first + $0 * 7 % span) }
  }
}

extension Duration {
  fileprivate var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
