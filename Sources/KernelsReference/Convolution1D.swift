/// A one-dimensional convolution over rows of channels, with zeros beyond both ends.
///
/// `y[t, o] = bias[o] + Σ_c Σ_k weight[o, c, k] · x[t · stride - padding + k, c]`, where rows of x
/// outside of it are zeros.
///
/// - Source: PyTorch `torch.nn.Conv1d`, whose weight layout this keeps; Radford et al. 2022,
///   arXiv:2212.04356, section 2.2, for its use before Whisper's encoder.
/// - Parameters:
///   - x: row-major `[rows, channels]`, Float32: channels last, unlike PyTorch's input.
///   - channels: elements in a row of x.
///   - weight: row-major `[outputs, channels, width]`, Float32.
///   - bias: `[outputs]`; empty for none.
///   - width: taps of the filter.
///   - stride: rows of x from one row of y to the next.
///   - padding: rows of zeros before the first row and after the last.
///   - y: result, row-major `[(rows + 2 · padding - width) / stride + 1, outputs]`. Overwritten.
///   - outputs: elements in a row of y.
/// - Accuracy: one Float32 sum, c then k ascending, then the bias: within
///   `(channels · width + 1) · 2⁻²⁴ · (Σ|x·w| + |b|)` of the exact value, to first order.
/// - Complexity: O(rows of y × outputs × channels × width), no allocation.
package func convolution1D(
  _ x: Span<Float>, channels: Int, weight: Span<Float>, bias: Span<Float>, width: Int, stride: Int,
  padding: Int, into y: inout MutableSpan<Float>, outputs: Int
) {
  let rows = x.count / channels
  for row in 0..<(y.count / outputs) {
    for output in 0..<outputs {
      var sum: Float = 0
      for channel in 0..<channels {
        for tap in 0..<width {
          let source = row * stride - padding + tap
          guard source >= 0, source < rows else { continue }
          sum +=
            x[source * channels + channel] * weight[(output * channels + channel) * width + tap]
        }
      }
      y[row * outputs + output] = sum + (bias.isEmpty ? 0 : bias[output])
    }
  }
}
