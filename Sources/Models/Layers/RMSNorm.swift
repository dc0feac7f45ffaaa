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

  /// The norm whose results are multiplied by `factor`.
  func scaled(by factor: Float) -> RMSNorm {
    if factor == 1 { return self }
    return RMSNorm(weight: WeightVector(weight.array().map { $0 * factor }), epsilon: epsilon)
  }
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

  /// The residual connection of a post-norm: `y = y + RMSNorm(x)`.
  func rmsNorm(_ x: borrowing Matrix, _ norm: RMSNorm, addingTo y: inout Matrix) {
    rmsNorm(x, weight: norm.weight, epsilon: norm.epsilon, addingTo: &y)
  }

  /// `x[t, h] = RMSNorm(x[t, h])` for each head h of a range, in place.
  func rmsNorm(_ x: inout Matrix, heads: Range<Int>, _ norm: RMSNorm) {
    rmsNorm(&x, heads: heads, weight: norm.weight, epsilon: norm.epsilon)
  }
}
