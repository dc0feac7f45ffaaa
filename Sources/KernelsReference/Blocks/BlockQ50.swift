/// A block of ggml's `Q5_0`: 32 numbers of 5 bits with one scale; 5.5 bits a number.
///
///     0     2            6                                          22
///     +-----+------------+------------------------------------------+
///     | d   | qh         | qs                                       |
///     | 32  | 8          | 2                                        |  reach
///     +-----+------------+------------------------------------------+
///
/// - `d`: Float16, the scale.
/// - `qh`: UInt32, whose bit i is bit 4 of the quant of element i.
/// - `qs`: bits 0...3: byte i holds those of element i in its low half, of element i + 16 in its
///   high half.
///
/// The value of element i is `d · Float(q[i] - 16)`.
///
/// - Source: ggml `block_q5_0` (ggml-common.h); gguf-py 0.19.0 `gguf.quants.Q5_0`.
package enum BlockQ50: BlockFormat {
  package static let elementCount = 32
  package static let byteCount = 22
  package static let scaleOffsets = [0]
  static let highBitsOffset = 2
  static let quantsOffset = 6

  package static func dequantize(
    _ bytes: RawSpan, block: Int, into values: inout MutableSpan<Float>
  ) {
    let start = block * byteCount
    let d = bytes.float16(at: start)
    let highBits = bytes.unsafeLoadUnaligned(
      fromByteOffset: start + highBitsOffset, as: UInt32.self)
    for element in 0..<elementCount {
      let low = Int32(bytes.nibble(at: start + quantsOffset, of: element))
      let high = Int32(highBits >> element & 1)
      values[block * elementCount + element] = d * Float((low | high << 4) - 16)
    }
  }
}
