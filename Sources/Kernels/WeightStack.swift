// A plain version on top of `linear`, with the interface of the one that quantises activations once.

/// Several weights of the same inputs, possibly of different types: one product computes them all
/// (queries, keys and values; gate and up).
package final class WeightStack: Sendable {
  /// Columns of each weight.
  package let inputs: Int
  /// Rows of all weights: the width of the result, in which theirs lie side by side.
  package let outputs: Int
  /// Memory that the weights occupy, in bytes.
  package let byteCount: Int
  let weights: [WeightMatrix]

  /// A stack of weights that were made for the same ``Compute``, in the order of their results.
  ///
  /// - Precondition: at least one weight, all of the same inputs.
  package init(_ parts: [WeightMatrix]) {
    precondition(!parts.isEmpty, "a stack needs weights")
    precondition(parts.allSatisfy { $0.inputs == parts[0].inputs }, "input widths differ")
    inputs = parts[0].inputs
    outputs = parts.reduce(0) { $0 + $1.outputs }
    byteCount = parts.reduce(0) { $0 + $1.byteCount }
    weights = parts
  }
}

extension Compute {
  /// Linear layers of the same activations: `y = [x W₁ᵀ | x W₂ᵀ | ...]`.
  package func linear(_ x: borrowing Matrix, _ weights: WeightStack, into y: inout Matrix) {
    y.rows = x.rows
    var column = 0
    for weight in weights.weights {
      var product = Matrix(rows: x.rows, columns: weight.outputs)
      linear(x, weight, bias: nil, into: &product)
      for row in 0..<x.rows {
        (y.elements + row * y.columns + column).update(
          from: product.elements + row * weight.outputs, count: weight.outputs)
      }
      column += weight.outputs
    }
  }

  /// A linear layer added to what is there, the residual: `y += x Wᵀ`.
  package func linear(_ x: borrowing Matrix, _ weight: WeightMatrix, addingTo y: inout Matrix) {
    var product = Matrix(rows: x.rows, columns: weight.outputs)
    linear(x, weight, bias: nil, into: &product)
    for index in 0..<y.count { y.elements[index] += product.elements[index] }
  }
}
