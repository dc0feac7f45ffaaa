/// The embedding of an image's patches: a two-dimensional convolution whose stride is its size.
///
/// `y[p, o] = bias[o] + Σ_c Σ_i Σ_j weight[o, c, i, j] · image[c, r · patch + i, s · patch + j]`
/// for the patch p in row r and column s of the grid.
///
/// - Source: Dosovitskiy et al. 2020, arXiv:2010.11929, section 3.1; PyTorch `torch.nn.Conv2d`,
///   whose weight layout this keeps.
/// - Parameters:
///   - image: row-major `[channels, height, width]`, Float32.
///   - channels: planes of the image.
///   - width: pixels in a row.
///   - patch: pixels in a patch's row and column; divides the height and the width.
///   - weight: row-major `[outputs, channels, patch, patch]`, Float32.
///   - bias: `[outputs]`; empty for none.
///   - y: result, row-major `[patches, outputs]`, the patches row after row. Overwritten.
///   - outputs: elements in a row of y.
/// - Accuracy: one Float32 sum, c, i and j ascending, then the bias: within
///   `(channels · patch² + 1) · 2⁻²⁴ · (Σ|x·w| + |b|)` of the exact value, to first order.
/// - Complexity: O(image.count × outputs), no allocation.
package func patchEmbedding(
  _ image: Span<Float>, channels: Int, width: Int, patch: Int, weight: Span<Float>,
  bias: Span<Float>, into y: inout MutableSpan<Float>, outputs: Int
) {
  let height = image.count / channels / width
  let gridColumns = width / patch
  for index in 0..<(y.count / outputs) {
    let (top, left) = (index / gridColumns * patch, index % gridColumns * patch)
    for output in 0..<outputs {
      var sum: Float = 0
      for channel in 0..<channels {
        for row in 0..<patch {
          for column in 0..<patch {
            let pixel = (channel * height + top + row) * width + left + column
            let tap = ((output * channels + channel) * patch + row) * patch + column
            sum += image[pixel] * weight[tap]
          }
        }
      }
      y[index * outputs + output] = sum + (bias.isEmpty ? 0 : bias[output])
    }
  }
}
