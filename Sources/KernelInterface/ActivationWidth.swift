/// The bits to which a product with `Q8_0` weights rounds its activations.
package enum ActivationWidth: Sendable {
  /// Unsigned bytes with an offset and a scale for each 32: 255 steps, or 127 where the instruction set
  /// has no products of bytes that are added in 32 bits.
  case eightBits
  /// Signed 16-bit integers with a scale a row, as good as Float32: for results of a few rows, in which
  /// the errors of eight bits do not even out. Takes about 1.7 times as long with AVX2.
  case sixteenBits
}
