/// A superblock of ggml's `Q5_K`: 8 sub-blocks of 32 numbers of 5 bits; 5.5 bits a number.
///
///     0     2      4          16          48                                176
///     +-----+------+----------+-----------+---------------------------------+
///     | d   | dmin | scales   | qh        | qs                              |
///     | 256 | 256  | 32...64  | 8         | 2                               |  reach
///     +-----+------+----------+-----------+---------------------------------+
///
/// - `d`, `dmin`: Float16, the scales of the scales and of the minima.
/// - `scales`: 8 scales and 8 minima of 6 bits, see ``SixBitScales``.
/// - `qh`: bit e / 32 of byte e % 32 is bit 4 of the quant of element e.
/// - `qs`: bits 0...3; of each 64 elements, 32 bytes: the low halves are elements 0...31 (one
///   sub-block), the high halves elements 32...63 (the next).
///
/// The value of an element of sub-block j is
/// `(d · Float(scale[j])) · Float(q) - dmin · Float(min[j])`, each operation rounded.
///
/// - Source: ggml `block_q5_K` (ggml-common.h); gguf-py 0.19.0 `gguf.quants.Q5_K`.
package enum BlockQ5K: BlockFormat {
  package static let elementCount = 256
  package static let byteCount = 176
  package static let scaleOffsets = [0, 2]
  static let scalesOffset = 4
  static let highBitsOffset = 16
  static let quantsOffset = 48

  /// The quant of an element of the block that starts at a byte offset, 0...31.
  static func quant(_ bytes: RawSpan, at start: Int, _ element: Int) -> Int32 {
    let low = bytes.pairedNibble(at: start + quantsOffset, of: element)
    let high = bytes.byte(at: start + highBitsOffset + element % 32) >> (element / 32) & 1
    return Int32(low | high << 4)
  }

  package static func dequantize(
    _ bytes: RawSpan, block: Int, into values: inout MutableSpan<Float>
  ) {
    let start = block * byteCount
    let d = bytes.float16(at: start)
    let dmin = bytes.float16(at: start + 2)
    let scales = SixBitScales(bytes, at: start + scalesOffset)
    for subBlock in 0..<8 {
      let step = d * Float(scales.scale(subBlock))
      let offset = dmin * Float(scales.min(subBlock))
      for element in (subBlock * 32)..<(subBlock * 32 + 32) {
        values[block * elementCount + element] =
          step * Float(quant(bytes, at: start, element)) - offset
      }
    }
  }
}
