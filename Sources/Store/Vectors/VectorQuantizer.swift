/// Quantises vectors to 8 bits, so that a scan reads a quarter of the memory.
///
/// A vector v is represented by codes c and a scale s such that v = s * (c - 128) + r, with
/// s = max|v| / 127 and c = 128 + round(v / s) in 1...255. With the stored norm of r, the scan of
/// ``EmbeddingIndex`` is exact.
enum VectorQuantizer {
  /// Added to a code so that it is unsigned, as the dot-product instructions require of one
  /// operand.
  static let zeroCode: UInt8 = 128

  /// The scale of a vector's codes, and a bound on their error.
  struct Scale: Equatable {
    /// The scale s.
    var scale: Float
    /// An upper bound on ||r||.
    var residual: Float
  }

  /// Quantises one vector of finite elements.
  ///
  /// - Parameters:
  ///   - vector: `[dimension]`.
  ///   - codes: receives `[dimension]`.
  /// - Returns: scale and residual norm.
  /// - Precondition: both have the same count.
  /// - Complexity: O(dimension), no allocation.
  static func quantize(
    _ vector: UnsafeBufferPointer<Float>, into codes: UnsafeMutableBufferPointer<UInt8>
  ) -> Scale {
    precondition(vector.count == codes.count, "a code for every element")
    var largest: Float = 0
    for element in vector { largest = max(largest, abs(element)) }
    // 127 steps on each side of zero; a vector of zeros or denormals is quantised to zero codes.
    let scale = largest / 127
    guard scale.isNormal else {
      var squares = 0.0
      for element in vector { squares += Double(element) * Double(element) }
      codes.update(repeating: zeroCode)
      return Scale(scale: 0, residual: roundedUp(squares.squareRoot()))
    }
    var squares = 0.0
    for index in vector.indices {
      let step = min(127, max(-127, (vector[index] / scale).rounded(.toNearestOrEven)))
      let difference = Double(vector[index]) - Double(scale) * Double(step)
      squares += difference * difference
      codes[index] = UInt8(truncatingIfNeeded: Int32(step) + Int32(zeroCode))
    }
    return Scale(scale: scale, residual: roundedUp(squares.squareRoot()))
  }

  /// A Float that is not smaller than a Float64 norm, whose relative rounding error is below 1e-12.
  private static func roundedUp(_ norm: Double) -> Float {
    norm == 0 ? 0 : Float(norm * (1 + 1e-12)).nextUp
  }
}
