/// The weights of a linear layer: one or several matrices of the same inputs, possibly of different
/// types, which one call computes together (queries, keys and values; gate and up).
package final class WeightStack: Sendable {
  /// Columns of each weight: the width of the layer's input.
  package let inputs: Int
  /// Rows of all weights: the width of the result, in which the weights' results are side by side.
  package let outputs: Int
  /// Memory that the weights occupy, in bytes.
  package let byteCount: Int

  /// Whether any of the weights has fewer bits than plain numbers have.
  package var isQuantized: Bool { weights.contains { $0.type.blockElementCount > 1 } }

  let weights: [WeightMatrix]
  /// All weights, where each of them has integer kernels; else nil.
  let quantized: QuantizedParts?

  /// A stack of one weight.
  package convenience init(_ weight: WeightMatrix) { self.init([weight]) }

  /// A stack of weights that were made for the same ``ComputeContext``, in the order of their
  /// results.
  ///
  /// - Precondition: at least one weight, all of the same inputs.
  package init(_ parts: [WeightMatrix]) {
    precondition(!parts.isEmpty, "a stack needs weights")
    precondition(parts.allSatisfy { $0.inputs == parts[0].inputs }, "input widths differ")
    inputs = parts[0].inputs
    outputs = parts.reduce(0) { $0 + $1.outputs }
    byteCount = parts.reduce(0) { $0 + $1.byteCount }
    weights = parts
    var quantized: QuantizedParts?
    for part in parts {
      guard case .interleaved(let own) = part.storage.layout else {
        quantized = nil
        break
      }
      if quantized == nil { quantized = own } else { quantized?.append(own) }
    }
    self.quantized = quantized
  }
}
