/// A superblock of ggml's `Q3_K`: 16 sub-blocks of 16 numbers of 3 bits; 3.4375 bits a number.
///
///     0              32                            96           108   110
///     +--------------+-----------------------------+------------+-----+
///     | hmask        | qs                          | scales     | d   |
///     | 8            | 4                           | 32...64    | 256 |  reach
///     +--------------+-----------------------------+------------+-----+
///
/// - `hmask`: bit e / 32 of byte e % 32 is set where element e is *not* lowered by 4.
/// - `qs`: of each 128 elements, 32 bytes: element e is at bits 2(e / 32)... of byte e % 32.
/// - `scales`: 16 numbers of 6 bits less 32. Of scale j, bits 0...3 are the half j / 8 of byte j %
///   8; bits 4...5 are at bits 2(j / 4)... of byte 8 + j % 4.
/// - `d`: Float16, the scale of the scales.
///
/// The value of an element of sub-block j is `(d · Float(scale[j])) · Float(q - 4)`, with q instead
/// of q - 4 where its bit of `hmask` is set.
///
/// - Source: ggml `block_q3_K` (ggml-common.h); gguf-py 0.19.0 `gguf.quants.Q3_K`.
package enum BlockQ3K: BlockFormat {
  package static let elementCount = 256
  package static let byteCount = 110
  package static let scaleOffsets = [108]
  static let quantsOffset = 32
  static let scalesOffset = 96

  /// The scale of a sub-block, -32...31.
  static func scale(_ bytes: RawSpan, at start: Int, _ subBlock: Int) -> Int32 {
    let low = bytes.byte(at: start + scalesOffset + subBlock % 8) >> (subBlock / 8 * 4) & 0x0f
    let high = bytes.byte(at: start + scalesOffset + 8 + subBlock % 4) >> (subBlock / 4 * 2) & 3
    return Int32(low | high << 4) - 32
  }

  package static func dequantize(
    _ bytes: RawSpan, block: Int, into values: inout MutableSpan<Float>
  ) {
    let start = block * byteCount
    let d = bytes.float16(at: start + 108)
    for subBlock in 0..<16 {
      let step = d * Float(scale(bytes, at: start, subBlock))
      for element in (subBlock * 16)..<(subBlock * 16 + 16) {
        let low = Int32(bytes.crumb(at: start + quantsOffset, of: element))
        let isHigh = bytes.byte(at: start + element % 32) >> (element / 32) & 1 == 1
        values[block * elementCount + element] = step * Float(isHigh ? low : low - 4)
      }
    }
  }
}
