/// Prompt lookup decoding: drafts the tokens that followed an earlier occurrence of the last tokens.
///
/// Answers from documents repeat their sources, so the continuation of an earlier occurrence is often
/// correct. A wrong draft costs only the time of its evaluation.
///
/// - Source: Saxena, Prompt lookup decoding, 2023; llama.cpp's `examples/lookup`.
package enum PromptLookup {
  /// Longest draft after a match of 1, 2 or 3 tokens: a single common token is a weak predictor.
  static let limits = [2, 4, 10]

  /// Longest draft.
  package static let maximumTokenCount = 10

  /// Replaces `draft` by the continuation of the latest earlier occurrence of the last three, else two,
  /// else one tokens of `history`; empties it if there is none.
  ///
  /// A continuation that reaches the end of `history` continues with the draft itself, so periodic
  /// text is continued periodically.
  ///
  /// - Complexity: O(history).
  package static func draft(after history: [Int32], limit: Int, into draft: inout [Int32]) {
    draft.removeAll(keepingCapacity: true)
    for matchCount in stride(from: limits.count, through: 1, by: -1) {
      guard let start = continuation(of: history, matchCount: matchCount) else { continue }
      for offset in 0..<max(0, min(limit, limits[matchCount - 1])) {
        let place = start + offset
        draft.append(place < history.count ? history[place] : draft[place - history.count])
      }
      return
    }
  }

  /// The index after the latest earlier occurrence of the last `matchCount` tokens, or nil.
  private static func continuation(of history: [Int32], matchCount: Int) -> Int? {
    guard history.count > matchCount else { return nil }
    let tail = history.count - matchCount
    for start in stride(from: tail - 1, through: 0, by: -1) {
      var length = 0
      while length < matchCount, history[start + length] == history[tail + length] { length += 1 }
      if length == matchCount { return start + matchCount }
    }
    return nil
  }
}

/// Adapts the length of drafts to the acceptance of the previous ones.
///
/// Evaluating d drafted tokens costs more than one token, because the products take several times the
/// arithmetic. The length grows by two when a whole draft was accepted and halves when less than half
/// was. At a length of zero, speculation pauses.
struct DraftLength {
  private var tokenCount = 4
  private var restCount = 0

  /// Tokens that are generated one by one during a pause.
  static let restTokenCount = 16

  /// The length of the next draft.
  mutating func next() -> Int {
    if restCount > 0 {
      restCount -= 1
      return 0
    }
    return tokenCount
  }

  /// Records how many tokens of a draft were accepted.
  mutating func record(drafted: Int, accepted: Int) {
    if accepted == drafted {
      tokenCount = min(PromptLookup.maximumTokenCount, tokenCount + 2)
    } else if 2 * accepted < drafted {
      tokenCount /= 2
    }
    if tokenCount == 0 {
      tokenCount = 2
      restCount = Self.restTokenCount
    }
  }
}
