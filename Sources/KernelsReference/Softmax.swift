import Glibc

/// The softmax of one row, in place: `y[i] = exp(x[i] - max x) / Σ_j exp(x[j] - max x)`.
///
/// - Source: the shifted form that cannot overflow; PyTorch `softmax`.
/// - Parameter x: Float32 logits. Overwritten with probabilities.
/// - Accuracy: computed in Float64 and rounded once.
/// - Complexity: O(x.count), three passes, no allocation.
package func softmax(_ x: inout MutableSpan<Float>) {
  var largest = -Float.infinity
  for index in 0..<x.count { largest = max(largest, x[index]) }
  var sum = 0.0
  for index in 0..<x.count { sum += exp(Double(x[index] - largest)) }
  for index in 0..<x.count { x[index] = Float(exp(Double(x[index] - largest)) / sum) }
}
