/// Finds stop strings in a text that comes in pieces, and holds back what may become one.
///
/// The text is looked at byte by byte, so where it was cut into pieces makes no difference: the stop
/// string that is complete first wins, of several that are complete at the same byte the longest.
/// What is held back is the longest end of the text that begins a stop string; as both are UTF-8, it
/// never splits a character.
package struct StopMatcher {
  private let stops: [[UInt8]]
  private var held: [UInt8] = []
  /// The stop string that came; nothing is given out after it.
  package private(set) var matched: String?

  /// - Parameter stops: none of them empty.
  package init(_ stops: [String]) {
    self.stops = stops.map { Array($0.utf8) }.sorted { $0.count > $1.count }
  }

  /// Takes the next piece.
  ///
  /// - Returns: the text that is certain not to be part of a stop string.
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

  /// The text that was held back and turned out to be no stop string.
  package mutating func finish() -> String {
    defer { held.removeAll() }
    return String(decoding: held, as: UTF8.self)
  }

  /// The length of the longest end of `held` with which a stop string begins.
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
