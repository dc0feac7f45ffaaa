/// A block of ggml's `IQ4_NL`: 32 numbers of 4 bits, each an index into 16 uneven levels, with one
/// scale; 4.5 bits a number.
///
///     0     2                                          18
///     +-----+------------------------------------------+
///     | d   | qs                                       |
///     | 32  | 2                                        |  reach
///     +-----+------------------------------------------+
///
/// - `d`: Float16, the scale.
/// - `qs`: byte i holds the index of element i in its low half, of element i + 16 in its high half.
///
/// The value of element i is `d · Float(levels[q[i]])`.
///
/// - Source: ggml `block_iq4_nl` (ggml-common.h); gguf-py 0.19.0 `gguf.quants.IQ4_NL`.
package enum BlockIQ4NL: BlockFormat {
  package static let elementCount = 32
  package static let byteCount = 18
  package static let scaleOffsets = [0]
  static let quantsOffset = 2

  /// The values of the indices 0...15, denser around zero as weights are: ggml's
  /// `kvalues_iq4nl`, part of the format.
  package static let levels: [Int8] = [
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113,
  ]

  package static func dequantize(
    _ bytes: RawSpan, block: Int, into values: inout MutableSpan<Float>
  ) {
    let start = block * byteCount
    let d = bytes.float16(at: start)
    for element in 0..<elementCount {
      let index = bytes.nibble(at: start + quantsOffset, of: element)
      values[block * elementCount + element] = d * Float(levels[Int(index)])
    }
  }
}
