internal import Kernels

/// Root-mean-square normalisation: `y = x / √(mean(x²) + ε) · weight`, each row by itself.
///
/// `x` and `y` are `[tokens, width]`. Unlike ``LayerNorm`` it subtracts no mean and adds no bias.
///
/// - Source: Zhang & Sennrich 2019, arXiv:1910.07467.
struct RMSNorm: Sendable {
  /// `[width]`.
  let weight: WeightVector
  /// Added to the mean square.
  let epsilon: Float
}

extension ModelTensors {
  /// A root-mean-square normalisation.
  func rmsNorm(_ spec: NormSpec, epsilon: Float) throws(ModelError) -> RMSNorm {
    RMSNorm(weight: try vector(spec.weight), epsilon: epsilon)
  }
}

extension ComputeContext {
  /// `y = RMSNorm(x)`.
  func rmsNorm(_ x: borrowing Matrix, _ norm: RMSNorm, into y: inout Matrix) {
    rmsNorm(x, weight: norm.weight, epsilon: norm.epsilon, into: &y)
  }

  /// `x[t, h] = RMSNorm(x[t, h])` for each head h of a range, in place.
  func rmsNorm(_ x: inout Matrix, heads: Range<Int>, _ norm: RMSNorm) {
    rmsNorm(&x, heads: heads, weight: norm.weight, epsilon: norm.epsilon)
  }
}
