/// Int8 copies of vectors, for a scan that reads a quarter of the memory.
///
/// A vector v becomes codes c and a scale s so that v = s * (c - 128) + r, with
/// s = max|v| / 127 and c = 128 + round(v / s) in 1...255. The stored norm of r makes the scan
/// exact: see ``VectorIndex``.
enum VectorQuantizer {
  /// Added to a code so that it is unsigned, which the dot product instructions want of one side.
  static let zeroCode: UInt8 = 128

  /// The codes, scale and residual norm of one vector.
  struct Quantized: Equatable {
    var codes: [UInt8]
    var scale: Float
    /// An upper bound of ||v - s * (c - 128)||.
    var residual: Float
  }

  /// Quantises one vector of finite elements.
  ///
  /// - Complexity: O(dimension).
  static func quantize(_ vector: some Collection<Float>) -> Quantized {
    let largest = vector.reduce(Float(0)) { max($0, abs($1)) }
    // 127 steps on each side of zero; a vector of zeros (or denormals) has no direction.
    let scale = largest / 127
    guard scale.isNormal else {
      let residual = vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      return Quantized(
        codes: [UInt8](repeating: zeroCode, count: vector.count), scale: 0,
        residual: roundedUp(residual))
    }
    var squares = 0.0
    let codes = vector.map { element -> UInt8 in
      let step = min(127, max(-127, (element / scale).rounded(.toNearestOrEven)))
      let difference = Double(element) - Double(scale) * Double(step)
      squares += difference * difference
      return UInt8(Int(step) + Int(zeroCode))
    }
    return Quantized(codes: codes, scale: scale, residual: roundedUp(squares.squareRoot()))
  }

  /// A Float that is not below a Float64 norm, whose own rounding errors are below 1e-12 of it.
  private static func roundedUp(_ norm: Double) -> Float {
    norm == 0 ? 0 : Float(norm * (1 + 1e-12)).nextUp
  }
}
