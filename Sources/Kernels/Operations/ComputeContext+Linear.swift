package import KernelInterface

/// The memory that one linear layer reads and writes.
struct LinearOperands {
  /// `[rows, inputs]`, without gaps.
  let x: UnsafePointer<Float>
  /// `[rows, outputs]`, without gaps.
  let y: UnsafeMutablePointer<Float>
  let rows: Int
  /// `[outputs]`, or nil.
  let bias: UnsafePointer<Float>?
  let activation: ActivationFunction
  /// The bits to which `Q8_0` weights with precise activations round these.
  var width = ActivationWidth.eightBits
}

extension ComputeContext {
  /// A linear layer: `y = activation(x Wᵀ + b)`.
  ///
  /// The weights of a stack share `x`: `y = activation([x W₁ᵀ | x W₂ᵀ | …] + b)`, and where they
  /// take quantised activations, these are quantised once for all of them.
  /// ``ActivationQuantization`` and the type of each weight decide how.
  ///
  /// - Parameters:
  ///   - x: activations `[tokens, inputs]`.
  ///   - weights: made for this ``ComputeContext``.
  ///   - bias: `[outputs]`, or nil for none.
  ///   - activation: applied to each element after the bias.
  ///   - width: how `Q8_0` weights round activations that are to be ``ActivationQuantization/precise``.
  ///   - y: result `[tokens, outputs]`; its `rows` become those of `x`.
  /// - Precondition: the widths agree and `y` has capacity for the rows of `x`.
  /// - Complexity: O(tokens × inputs × outputs); scratch for quantised activations.
  package func linear(
    _ x: borrowing Matrix, _ weights: WeightStack, bias: WeightVector? = nil,
    activation: ActivationFunction = .none, width: ActivationWidth = .eightBits,
    into y: inout Matrix
  ) {
    check(x, weights, bias: bias, y)
    y.rows = x.rows
    linear(
      LinearOperands(
        x: x.elements, y: y.elements, rows: x.rows, bias: bias?.elements, activation: activation,
        width: width), weights)
  }

  /// A linear layer on memory: `x` and `y` without gaps, of the weights' widths.
  func linear(_ operands: LinearOperands, _ weights: WeightStack) {
    if let quantized = weights.quantized {
      quantizedLinear(operands, quantized)
    } else if weights.weights.count == 1 {
      linear(operands, weights.weights[0])
    } else {
      linearByParts(operands, weights)
    }
  }

  /// A linear layer added to the residual: `y += b + x Wᵀ`.
  ///
  /// The bias is added to the residual first; each element of the product is rounded before it is
  /// added.
  ///
  /// - Parameters:
  ///   - x: activations `[tokens, inputs]`.
  ///   - weights: made for this ``ComputeContext``.
  ///   - bias: `[outputs]`, or nil for none.
  ///   - y: the residual `[tokens, outputs]`, as many rows as `x`. Overwritten with the sum.
  /// - Precondition: the widths agree.
  package func linear(
    _ x: borrowing Matrix, _ weights: WeightStack, bias: WeightVector? = nil,
    addingTo y: inout Matrix
  ) {
    check(x, weights, bias: bias, y)
    precondition(y.rows == x.rows, "result shape differs")
    let (columns, target) = (y.columns, y.elements)
    if let bias { add(bias, to: target, rows: y.rows) }
    if let quantized = weights.quantized {
      multiplyQuantized(
        QuantizedOperands(x: x.elements, rows: x.rows, y: target, addsToY: true), quantized)
      return
    }
    let operands = LinearOperands(
      x: x.elements, y: target, rows: x.rows, bias: nil, activation: .none)
    forEachProduct(operands, weights) { product, column, width in
      forRowChunks(operands.rows, elementsPerRow: width) { rows in
        for row in rows {
          let sums = target + row * columns + column
          let terms = product + row * width
          for index in 0..<width { sums[index] += terms[index] }
        }
      }
    }
  }

  private func check(
    _ x: borrowing Matrix, _ weights: WeightStack, bias: WeightVector?, _ y: borrowing Matrix
  ) {
    precondition(x.columns == weights.inputs, "input width differs from the weights'")
    precondition(y.columns == weights.outputs, "result width differs from the weights'")
    precondition(bias == nil || bias?.count == weights.outputs, "bias width differs")
  }

  /// Several weights without a product in common: each writes its columns of the result.
  private func linearByParts(_ operands: LinearOperands, _ weights: WeightStack) {
    let columns = weights.outputs
    forEachProduct(operands, weights) { product, column, width in
      for row in 0..<operands.rows {
        (operands.y + row * columns + column).update(from: product + row * width, count: width)
      }
    }
  }

  /// Gives `body` each weight's layer in scratch, `[rows, width]`, with the column at which it
  /// begins.
  private func forEachProduct(
    _ operands: LinearOperands, _ weights: WeightStack,
    _ body: (_ product: UnsafePointer<Float>, _ column: Int, _ width: Int) -> Void
  ) {
    var column = 0
    for weight in weights.weights {
      let (first, width) = (column, weight.outputs)
      let count = operands.rows * width
      scratch.withBytes(count * 4) { memory in
        let product = memory.bindMemory(to: Float.self, capacity: count)
        linear(
          LinearOperands(
            x: operands.x, y: product, rows: operands.rows,
            bias: operands.bias.map { $0 + first }, activation: operands.activation,
            width: operands.width), weight)
        body(product, first, width)
      }
      column += width
    }
  }

  /// Adds a bias to every row.
  private func add(_ bias: WeightVector, to y: UnsafeMutablePointer<Float>, rows: Int) {
    forRowChunks(rows, elementsPerRow: bias.count) {
      finish(
        LinearOperands(
          x: y, y: y + $0.lowerBound * bias.count, rows: $0.count, bias: bias.elements,
          activation: .none), columns: bias.count, stride: bias.count)
    }
  }

  /// Adds the bias to some columns of a result, and applies the activation function.
  func finish(_ operands: LinearOperands, columns: Int, stride: Int) {
    kernels.applyBiasAndActivation(
      operands.y, rows: operands.rows, stride: stride, width: columns, bias: operands.bias,
      activation: operands.activation)
  }

  /// A linear layer of one weight on memory.
  private func linear(_ operands: LinearOperands, _ weight: WeightMatrix) {
    switch weight.storage.layout {
    case .panels(let isHalf): panelLinear(operands, weight, isHalf: isHalf)
    case .blockPanels(let scalesOffset, let sumsOffset):
      blockLinear(operands, weight, scalesOffset: scalesOffset, sumsOffset: sumsOffset)
    case .float32Rows: blasLinear(operands, weight)
    case .interleaved(let parts): quantizedLinear(operands, parts)
    case .fileRows where packed == nil: referenceLinear(operands, weight)
    case .fileRows: widenedLinear(operands, weight)
    }
  }
}
