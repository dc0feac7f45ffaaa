/// The function that a linear layer applies to each element of its result, after the bias.
///
/// σ is the logistic function `1 / (1 + e⁻ˣ)`.
package enum ActivationFunction: Sendable, CaseIterable {
  /// The identity.
  case none
  /// `x/2 · (1 + erf(x / √2))` (Hendrycks & Gimpel 2016, arXiv:1606.08415): BERT, Whisper, SigLIP.
  case gelu
  /// `x · σ(1.702 x)` (the same paper, section 2): OpenAI's CLIP.
  case quickGELU
  /// `x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))` (the same paper): GPT-2, ggml's `gelu`.
  case geluTanh
  /// `x · σ(x)` (Elfwing, Uchibe & Doya 2017, arXiv:1702.03118).
  case silu
}
