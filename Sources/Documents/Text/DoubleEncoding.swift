/// UTF-8 that was taken for Windows-1252 and encoded as UTF-8 a second time: `Ã©` for `é`,
/// `â€™` for `’`.
///
/// Every run of characters beyond ASCII is then, written in Windows-1252, valid UTF-8. In a text in
/// any language that is as good as impossible for all of its runs by chance.
enum DoubleEncoding {
  /// Whether nearly all runs are encoded twice, in valid UTF-8.
  ///
  /// - Complexity: O(bytes).
  static func isPresent(in bytes: [UInt8]) -> Bool {
    guard bytes.contains(where: { $0 >= 0x80 }) else { return false }
    var twice = 0
    var once = 0
    forEachRun(bytes) { range in
      if decoded(bytes, range) != nil { twice += 1 } else { once += 1 }
    }
    return twice > 0 && once * 20 <= twice
  }

  /// The characters of a run that was encoded twice, each with its bytes in the file; nil for
  /// another run.
  static func decoded(
    _ bytes: [UInt8], _ run: Range<Int>
  ) -> [(scalar: Unicode.Scalar, source: Range<Int>)]? {
    var inner: [UInt8] = []
    var starts: [Int] = []
    var offset = run.lowerBound
    while offset < run.upperBound {
      guard case .scalar(let scalar, let byteCount) = UTF8Sequence.decode(bytes, at: offset),
        let byte = windows1252Byte(scalar)
      else { return nil }
      inner.append(byte)
      starts.append(offset)
      offset += byteCount
    }
    starts.append(run.upperBound)
    var result: [(scalar: Unicode.Scalar, source: Range<Int>)] = []
    var place = 0
    while place < inner.count {
      guard inner[place] >= 0x80,
        case .scalar(let scalar, let byteCount) = UTF8Sequence.decode(inner, at: place)
      else { return nil }
      result.append((scalar, starts[place]..<starts[place + byteCount]))
      place += byteCount
    }
    return result
  }

  /// Calls `body` with each range of bytes beyond ASCII.
  private static func forEachRun(_ bytes: [UInt8], _ body: (Range<Int>) -> Void) {
    var offset = 0
    while let start = bytes[offset...].firstIndex(where: { $0 >= 0x80 }) {
      offset = end(ofRunAt: start, in: bytes)
      body(start..<offset)
    }
  }

  /// The offset after the bytes beyond ASCII that begin at `start`.
  static func end(ofRunAt start: Int, in bytes: [UInt8]) -> Int {
    bytes[start...].firstIndex { $0 < 0x80 } ?? bytes.count
  }

  /// The byte that Windows-1252 has for a character, or Latin-1 for a control character.
  private static func windows1252Byte(_ scalar: Unicode.Scalar) -> UInt8? {
    if (0x80...0xFF).contains(scalar.value) { return UInt8(scalar.value) }
    return windows1252Bytes[scalar]
  }

  private static let windows1252Bytes: [Unicode.Scalar: UInt8] = Dictionary(
    uniqueKeysWithValues: (UInt8(0x80)...0x9F).map {
      (TextDecoder.windows1252(Unicode.Scalar($0)), $0)
    })
}
