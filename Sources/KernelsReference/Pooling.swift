/// The mean of the rows of one sequence: `y[i] = (Σ_t x[t, i]) / tokens`.
///
/// - Source: Reimers & Gurevych 2019, arXiv:1908.10084 (mean pooling over the tokens).
/// - Parameters:
///   - x: row-major `[tokens, y.count]`, Float32.
///   - y: the mean, `[width]`. Overwritten; zeros when there are no tokens.
/// - Accuracy: Float64 sums, one rounding.
package func meanPool(_ x: Span<Float>, into y: inout MutableSpan<Float>) {
  let width = y.count
  let tokens = width == 0 ? 0 : x.count / width
  for index in 0..<width {
    var sum = 0.0
    for token in 0..<tokens { sum += Double(x[token * width + index]) }
    y[index] = tokens == 0 ? 0 : Float(sum / Double(tokens))
  }
}

/// Scales one vector to unit Euclidean length, in place: `y = x / max(‖x‖₂, 1e-12)`.
///
/// - Source: PyTorch `torch.nn.functional.normalize`, whose epsilon 1e-12 this keeps.
/// - Parameter x: Float32. Overwritten with y; a zero vector stays zero.
/// - Accuracy: Float64 sum, one rounding an element.
package func l2Normalize(_ x: inout MutableSpan<Float>) {
  var squares = 0.0
  for index in 0..<x.count { squares += Double(x[index]) * Double(x[index]) }
  let scale = 1 / max(squares.squareRoot(), 1e-12)
  for index in 0..<x.count { x[index] = Float(Double(x[index]) * scale) }
}
