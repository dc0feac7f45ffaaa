/// Texts of a window that are being decoded at the same time.
struct Hypotheses {
  /// The tokens after the prompt of each.
  var texts: [[Int32]]
  /// The sum of the log-probabilities of each text's tokens.
  var sums: [Float]
  /// For each hypothesis the one that it continues, after a step that exchanged them; nil where each
  /// continues itself.
  var sources: [Int]?

  init(count: Int) {
    texts = [[Int32]](repeating: [], count: count)
    sums = [Float](repeating: 0, count: count)
  }

  /// The last token of each.
  var lastTokens: [Int32] { texts.compactMap(\.last) }
}

/// A text that has ended, and the sum of its tokens' log-probabilities.
struct FinishedText: Equatable {
  /// The tokens after the prompt, without the end.
  var tokens: [Int32]
  var sum: Float
}

/// Chooses the next token of each hypothesis.
protocol TokenChooser {
  /// Appends a token to each hypothesis.
  ///
  /// - Parameters:
  ///   - hypotheses: changed in place.
  ///   - logits: `[vocab]` of each, after the rules.
  /// - Returns: whether all texts have ended.
  mutating func choose(_ hypotheses: inout Hypotheses, logits: [[Float]]) -> Bool

  /// The texts to rank.
  func finish(_ hypotheses: Hypotheses) -> [FinishedText]
}
