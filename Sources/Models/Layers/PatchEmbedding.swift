internal import KernelInterface
internal import Kernels

/// The first layer of a vision transformer: each patch of an image becomes one row,
/// `y[p] = W · patch[p] + b`.
///
/// Images are `[channels, height, width]`; `W` is `[outputs, channels, patch, patch]` as PyTorch
/// stores the convolution whose stride is its width; `y` is `[patches, outputs]`, patches in rows from
/// the top left.
///
/// - Source: Dosovitskiy et al. 2020, arXiv:2010.11929, section 3.1; CLIP (Radford et al. 2021,
///   arXiv:2103.00020) has no bias.
struct PatchEmbedding: Sendable {
  /// `[outputs, channels × patch × patch]`.
  let projection: Linear
  let shape: PatchShape

  /// Memory of the projection, in bytes.
  var byteCount: Int { projection.byteCount }
}

extension ModelTensors {
  /// A patch embedding whose weight is `[outputs, channels, patch, patch]`.
  ///
  /// - Parameters:
  ///   - spec: the weight, and a bias where the model has one.
  ///   - height: rows of pixels of an image.
  ///   - width: pixels in a row.
  /// - Returns: the layer, packed for the loader's context.
  /// - Throws: `ModelError` naming the tensor that does not fit.
  func patchEmbedding(
    _ spec: LinearSpec, height: Int, width: Int
  ) throws(ModelError) -> PatchEmbedding {
    let shape = spec.weight.shape
    precondition(shape.count == 4 && shape[2] == shape[3], "patches are squares of channels")
    return PatchEmbedding(
      projection: try linear(spec),
      shape: PatchShape(channels: shape[1], height: height, width: width, patch: shape[3]))
  }
}

extension ComputeContext {
  /// The embeddings of the patches of some images.
  ///
  /// - Parameters:
  ///   - images: `[images × channels × height, width]`, the planes of each image one after another.
  ///   - layer: made for this context.
  ///   - y: `[images × patches, outputs]`; its rows become that number.
  func patchEmbedding(
    _ images: borrowing Matrix, _ layer: PatchEmbedding, into y: inout Matrix
  ) {
    patchEmbedding(
      images, layer.projection.weights, bias: layer.projection.bias, shape: layer.shape, into: &y)
  }
}
