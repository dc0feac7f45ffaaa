/// Finds stop strings in streamed text and holds back text that may become one.
///
/// Text is processed byte by byte, so the result does not depend on how it was cut into pieces. The
/// stop string that is complete first wins; of several that end at the same byte, the longest. The
/// longest suffix of the text that is a prefix of a stop string is held back; as both are UTF-8, it
/// never splits a character.
package struct StopMatcher {
  /// Longest first.
  private let stops: [[UInt8]]
  private var held: [UInt8] = []
  /// The stop string that was found; no text is returned after it.
  package private(set) var matched: String?

  /// - Parameter stops: the stop strings, none of them empty.
  package init(_ stops: [String]) {
    self.stops = stops.map { Array($0.utf8) }.sorted { $0.count > $1.count }
  }

  /// Appends a piece of text.
  ///
  /// - Returns: the text that cannot become part of a stop string.
  /// - Complexity: O(bytes × length of the stop strings).
  package mutating func append(_ text: String) -> String {
    if stops.isEmpty { return text }
    var ready: [UInt8] = []
    for byte in text.utf8 where matched == nil {
      held.append(byte)
      if let stop = stops.first(where: { held.suffix($0.count) == $0[...] }) {
        ready += held.dropLast(stop.count)
        held.removeAll()
        matched = String(decoding: stop, as: UTF8.self)
      } else {
        let certain = held.count - heldCount()
        ready += held.prefix(certain)
        held.removeFirst(certain)
      }
    }
    return String(decoding: ready, as: UTF8.self)
  }

  /// The text that is still held back, at the end of the stream.
  package mutating func finish() -> String {
    defer { held.removeAll() }
    return String(decoding: held, as: UTF8.self)
  }

  /// The length of the longest suffix of `held` that is a prefix of a stop string.
  private func heldCount() -> Int {
    var longest = 0
    for stop in stops {
      var count = min(held.count, stop.count - 1)
      while count > longest, held.suffix(count) != stop.prefix(count) { count -= 1 }
      longest = max(longest, count)
    }
    return longest
  }
}
