import KernelInterface

/// The division of images into patches.
package struct PatchShape: Sendable, Equatable {
  /// Planes of an image, such as red, green and blue.
  package var channels: Int
  /// Rows of pixels of an image; a multiple of `patch`.
  package var height: Int
  /// Pixels in a row; a multiple of `patch`.
  package var width: Int
  /// Rows and columns of a patch.
  package var patch: Int

  /// Images of `channels × height × width` pixels in square patches.
  package init(channels: Int, height: Int, width: Int, patch: Int) {
    self.channels = channels
    self.height = height
    self.width = width
    self.patch = patch
  }

  /// Patches of an image.
  package var patchCount: Int { (height / patch) * (width / patch) }
  /// Elements of a patch: the width of the embedding's input.
  package var inputs: Int { channels * patch * patch }
}

extension ComputeContext {
  /// The embeddings of the patches of some images: `y[p] = W · patch[p] + b`.
  ///
  /// The patches are copied into scratch in the order of the weight (im2col) and multiplied as a
  /// linear layer. So a checkpoint's `[outputs, channels, patch, patch]` is used as it is.
  ///
  /// - Source: Dosovitskiy et al. 2020, arXiv:2010.11929, section 3.1.
  /// - Parameters:
  ///   - images: `[images × channels × height, width]`: the planes of each image one after another.
  ///   - weights: `[outputs, channels × patch × patch]`, made for this ``ComputeContext``.
  ///   - bias: `[outputs]`, or nil for none; CLIP has none.
  ///   - shape: the images' size and the patches'.
  ///   - y: result `[images × patches, outputs]`, the patches of an image row after row; its `rows`
  ///     become that number.
  /// - Accuracy: that of ``linear(_:_:bias:activation:into:)``.
  /// - Complexity: O(pixels × outputs); scratch for as many elements as the images have.
  package func patchEmbedding(
    _ images: borrowing Matrix, _ weights: WeightStack, bias: WeightVector? = nil,
    shape: PatchShape, into y: inout Matrix
  ) {
    let imageRows = shape.channels * shape.height
    precondition(
      shape.patch > 0 && shape.height.isMultiple(of: shape.patch)
        && shape.width.isMultiple(of: shape.patch), "the patches do not cover the image")
    precondition(
      images.columns == shape.width && imageRows > 0 && images.rows.isMultiple(of: imageRows),
      "the rows are not whole images")
    y.rows = images.rows / imageRows * shape.patchCount
    let pixels = images.elements
    let gridColumns = shape.width / shape.patch
    linearOfGathered(inputs: shape.inputs, weights, bias: bias, activation: .none, into: &y) {
      row, target in
      let (image, patch) = (row / shape.patchCount, row % shape.patchCount)
      let (top, left) = (patch / gridColumns * shape.patch, patch % gridColumns * shape.patch)
      for line in 0..<(shape.channels * shape.patch) {
        let (channel, offset) = (line / shape.patch, line % shape.patch)
        let sourceRow = image * imageRows + channel * shape.height + top + offset
        (target + line * shape.patch).update(
          from: pixels + sourceRow * shape.width + left, count: shape.patch)
      }
    }
  }
}
