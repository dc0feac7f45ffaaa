internal import KernelInterface
internal import Kernels

/// The gated feed-forward network: `(g, u) = x W₁ᵀ`, `h = f(g) · u`, `y = h W₂ᵀ`.
///
/// `x` and `y` are `[tokens, embed]`; `g`, `u` and `h` are `[tokens, ffn]`; f is SiLU, or GELU in
/// Gemma.
///
/// - Source: Shazeer 2020, arXiv:2002.05202 (SwiGLU, GeGLU).
struct GatedMLP: Sendable {
  /// `[2 × ffn, embed]`: gate and up by one product, gate first.
  let gateUp: Linear
  /// `[embed, ffn]`.
  let down: Linear
  /// f.
  var activation = ActivationFunction.silu

  /// Memory of the weights, in bytes.
  var byteCount: Int { gateUp.byteCount + down.byteCount }
}
