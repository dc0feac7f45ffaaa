/// Layer normalisation, in place over each row of `x`.
///
/// For every row r:
/// `y[r, i] = (x[r, i] - mean_r) / sqrt(variance_r + epsilon) · weight[i] + bias[i]`, with the
/// biased variance `mean_i((x[r, i] - mean_r)²)`.
///
/// - Source: Ba, Kiros & Hinton 2016, arXiv:1607.06450; PyTorch `layer_norm`.
/// - Parameters:
///   - x: activations, row-major `[tokens, weight.count]`, Float32. Overwritten with y.
///   - weight: the scale γ, `[width]`.
///   - bias: β, `[width]`.
///   - epsilon: dimensionless; added to the variance.
/// - Accuracy: sums in Float64, one rounding to Float32 at the end.
/// - Complexity: O(x.count), three passes, no allocation.
package func layerNorm(
  _ x: inout MutableSpan<Float>, weight: Span<Float>, bias: Span<Float>, epsilon: Float
) {
  let width = weight.count
  let rows = width == 0 ? 0 : x.count / width
  for row in 0..<rows {
    let start = row * width
    var sum = 0.0
    for index in 0..<width { sum += Double(x[start + index]) }
    let mean = sum / Double(width)
    var squares = 0.0
    for index in 0..<width {
      let deviation = Double(x[start + index]) - mean
      squares += deviation * deviation
    }
    let scale = 1 / (squares / Double(width) + Double(epsilon)).squareRoot()
    for index in 0..<width {
      let normalised = (Double(x[start + index]) - mean) * scale
      x[start + index] = Float(normalised * Double(weight[index]) + Double(bias[index]))
    }
  }
}

/// Adds a residual, in place: `x += residual`.
///
/// - Parameters:
///   - x: Float32. Overwritten with the sum.
///   - residual: Float32, as many elements as `x`.
/// - Accuracy: one rounding an element.
package func add(_ x: inout MutableSpan<Float>, residual: Span<Float>) {
  for index in 0..<x.count { x[index] += residual[index] }
}
