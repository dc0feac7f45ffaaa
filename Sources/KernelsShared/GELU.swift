/// Applies the exact (erf) GELU to a tile of a row-major matrix, in place.
///
/// `y = h + h · E(x)` with `h = x/2` and `E(x) = x P(x²) / Q(x²)`, a rational function fitted to
/// `erf(x/√2)` on |x| ≤ 5.5 (maximum error of the fit 1.5e-8), where erf is 1 in Float32; beyond,
/// x is held there and E is exactly ±1. All coefficients are positive, so nothing cancels.
///
/// - Source: own fit: iteratively reweighted least squares of the linearised problem, degrees
///   5 over 5, on 4,000 Chebyshev points in Float64.
/// - Accuracy: `|error| ≤ 2⁻²² · |x|` (worst found over 3 million points: 3.3 ulp of y for x > 0).
func applyGELU(_ x: UnsafeMutablePointer<Float>, rows: Int, stride: Int, width: Int) {
  for row in 0..<rows {
    let start = x + row * stride
    var column = 0
    while column + laneCount <= width {
      store(gelu(load(start + column)), start + column)
      column += laneCount
    }
    if column < width {
      let count = width - column
      store(gelu(load(start + column, count: count)), start + column, count: count)
    }
  }
}

/// GELU of each lane.
@inline(__always)
func gelu(_ x: FloatLanes) -> FloatLanes {
  let bound = broadcast(5.5)
  let held = maximum(minimum(x, bound), zeroLanes() - bound)
  let square = held * held
  var numerator = broadcast(4.549861998270899e-08)
  numerator = multiplyAdd(numerator, square, broadcast(1.2704147593467496e-05))
  numerator = multiplyAdd(numerator, square, broadcast(0.0003376479435246438))
  numerator = multiplyAdd(numerator, square, broadcast(0.009354500100016594))
  numerator = multiplyAdd(numerator, square, broadcast(0.06770503520965576))
  numerator = multiplyAdd(numerator, square, broadcast(0.797884464263916))
  var denominator = broadcast(1.1974990457019885e-06)
  denominator = multiplyAdd(denominator, square, broadcast(7.364678458543494e-05))
  denominator = multiplyAdd(denominator, square, broadcast(0.0018844353035092354))
  denominator = multiplyAdd(denominator, square, broadcast(0.028645789250731468))
  denominator = multiplyAdd(denominator, square, broadcast(0.25152158737182617))
  denominator = multiplyAdd(denominator, square, broadcast(1))
  let one = broadcast(1)
  let error = maximum(minimum(held * numerator / denominator, one), zeroLanes() - one)
  let half = x * broadcast(0.5)
  return multiplyAdd(half, error, half)
}

/// Adds a bias to a tile of a row-major matrix and applies GELU, each if asked, in place.
package func finishTile(
  _ x: UnsafeMutablePointer<Float>, rows: Int, stride: Int, width: Int,
  bias: UnsafePointer<Float>?, isGELU: Bool
) {
  if let bias {
    for row in 0..<rows {
      let start = x + row * stride
      var column = 0
      while column + laneCount <= width {
        store(load(start + column) + load(bias + column), start + column)
        column += laneCount
      }
      while column < width {
        start[column] += bias[column]
        column += 1
      }
    }
  }
  if isGELU { applyGELU(x, rows: rows, stride: stride, width: width) }
}
