/// A superblock of ggml's `Q2_K`: 16 sub-blocks of 16 numbers of 2 bits; 2.625 bits a number.
///
///     0              16                                     80    82     84
///     +--------------+--------------------------------------+-----+------+
///     | scales       | qs                                   | d   | dmin |
///     | 16           | 4                                    | 256 | 256  |  reach
///     +--------------+--------------------------------------+-----+------+
///
/// - `scales`: byte j has the scale of sub-block j in its low half, the minimum in its high half.
/// - `qs`: of each 128 elements, 32 bytes: element e is at bits 2(e / 32)... of byte e % 32.
/// - `d`, `dmin`: Float16, the scales of the scales and of the minima.
///
/// The value of an element of sub-block j is
/// `(d · Float(scale[j])) · Float(q) - dmin · Float(min[j])`, each operation rounded.
///
/// - Source: ggml `block_q2_K` (ggml-common.h); gguf-py 0.19.0 `gguf.quants.Q2_K`.
package enum BlockQ2K: BlockFormat {
  package static let elementCount = 256
  package static let byteCount = 84
  package static let scaleOffsets = [80, 82]
  static let quantsOffset = 16

  package static func dequantize(
    _ bytes: RawSpan, block: Int, into values: inout MutableSpan<Float>
  ) {
    let start = block * byteCount
    let d = bytes.float16(at: start + 80)
    let dmin = bytes.float16(at: start + 82)
    for subBlock in 0..<16 {
      let scales = bytes.byte(at: start + subBlock)
      let step = d * Float(scales & 0x0f)
      let offset = dmin * Float(scales >> 4)
      for element in (subBlock * 16)..<(subBlock * 16 + 16) {
        let quant = bytes.crumb(at: start + quantsOffset, of: element)
        values[block * elementCount + element] = step * Float(quant) - offset
      }
    }
  }
}

extension RawSpan {
  /// The 2 bits of element `element` of 256: of each 128 elements, 32 bytes hold elements 0...31 in
  /// their lowest bits, 32...63 in the next ones, and so on.
  func crumb(at byteOffset: Int, of element: Int) -> UInt8 {
    let byte = byte(at: byteOffset + element / 128 * 32 + element % 32)
    return byte >> (element % 128 / 32 * 2) & 3
  }
}
