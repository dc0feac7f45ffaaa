/// Root-mean-square normalisation of one row:
/// `y[i] = x[i] / √(mean_j x[j]² + epsilon) · weight[i]`, or this added to `y[i]`.
///
/// - Source: Zhang & Sennrich 2019, arXiv:1910.07467; ggml `rms_norm` followed by `mul`.
/// - Parameters:
///   - x: activations `[width]`, Float32.
///   - weight: the scale of each element, `[width]`.
///   - epsilon: dimensionless; added to the mean square.
///   - addsToY: whether the result is added to y, as a post-norm adds its sublayer to the residual.
///   - y: result `[width]`. Overwritten, or added to.
/// - Accuracy: the sum in Float64, one rounding an element, and one of the addition.
/// - Complexity: O(width), two passes, no allocation.
package func rmsNorm(
  _ x: Span<Float>, weight: Span<Float>, epsilon: Float, addsToY: Bool = false,
  into y: inout MutableSpan<Float>
) {
  var squares = 0.0
  for index in 0..<x.count { squares += Double(x[index]) * Double(x[index]) }
  let scale = 1 / (squares / Double(x.count) + Double(epsilon)).squareRoot()
  for index in 0..<x.count {
    let normed = Float(Double(x[index]) * scale * Double(weight[index]))
    y[index] = addsToY ? y[index] + normed : normed
  }
}
