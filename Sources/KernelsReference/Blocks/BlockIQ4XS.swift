/// A superblock of ggml's `IQ4_XS`: 8 sub-blocks of 32 indices into the levels of ``BlockIQ4NL``;
/// 4.25 bits a number.
///
///     0     2          4          8                                       136
///     +-----+----------+----------+---------------------------------------+
///     | d   | scales_h | scales_l | qs                                    |
///     | 256 | 128      | 64       | 2                                     |  reach
///     +-----+----------+----------+---------------------------------------+
///
/// - `d`: Float16, the scale of the scales.
/// - `scales_h`: UInt16; bits 2j and 2j + 1 are bits 4 and 5 of scale j.
/// - `scales_l`: bits 0...3; byte j holds those of scale 2j in its low half, of 2j + 1 in its high.
///   A scale is its 6 bits less 32.
/// - `qs`: of each 32 elements, 16 bytes: the low halves are elements 0...15, the high
///   halves 16...31.
///
/// The value of an element of sub-block j is `(d · Float(scale[j])) · Float(levels[q])`.
///
/// - Source: ggml `block_iq4_xs` (ggml-common.h); gguf-py 0.19.0 `gguf.quants.IQ4_XS`.
package enum BlockIQ4XS: BlockFormat {
  package static let elementCount = 256
  package static let byteCount = 136
  package static let scaleOffsets = [0]
  static let quantsOffset = 8

  /// The scale of a sub-block, -32...31.
  static func scale(_ bytes: RawSpan, at start: Int, _ subBlock: Int) -> Int32 {
    let highBits = bytes.unsafeLoadUnaligned(fromByteOffset: start + 2, as: UInt16.self)
    let low = Int32(bytes.byte(at: start + 4 + subBlock / 2) >> (subBlock % 2 * 4) & 0x0f)
    return (low | Int32(highBits >> (subBlock * 2) & 3) << 4) - 32
  }

  package static func dequantize(
    _ bytes: RawSpan, block: Int, into values: inout MutableSpan<Float>
  ) {
    let start = block * byteCount
    let d = bytes.float16(at: start)
    for subBlock in 0..<8 {
      let step = d * Float(scale(bytes, at: start, subBlock))
      for index in 0..<32 {
        let quant = bytes.nibble(at: start + quantsOffset + subBlock * 16, of: index)
        values[block * elementCount + subBlock * 32 + index] =
          step * Float(BlockIQ4NL.levels[Int(quant)])
      }
    }
  }
}
