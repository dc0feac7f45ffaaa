/// A block of ggml's `Q8_0`: 32 signed bytes with one scale; 8.5 bits a number.
///
///     0     2                                                             34
///     +-----+-------------------------------------------------------------+
///     | d   | qs                                                          |
///     | 32  | 1                                                           |  reach
///     +-----+-------------------------------------------------------------+
///
/// - `d`: Float16, the scale.
/// - `qs`: Int8, the quant of each element.
///
/// The value of element i is `d · Float(q[i])`.
///
/// - Source: ggml `block_q8_0` (ggml-common.h); gguf-py 0.19.0 `gguf.quants.Q8_0`.
package enum BlockQ80: BlockFormat {
  package static let elementCount = 32
  package static let byteCount = 34
  package static let scaleOffsets = [0]
  static let quantsOffset = 2

  package static func dequantize(
    _ bytes: RawSpan, block: Int, into values: inout MutableSpan<Float>
  ) {
    let start = block * byteCount
    let d = bytes.float16(at: start)
    for element in 0..<elementCount {
      values[block * elementCount + element] =
        d * Float(bytes.signedByte(at: start + quantsOffset + element))
    }
  }
}
