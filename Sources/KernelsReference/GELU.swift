import Glibc

/// The exact Gaussian error linear unit, in place: `y = x/2 · (1 + erf(x / √2))`.
///
/// - Source: Hendrycks & Gimpel 2016, arXiv:1606.08415; PyTorch `gelu` with `approximate="none"`.
/// - Parameter x: Float32, any count. Overwritten with y.
/// - Accuracy: computed in Float64 and rounded once, so within 0.5 ulp.
/// - Complexity: O(x.count), no allocation.
package func gelu(_ x: inout MutableSpan<Float>) {
  for index in 0..<x.count {
    let value = Double(x[index])
    x[index] = Float(0.5 * value * (1 + erf(value * 0.5.squareRoot())))
  }
}
