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
  /// All weights, where each of them has integer kernels; else nil.
  let quantized: QuantizedParts?

  /// A stack of weights that were made for the same ``ComputeContext``, in the order of their results.
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

extension ComputeContext {
  /// Linear layers of the same activations: `y = [x W₁ᵀ | x W₂ᵀ | ...]`.
  ///
  /// The activations are quantised once for all weights that take them so.
  ///
  /// - Parameters:
  ///   - x: activations `[tokens, inputs]`.
  ///   - weights: made for this ``ComputeContext``.
  ///   - y: result `[tokens, outputs]`; its `rows` become those of `x`.
  /// - Precondition: the widths agree and `y` has capacity for the rows of `x`.
  package func linear(_ x: borrowing Matrix, _ weights: WeightStack, into y: inout Matrix) {
    precondition(x.columns == weights.inputs, "input width differs from the weights'")
    precondition(y.columns == weights.outputs, "result width differs from the weights'")
    y.rows = x.rows
    if let quantized = weights.quantized {
      multiplyQuantized(
        QuantizedOperands(x: x.elements, rows: x.rows, y: y.elements, addsToY: false), quantized)
      return
    }
    let (rows, columns, source, target) = (x.rows, y.columns, x.elements, y.elements)
    var column = 0
    for weight in weights.weights {
      let width = weight.outputs
      let first = column
      withProduct(source, rows: rows, weight) { product in
        for row in 0..<rows {
          (target + row * columns + first).update(from: product + row * width, count: width)
        }
      }
      column += width
    }
  }

  /// A linear layer added to what is there, the residual: `y += x Wᵀ`.
  ///
  /// Each element is its whole product, rounded, plus the element before.
  ///
  /// - Parameters:
  ///   - x: activations `[tokens, inputs]`.
  ///   - weight: made for this ``ComputeContext``.
  ///   - y: `[tokens, outputs]`, as many rows as `x`.
  package func linear(_ x: borrowing Matrix, _ weight: WeightMatrix, addingTo y: inout Matrix) {
    precondition(x.columns == weight.inputs, "input width differs from the weight's")
    precondition(y.columns == weight.outputs && y.rows == x.rows, "result shape differs")
    if case .interleaved(let parts) = weight.storage.layout {
      multiplyQuantized(
        QuantizedOperands(x: x.elements, rows: x.rows, y: y.elements, addsToY: true), parts)
      return
    }
    let (count, target) = (y.count, y.elements)
    withProduct(x.elements, rows: x.rows, weight) { product in
      for index in 0..<count { target[index] += product[index] }
    }
  }

  /// Gives `body` a product in scratch, `[rows, weight.outputs]`.
  private func withProduct(
    _ x: UnsafePointer<Float>, rows: Int, _ weight: WeightMatrix,
    _ body: (UnsafePointer<Float>) -> Void
  ) {
    let count = rows * weight.outputs
    scratch.withBytes(count * 4) { memory in
      let product = memory.bindMemory(to: Float.self, capacity: count)
      linear(
        LinearOperands(x: x, y: product, rows: rows, bias: nil, activation: .none), weight)
      body(product)
    }
  }
}
