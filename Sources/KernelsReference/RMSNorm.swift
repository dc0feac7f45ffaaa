/// Root-mean-square normalisation of one row:
/// `y[i] = x[i] / √(mean_j x[j]² + epsilon) · weight[i]`.
///
/// - Source: Zhang & Sennrich 2019, arXiv:1910.07467; ggml `rms_norm` followed by `mul`.
/// - Parameters:
///   - x: activations `[width]`, Float32.
///   - weight: the scale of each element, `[width]`.
///   - epsilon: dimensionless; added to the mean square.
///   - y: result `[width]`. Overwritten.
/// - Accuracy: the sum in Float64, one rounding an element.
/// - Complexity: O(width), two passes, no allocation.
package func rmsNorm(
  _ x: Span<Float>, weight: Span<Float>, epsilon: Float, into y: inout MutableSpan<Float>
) {
  var squares = 0.0
  for index in 0..<x.count { squares += Double(x[index]) * Double(x[index]) }
  let scale = 1 / (squares / Double(x.count) + Double(epsilon)).squareRoot()
  for index in 0..<x.count {
    y[index] = Float(Double(x[index]) * scale * Double(weight[index]))
  }
}
