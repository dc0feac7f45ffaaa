/// A block of ggml's `Q4_1`: 32 numbers of 4 bits with a scale and a minimum; 5 bits a number.
///
///     0     2     4                                          20
///     +-----+-----+------------------------------------------+
///     | d   | m   | qs                                       |
///     | 32  | 32  | 2                                        |  reach
///     +-----+-----+------------------------------------------+
///
/// - `d`: Float16, the scale.
/// - `m`: Float16, the value of quant 0.
/// - `qs`: byte i holds the quant of element i in its low half, of element i + 16 in its high half.
///
/// The value of element i is `(d · Float(q[i])) + m`, two roundings.
///
/// - Source: ggml `block_q4_1` (ggml-common.h); gguf-py 0.19.0 `gguf.quants.Q4_1`.
package enum BlockQ41: BlockFormat {
  package static let elementCount = 32
  package static let byteCount = 20
  package static let scaleOffsets = [0, 2]
  static let quantsOffset = 4

  package static func dequantize(
    _ bytes: RawSpan, block: Int, into values: inout MutableSpan<Float>
  ) {
    let start = block * byteCount
    let d = bytes.float16(at: start)
    let m = bytes.float16(at: start + 2)
    for element in 0..<elementCount {
      let quant = bytes.nibble(at: start + quantsOffset, of: element)
      values[block * elementCount + element] = d * Float(quant) + m
    }
  }
}
