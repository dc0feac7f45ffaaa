internal import Kernels

/// Layer normalisation: `y = (x − mean(x)) / √(var(x) + ε) · weight + bias`, each row by itself.
///
/// `x` and `y` are `[tokens, width]`; the variance is the biased one.
///
/// - Source: Ba, Kiros & Hinton 2016, arXiv:1607.06450. A post-norm transformer (BERT) normalises the
///   sum of a sublayer and its residual; a pre-norm one (CLIP, Whisper) normalises before the
///   sublayer (Xiong et al. 2020, arXiv:2002.04745).
struct LayerNorm: Sendable {
  /// `[width]`.
  let weight: WeightVector
  /// `[width]`.
  let bias: WeightVector
  /// Added to the variance.
  let epsilon: Float
}

extension ModelTensors {
  /// A layer normalisation.
  ///
  /// - Precondition: the spec has a bias.
  func layerNorm(_ spec: NormSpec, epsilon: Float) throws(ModelError) -> LayerNorm {
    guard let bias = spec.bias else { preconditionFailure("LayerNorm has a bias") }
    return LayerNorm(weight: try vector(spec.weight), bias: try vector(bias), epsilon: epsilon)
  }
}

extension ComputeContext {
  /// `y = LayerNorm(x)`.
  func layerNorm(_ x: borrowing Matrix, _ norm: LayerNorm, into y: inout Matrix) {
    layerNorm(x, weight: norm.weight, bias: norm.bias, epsilon: norm.epsilon, into: &y)
  }

  /// `x = LayerNorm(x)`, in place.
  func layerNorm(_ x: inout Matrix, _ norm: LayerNorm) {
    layerNorm(&x, weight: norm.weight, bias: norm.bias, epsilon: norm.epsilon)
  }

  /// `x = LayerNorm(x + residual)`, in place.
  func addLayerNorm(_ x: inout Matrix, residual: borrowing Matrix, _ norm: LayerNorm) {
    addLayerNorm(
      &x, residual: residual, weight: norm.weight, bias: norm.bias, epsilon: norm.epsilon)
  }
}
