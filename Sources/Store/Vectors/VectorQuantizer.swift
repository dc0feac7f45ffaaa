/// Int8 copies of vectors, for a scan that reads a quarter of the memory.
///
/// A vector v becomes codes c and a scale s so that v = s * (c - 128) + r, with
/// s = max|v| / 127 and c = 128 + round(v / s) in 1...255. The stored norm of r makes the scan
/// exact: see ``EmbeddingIndex``.
enum VectorQuantizer {
  /// Added to a code so that it is unsigned, which the dot product instructions want of one side.
  static let zeroCode: UInt8 = 128

  /// What a vector loses and how to get it back.
  struct Scale: Equatable {
    /// s.
    var scale: Float
    /// An upper bound of ||r||.
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
    // 127 steps on each side of zero; a vector of zeros (or denormals) has no direction.
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

  /// A Float that is not below a Float64 norm, whose own rounding errors are below 1e-12 of it.
  private static func roundedUp(_ norm: Double) -> Float {
    norm == 0 ? 0 : Float(norm * (1 + 1e-12)).nextUp
  }
}
