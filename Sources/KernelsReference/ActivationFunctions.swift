import Glibc
package import KernelInterface

/// Applies an activation function to each element, in place.
///
/// - Parameters:
///   - activation: the function.
///   - x: Float32, any count. Overwritten.
/// - Accuracy: computed in Float64 and rounded once.
/// - Complexity: O(x.count), no allocation.
package func apply(_ activation: ActivationFunction, to x: inout MutableSpan<Float>) {
  switch activation {
  case .none: return
  case .gelu: gelu(&x)
  case .quickGELU: quickGELU(&x)
  case .geluTanh: geluTanh(&x)
  case .silu: silu(&x)
  }
}

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

/// The sigmoid approximation of GELU, in place: `y = x · σ(1.702 x)`.
///
/// - Source: Hendrycks & Gimpel 2016, arXiv:1606.08415, section 2; `QuickGELU` in OpenAI's CLIP.
/// - Parameter x: Float32, any count. Overwritten with y.
/// - Accuracy: computed in Float64 and rounded once.
/// - Complexity: O(x.count), no allocation.
package func quickGELU(_ x: inout MutableSpan<Float>) {
  for index in 0..<x.count {
    let value = Double(x[index])
    x[index] = Float(value / (1 + exp(-1.702 * value)))
  }
}

/// The tanh approximation of GELU, in place:
/// `y = x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))`.
///
/// - Source: Hendrycks & Gimpel 2016, arXiv:1606.08415, section 2; PyTorch `gelu` with
///   `approximate="tanh"`.
/// - Parameter x: Float32, any count. Overwritten with y.
/// - Accuracy: computed in Float64 and rounded once; as `x · σ(2u)`, which does not cancel.
/// - Complexity: O(x.count), no allocation.
package func geluTanh(_ x: inout MutableSpan<Float>) {
  for index in 0..<x.count {
    let value = Double(x[index])
    let u = (2 / Double.pi).squareRoot() * (value + 0.044715 * value * value * value)
    x[index] = Float(value / (1 + exp(-2 * u)))
  }
}

/// The sigmoid linear unit, in place: `y = x · σ(x)`.
///
/// - Source: Elfwing, Uchibe & Doya 2017, arXiv:1702.03118; PyTorch `silu`.
/// - Parameter x: Float32, any count. Overwritten with y.
/// - Accuracy: computed in Float64 and rounded once.
/// - Complexity: O(x.count), no allocation.
package func silu(_ x: inout MutableSpan<Float>) {
  for index in 0..<x.count {
    let value = Double(x[index])
    x[index] = Float(value / (1 + exp(-value)))
  }
}
