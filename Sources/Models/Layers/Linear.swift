internal import KernelInterface
internal import Kernels

/// A linear layer: `y = f(x Wᵀ + b)`.
///
/// `x` is `[tokens, inputs]`, `W` is `[outputs, inputs]` in the type of the file, `b` is `[outputs]`
/// in Float32 or absent, `f` an activation function or nothing, and `y` is `[tokens, outputs]`.
/// Layers of the same inputs can be one `Linear`, with their results side by side (queries, keys and
/// values): activations are then read and quantised once.
struct Linear: Sendable {
  /// `[outputs, inputs]`, one matrix or several below each other.
  let weights: WeightStack
  /// `[outputs]`, or nil.
  let bias: WeightVector?
  /// Applied to each element of the result.
  var activation = ActivationFunction.none

  /// Width of the result.
  var outputs: Int { weights.outputs }
  /// Memory of the weights, in bytes; biases are not counted.
  var byteCount: Int { weights.byteCount }
}

extension ModelTensors {
  /// One linear layer, or several of the same inputs, with their results side by side.
  ///
  /// - Throws: `ModelError` naming the tensor that does not fit.
  func linear(
    _ specs: [LinearSpec], activation: ActivationFunction = .none
  ) throws(ModelError) -> Linear {
    var biases: [WeightVector] = []
    for spec in specs {
      if let bias = spec.bias {
        biases.append(try vector(bias))
      } else if specs.contains(where: { $0.bias != nil }) {
        // OpenAI's Whisper has biases of queries and values, and none of keys.
        biases.append(WeightVector([Float](repeating: 0, count: spec.weight.shape[0])))
      }
    }
    return Linear(
      weights: try stack(specs.map(\.weight)),
      bias: biases.isEmpty ? nil : WeightVector.concatenating(biases), activation: activation)
  }

  /// One linear layer.
  func linear(
    _ spec: LinearSpec, activation: ActivationFunction = .none
  ) throws(ModelError) -> Linear {
    try linear([spec], activation: activation)
  }
}

extension ComputeContext {
  /// `y = f(x Wᵀ + b)`.
  ///
  /// - Parameters:
  ///   - x: `[tokens, inputs]`.
  ///   - layer: made for this context.
  ///   - width: how `Q8_0` weights round `x`.
  ///   - y: `[tokens, outputs]`; its rows become those of `x`.
  func linear(
    _ x: borrowing Matrix, _ layer: Linear, width: ActivationWidth = .eightBits,
    into y: inout Matrix
  ) {
    linear(
      x, layer.weights, bias: layer.bias, activation: layer.activation, width: width, into: &y)
  }

  /// The residual connection: `y = y + b + x Wᵀ`.
  ///
  /// - Parameters:
  ///   - x: `[tokens, inputs]`.
  ///   - layer: made for this context, without an activation function.
  ///   - y: `[tokens, outputs]`, as many rows as `x`. Overwritten with the sum.
  func linear(_ x: borrowing Matrix, _ layer: Linear, addingTo y: inout Matrix) {
    precondition(layer.activation == .none, "a residual takes no activation function")
    linear(x, layer.weights, bias: layer.bias, addingTo: &y)
  }
}
