/// A block of ggml's `Q5_1`: 32 numbers of 5 bits with a scale and a minimum; 6 bits a number.
///
///     0     2     4            8                                          24
///     +-----+-----+------------+------------------------------------------+
///     | d   | m   | qh         | qs                                       |
///     | 32  | 32  | 8          | 2                                        |  reach
///     +-----+-----+------------+------------------------------------------+
///
/// - `d`: Float16, the scale.
/// - `m`: Float16, the value of quant 0.
/// - `qh`: UInt32, whose bit i is bit 4 of the quant of element i.
/// - `qs`: bits 0...3: byte i holds those of element i in its low half, of element i + 16 in its
///   high half.
///
/// The value of element i is `(d · Float(q[i])) + m`, two roundings.
///
/// - Source: ggml `block_q5_1` (ggml-common.h); gguf-py 0.19.0 `gguf.quants.Q5_1`.
package enum BlockQ51: BlockFormat {
  package static let elementCount = 32
  package static let byteCount = 24
  package static let scaleOffsets = [0, 2]
  static let highBitsOffset = 4
  static let quantsOffset = 8

  package static func dequantize(
    _ bytes: RawSpan, block: Int, into values: inout MutableSpan<Float>
  ) {
    let start = block * byteCount
    let d = bytes.float16(at: start)
    let m = bytes.float16(at: start + 2)
    let highBits = bytes.unsafeLoadUnaligned(
      fromByteOffset: start + highBitsOffset, as: UInt32.self)
    for element in 0..<elementCount {
      let low = UInt32(bytes.nibble(at: start + quantsOffset, of: element))
      let high = highBits >> element & 1
      values[block * elementCount + element] = d * Float(low | high << 4) + m
    }
  }
}
