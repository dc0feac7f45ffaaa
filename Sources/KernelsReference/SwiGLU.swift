import Glibc

/// The gated activation of a feed-forward layer, of one row: `y[i] = silu(gate[i]) · up[i]`, with
/// `silu(g) = g / (1 + e⁻ᵍ)`.
///
/// - Source: Shazeer 2020, arXiv:2002.05202, eq. 6 without biases; ggml `swiglu`.
/// - Parameters:
///   - gateUp: `[gate | up]`, 2 × width elements.
///   - y: result `[width]`. Overwritten.
/// - Accuracy: computed in Float64 and rounded once.
/// - Complexity: O(width), no allocation.
package func swiGLU(_ gateUp: Span<Float>, into y: inout MutableSpan<Float>) {
  let width = y.count
  for index in 0..<width {
    let gate = Double(gateUp[index])
    y[index] = Float(gate / (1 + exp(-gate)) * Double(gateUp[width + index]))
  }
}
