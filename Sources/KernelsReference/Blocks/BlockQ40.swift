/// A block of ggml's `Q4_0`: 32 numbers of 4 bits with one scale; 4.5 bits a number.
///
///     0     2                                          18
///     +-----+------------------------------------------+
///     | d   | qs                                       |
///     | 32  | 2                                        |  reach
///     +-----+------------------------------------------+
///
/// - `d`: Float16, the scale.
/// - `qs`: byte i holds the quant of element i in its low half, of element i + 16 in its high half.
///
/// The value of element i is `d · Float(q[i] - 8)`.
///
/// - Source: ggml `block_q4_0` (ggml-common.h); gguf-py 0.19.0 `gguf.quants.Q4_0`.
package enum BlockQ40: BlockFormat {
  package static let elementCount = 32
  package static let byteCount = 18
  package static let scaleOffsets = [0]
  static let quantsOffset = 2

  /// The quant of an element of the block that starts at a byte offset, -8...7.
  static func quant(_ bytes: RawSpan, at start: Int, _ element: Int) -> Int32 {
    Int32(bytes.nibble(at: start + quantsOffset, of: element)) - 8
  }

  package static func dequantize(
    _ bytes: RawSpan, block: Int, into values: inout MutableSpan<Float>
  ) {
    let start = block * byteCount
    let d = bytes.float16(at: start)
    for element in 0..<elementCount {
      values[block * elementCount + element] = d * Float(quant(bytes, at: start, element))
    }
  }
}

extension RawSpan {
  /// Element `element` of 32 that 16 bytes hold: the low halves are elements 0...15, the high
  /// halves elements 16...31.
  func nibble(at byteOffset: Int, of element: Int) -> UInt8 {
    byte(at: byteOffset + element % 16) >> (element < 16 ? 0 : 4) & 0x0f
  }
}
