internal import Kernels

/// The feed-forward network of a transformer: `h = f(x W₁ᵀ + b₁)`, `y = h W₂ᵀ + b₂`.
///
/// `x` and `y` are `[tokens, embed]`, `h` is `[tokens, ffn]`; `f` is GELU in BERT and Whisper and
/// quick GELU in CLIP.
///
/// - Source: Vaswani et al. 2017, arXiv:1706.03762, section 3.3; GELU: Hendrycks & Gimpel 2016,
///   arXiv:1606.08415.
struct MLP: Sendable {
  /// `[ffn, embed]`, with the activation function.
  let up: Linear
  /// `[embed, ffn]`.
  let down: Linear

  /// Memory of the weights, in bytes.
  var byteCount: Int { up.byteCount + down.byteCount }
}
