import Glibc

/// The largest element: `max x[i]`.
///
/// - Parameter x: Float32.
/// - Returns: the largest; -∞ where there is none.
package func largestElement(_ x: Span<Float>) -> Float {
  var largest = -Float.infinity
  for index in 0..<x.count where x[index] > largest { largest = x[index] }
  return largest
}

/// `Σ e^(x[i] - largest)`, the denominator of a softmax.
///
/// - Parameters:
///   - x: Float32, at most `largest`; -∞ is allowed.
///   - largest: finite.
/// - Returns: the sum.
/// - Accuracy: Float64 terms and sum.
package func sumOfExponentials(_ x: Span<Float>, largest: Float) -> Double {
  var sum = 0.0
  for index in 0..<x.count { sum += exp(Double(x[index] - largest)) }
  return sum
}
