/// Drafts tokens by looking up what followed when the last few tokens occurred before.
///
/// Answers from documents repeat their sources, so the continuation of an earlier occurrence is often
/// right. A draft costs nothing when it is wrong but the time of checking it.
///
/// - Source: Saxena, Prompt lookup decoding, 2023; llama.cpp's `examples/lookup`.
package enum PromptLookup {
  /// The most tokens that a match of 1, 2 or 3 tokens proposes: a single common token says little
  /// about what comes next.
  static let limits = [2, 4, 10]

  /// The most tokens that a draft has.
  package static let maximumTokenCount = 10

  /// Replaces `draft` by the continuation of the latest earlier occurrence of the last three tokens of
  /// `history`, or else two, or else one; by nothing where there is none.
  ///
  /// A match so near to the end that its continuation runs into the draft itself goes on with the
  /// draft, so a text that repeats itself is continued in its rhythm.
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

  /// Where the latest earlier occurrence of the last `matchCount` tokens goes on.
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

/// How long the next draft may be, from how the last ones did.
///
/// Checking d drafted tokens costs more than one token alone, as the processor has several times the
/// products to compute. So drafts grow by two when all of one was right, halve when less than half
/// was, and after a length of zero speculation rests before it tries again.
struct DraftLength {
  private var tokenCount = 4
  private var restCount = 0

  /// Tokens that are generated one by one before the next attempt.
  static let restTokenCount = 16

  /// How many tokens to draft now.
  mutating func next() -> Int {
    if restCount > 0 {
      restCount -= 1
      return 0
    }
    return tokenCount
  }

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
