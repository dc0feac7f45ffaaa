package import KernelInterface

/// The gated activation of a feed-forward layer, of one row: `y[i] = f(gate[i]) · up[i]`.
///
/// With f = SiLU it is called SwiGLU, with f = GELU GeGLU.
///
/// - Source: Shazeer 2020, arXiv:2002.05202, eq. 6 without biases; ggml `swiglu`, `geglu`.
/// - Parameters:
///   - gateUp: `[gate | up]`, 2 × width elements.
///   - activation: f.
///   - y: result `[width]`. Overwritten.
/// - Accuracy: f(gate) is computed in Float64 and rounded, and so is the product.
/// - Complexity: O(width), no allocation.
package func glu(
  _ gateUp: Span<Float>, activation: ActivationFunction, into y: inout MutableSpan<Float>
) {
  let width = y.count
  for index in 0..<width { y[index] = gateUp[index] }
  apply(activation, to: &y)
  for index in 0..<width { y[index] *= gateUp[width + index] }
}
