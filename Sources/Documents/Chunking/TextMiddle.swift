/// Finds a place near the middle of a range of text where it can be split.
struct TextMiddle {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The offset of the split: at white space in the middle half if there is any, else between two
  /// grapheme clusters, else between two Unicode scalars.
  ///
  /// - Returns: an offset inside the range, or nil if it contains a single scalar.
  func split(_ range: Range<Int>) -> Int? {
    guard range.count >= 2 else { return nil }
    let middle = range.lowerBound + range.count / 2
    for distance in 0..<max(1, range.count / 4) {
      for offset in [middle - distance, middle + distance]
      where range.contains(offset) && offset > range.lowerBound {
        if TextLayout.isSpace(bytes[offset]) { return offset }
      }
    }
    return characterBoundary(near: middle, in: range) ?? scalarBoundary(near: middle, in: range)
  }

  /// A boundary of a grapheme cluster within 256 bytes of the middle; nil if there is none.
  private func characterBoundary(near middle: Int, in range: Range<Int>) -> Int? {
    let windowStart = scalarStart(max(range.lowerBound, middle - 256))
    guard windowStart < middle else { return nil }
    let window = String(
      decoding: bytes[windowStart..<min(range.upperBound, middle + 256)], as: UTF8.self)
    var offset = windowStart
    var best: Int?
    for character in window {
      if offset > range.lowerBound, offset < range.upperBound,
        abs(offset - middle) < abs((best ?? .max / 2) - middle)
      {
        best = offset
      }
      offset += character.utf8.count
    }
    return best.flatMap { isScalarStart($0) ? $0 : nil }
  }

  private func scalarBoundary(near middle: Int, in range: Range<Int>) -> Int? {
    for distance in 0..<4 {
      for offset in [middle - distance, middle + distance]
      where offset > range.lowerBound && offset < range.upperBound && isScalarStart(offset) {
        return offset
      }
    }
    return nil
  }

  private func scalarStart(_ offset: Int) -> Int {
    var offset = offset
    while offset > 0, !isScalarStart(offset) { offset -= 1 }
    return offset
  }

  private func isScalarStart(_ offset: Int) -> Bool { bytes[offset] & 0xC0 != 0x80 }
}
