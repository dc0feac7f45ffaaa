/// The 8 scales and 8 minima of 6 bits in the 12 bytes of a `Q4_K` or `Q5_K` superblock.
///
/// Scales are A...H, minima a...h; each bit is drawn as its number's letter, the highest bit of a
/// byte on the left:
///
///     byte  0  EEAAAAAA      byte  4  eeaaaaaa      byte  8  eeeeEEEE
///     byte  1  FFBBBBBB      byte  5  ffbbbbbb      byte  9  ffffFFFF
///     byte  2  GGCCCCCC      byte  6  ggcccccc      byte 10  ggggGGGG
///     byte  3  HHDDDDDD      byte  7  hhdddddd      byte 11  hhhhHHHH
///
/// The bits of E...H and e...h in bytes 0...7 are their bits 4 and 5.
///
/// - Source: ggml `get_scale_min_k4` (ggml-quants.c); gguf-py 0.19.0 `Q4_K.get_scale_min`.
package struct SixBitScales {
  /// Bytes 0...3, 4...7 and 8...11, little-endian: a number's bits are in lane `j % 4` of each.
  private let lowScales: UInt32
  private let lowMins: UInt32
  private let high: UInt32

  /// Bytes of the 16 numbers.
  package static let byteCount = 12

  /// Reads the 12 bytes at an offset.
  package init(_ bytes: RawSpan, at byteOffset: Int) {
    lowScales = bytes.unsafeLoadUnaligned(fromByteOffset: byteOffset, as: UInt32.self)
    lowMins = bytes.unsafeLoadUnaligned(fromByteOffset: byteOffset + 4, as: UInt32.self)
    high = bytes.unsafeLoadUnaligned(fromByteOffset: byteOffset + 8, as: UInt32.self)
  }

  /// The scale of a sub-block, 0...63.
  package func scale(_ subBlock: Int) -> Int32 {
    let lane = UInt32(subBlock % 4 * 8)
    if subBlock < 4 { return Int32(lowScales >> lane & 0x3f) }
    return Int32(high >> lane & 0x0f | (lowScales >> (lane + 6) & 3) << 4)
  }

  /// The minimum of a sub-block, 0...63.
  package func min(_ subBlock: Int) -> Int32 {
    let lane = UInt32(subBlock % 4 * 8)
    if subBlock < 4 { return Int32(lowMins >> lane & 0x3f) }
    return Int32(high >> (lane + 4) & 0x0f | (lowMins >> (lane + 6) & 3) << 4)
  }

  /// Packs 8 scales and 8 minima of 0...63, by sub-block.
  package init(scale: (Int) -> Int32, min: (Int) -> Int32) {
    var words: (UInt32, UInt32, UInt32) = (0, 0, 0)
    for index in 0..<4 {
      let lane = UInt32(index * 8)
      let (scales, mins) = (
        (UInt32(scale(index)), UInt32(scale(index + 4))),
        (UInt32(min(index)), UInt32(min(index + 4)))
      )
      words.0 |= (scales.0 | (scales.1 >> 4) << 6) << lane
      words.1 |= (mins.0 | (mins.1 >> 4) << 6) << lane
      words.2 |= (scales.1 & 0x0f | (mins.1 & 0x0f) << 4) << lane
    }
    (lowScales, lowMins, high) = words
  }

  /// The 12 bytes as three little-endian words.
  package var words: (UInt32, UInt32, UInt32) { (lowScales, lowMins, high) }
}
