package import KernelInterface

/// The filter of a one-dimensional convolution.
package struct Convolution1DShape: Sendable, Equatable {
  /// Elements in a row of the input.
  package var channels: Int
  /// Taps: rows that one row of the result depends on.
  package var width: Int
  /// Rows of the input from one row of the result to the next.
  package var stride: Int
  /// Rows of zeros before the first row and after the last.
  package var padding: Int

  /// A filter of `width` taps; by default one that keeps the number of rows if `width` is odd.
  package init(channels: Int, width: Int, stride: Int = 1, padding: Int? = nil) {
    self.channels = channels
    self.width = width
    self.stride = stride
    self.padding = padding ?? width / 2
  }

  /// Rows of the result of an input of `rows` rows; 0 where the input is shorter than the filter.
  package func outputRows(of rows: Int) -> Int {
    let last = rows + 2 * padding - width
    return last < 0 ? 0 : last / stride + 1
  }
}

extension ComputeContext {
  /// A one-dimensional convolution:
  /// `y[t] = activation(b + Σ_c Σ_k W[:, c, k] · x[t · s - p + k, c])`.
  ///
  /// The rows that each result depends on are copied side by side into scratch (im2col), in the
  /// order of the weight, and multiplied as a linear layer. So a checkpoint's
  /// `[outputs, channels, width]` is used as it is, and every type of weight works.
  ///
  /// - Source: Chellapilla, Puri & Simard 2006, for im2col; Radford et al. 2022, arXiv:2212.04356,
  ///   section 2.2: Whisper has two, of width 3 and padding 1, with strides 1 and 2.
  /// - Parameters:
  ///   - x: `[rows, channels]`: time by channels.
  ///   - weights: `[outputs, channels × width]`, made for this ``ComputeContext``.
  ///   - bias: `[outputs]`, or nil for none.
  ///   - shape: the filter.
  ///   - activation: applied to each element after the bias.
  ///   - y: result `[shape.outputRows(of: rows), outputs]`; its `rows` become that number.
  /// - Accuracy: that of ``linear(_:_:bias:activation:into:)``.
  /// - Complexity: O(rows × outputs × channels × width); scratch for `channels × width` elements
  ///   for each row of the result.
  package func convolution1D(
    _ x: borrowing Matrix, _ weights: WeightStack, bias: WeightVector? = nil,
    shape: Convolution1DShape, activation: ActivationFunction = .none, into y: inout Matrix
  ) {
    precondition(x.columns == shape.channels, "input width differs from the channels")
    precondition(
      shape.width > 0 && shape.stride > 0 && shape.padding >= 0, "the filter has no extent")
    let inputs = shape.channels * shape.width
    y.rows = shape.outputRows(of: x.rows)
    let (rows, source) = (x.rows, x.elements)
    linearOfGathered(inputs: inputs, weights, bias: bias, activation: activation, into: &y) {
      row, target in
      let first = row * shape.stride - shape.padding
      for tap in 0..<shape.width {
        let isInside = first + tap >= 0 && first + tap < rows
        let values = source + (isInside ? first + tap : 0) * shape.channels
        for channel in 0..<shape.channels {
          target[channel * shape.width + tap] = isInside ? values[channel] : 0
        }
      }
    }
  }

  /// A linear layer whose input rows `gather` writes into scratch, one row of `y` each.
  func linearOfGathered(
    inputs: Int, _ weights: WeightStack, bias: WeightVector?, activation: ActivationFunction,
    into y: inout Matrix, gather: (_ row: Int, _ target: UnsafeMutablePointer<Float>) -> Void
  ) {
    precondition(weights.inputs == inputs, "input width differs from the weights'")
    precondition(y.columns == weights.outputs, "result width differs from the weights'")
    precondition(bias == nil || bias?.count == weights.outputs, "bias width differs")
    let (rows, result) = (y.rows, y.elements)
    scratch.withBytes(rows * inputs * 4) { bytes in
      let gathered = bytes.bindMemory(to: Float.self, capacity: rows * inputs)
      forRowChunks(rows, elementsPerRow: inputs) { range in
        for row in range { gather(row, gathered + row * inputs) }
      }
      linear(
        LinearOperands(
          x: gathered, y: result, rows: rows, bias: bias?.elements, activation: activation),
        weights)
    }
  }
}
