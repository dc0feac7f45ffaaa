/// A superblock of ggml's `Q6_K`: 16 sub-blocks of 16 numbers of 6 bits; 6.5625 bits a number.
///
///     0                           128               192          208   210
///     +---------------------------+-----------------+------------+-----+
///     | ql                        | qh              | scales     | d   |
///     | 2                         | 4               | 16         | 256 |  reach
///     +---------------------------+-----------------+------------+-----+
///
/// - `ql`: bits 0...3; of each 128 elements, 64 bytes: the low halves are elements 0...63, the high
///   halves elements 64...127.
/// - `qh`: bits 4...5; of each 128 elements, 32 bytes: element e is at bits 2(e / 32)... of byte
///   e % 32.
/// - `scales`: Int8, one a sub-block.
/// - `d`: Float16, the scale of the scales.
///
/// The value of an element of sub-block j is `(d · Float(scale[j])) · Float(q - 32)`.
///
/// - Source: ggml `block_q6_K` (ggml-common.h); gguf-py 0.19.0 `gguf.quants.Q6_K`.
package enum BlockQ6K: BlockFormat {
  package static let elementCount = 256
  package static let byteCount = 210
  package static let scaleOffsets = [208]
  static let highBitsOffset = 128
  static let scalesOffset = 192

  /// The quant of an element of the block that starts at a byte offset, -32...31.
  static func quant(_ bytes: RawSpan, at start: Int, _ element: Int) -> Int32 {
    let lowByte = bytes.byte(at: start + element / 128 * 64 + element % 64)
    let low = lowByte >> (element % 128 / 64 * 4) & 0x0f
    let high = bytes.crumb(at: start + highBitsOffset, of: element)
    return Int32(low | high << 4) - 32
  }

  /// The scale of a sub-block of the block that starts at a byte offset, -128...127.
  static func scale(_ bytes: RawSpan, at start: Int, _ subBlock: Int) -> Int32 {
    Int32(bytes.signedByte(at: start + scalesOffset + subBlock))
  }

  package static func dequantize(
    _ bytes: RawSpan, block: Int, into values: inout MutableSpan<Float>
  ) {
    let start = block * byteCount
    let d = bytes.float16(at: start + 208)
    for subBlock in 0..<16 {
      let step = d * Float(scale(bytes, at: start, subBlock))
      for element in (subBlock * 16)..<(subBlock * 16 + 16) {
        values[block * elementCount + element] = step * Float(quant(bytes, at: start, element))
      }
    }
  }
}
