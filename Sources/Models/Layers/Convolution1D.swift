internal import KernelInterface
internal import Kernels

/// A one-dimensional convolution over time:
/// `y[t] = f(b + Σ_c Σ_k W[:, c, k] · x[t · stride + k − padding, c])`.
///
/// `x` is `[rows, channels]`, time by channels; `W` is `[outputs, channels, width]` as PyTorch stores
/// it; `y` is `[(rows + 2 × padding − width) / stride + 1, outputs]`. Rows outside of `x` are zero.
///
/// - Source: Radford et al. 2022, arXiv:2212.04356, section 2.2: the stem of Whisper's encoder is two
///   of them, of width 3 and padding 1, with strides 1 and 2, each followed by GELU.
struct Convolution1D: Sendable {
  /// The filters, `[outputs, channels × width]`, with bias and activation function.
  let filters: Linear
  let shape: Convolution1DShape

  /// Memory of the filters, in bytes.
  var byteCount: Int { filters.byteCount }
}

extension ModelTensors {
  /// A convolution whose weight is `[outputs, channels, width]`.
  func convolution1D(
    _ spec: LinearSpec, stride: Int, padding: Int, activation: ActivationFunction
  ) throws(ModelError) -> Convolution1D {
    let shape = spec.weight.shape
    precondition(shape.count == 3, "a convolution's weight has three dimensions")
    return Convolution1D(
      filters: try linear(spec, activation: activation),
      shape: Convolution1DShape(
        channels: shape[1], width: shape[2], stride: stride, padding: padding))
  }
}

extension ComputeContext {
  /// The convolution of `x`.
  ///
  /// - Parameters:
  ///   - x: `[rows, channels]`.
  ///   - layer: made for this context.
  ///   - y: `[layer.shape.outputRows(of: rows), outputs]`; its rows become that number.
  func convolution1D(_ x: borrowing Matrix, _ layer: Convolution1D, into y: inout Matrix) {
    convolution1D(
      x, layer.filters.weights, bias: layer.filters.bias, shape: layer.shape,
      activation: layer.filters.activation, into: &y)
  }
}
