import KernelInterface
import KernelsReference

extension ComputeContext {
  /// Rows in parallel, each by the scalar twin.
  func referenceLinear(_ operands: LinearOperands, _ weight: WeightMatrix) {
    let inputs = weight.inputs
    let outputs = weight.outputs
    let bias = UnsafeBufferPointer(
      start: operands.bias, count: operands.bias == nil ? 0 : outputs)
    pool.run(taskCount: operands.rows) { token in
      let row = UnsafeBufferPointer(start: operands.x + token * inputs, count: inputs).span
      var result = UnsafeMutableBufferPointer(
        start: operands.y + token * outputs, count: outputs
      ).mutableSpan
      referenceRow(row, weight, bias: bias.span, width: operands.width, into: &result)
      apply(operands.activation, to: &result)
    }
  }

  private func referenceRow(
    _ x: Span<Float>, _ weight: WeightMatrix, bias: Span<Float>, width: ActivationWidth,
    into y: inout MutableSpan<Float>
  ) {
    let inputs = weight.inputs
    let outputs = weight.outputs
    let memory = UnsafeRawBufferPointer(
      start: weight.storage.bytes, count: weight.storage.byteCount)
    switch weight.type {
    case .f32:
      KernelsReference.linear(
        x, weight: memory.assumingMemoryBound(to: Float.self).span, bias: bias, into: &y,
        inputs: inputs, outputs: outputs)
    case .f16:
      KernelsReference.linear(
        x, weight: memory.assumingMemoryBound(to: Float16.self).span, bias: bias, into: &y,
        inputs: inputs, outputs: outputs)
    case .q80 where weight.activations == .precise && width == .sixteenBits:
      int16Row(x, weight: memory.bytes, bias: bias, into: &y)
    case .q80 where weight.activations == .precise:
      offsetQ80Row(x, weight: memory.bytes, bias: bias, into: &y)
    case .q40, .q80, .q4K, .q5K, .q6K, .bf16, .q41, .q50, .q51, .q2K, .q3K, .iq4NL, .iq4XS:
      guard weight.activations == .ggml, let type = weight.type.quantized else {
        widenedRow(x, weight, bias: bias, into: &y)
        return
      }
      referenceQuantizedRow(x, type, weight: memory.bytes, into: &y)
      if !bias.isEmpty { add(&y, residual: bias) }
    }
  }

  /// One row with a `Q8_0` weight on activations quantised over each block's own range.
  private func offsetQ80Row(
    _ x: Span<Float>, weight: RawSpan, bias: Span<Float>, into y: inout MutableSpan<Float>
  ) {
    let inputs = x.count
    let blocks = inputs / BlockQ80.elementCount
    scratch.withBytes(inputs + blocks * 8) { bytes in
      let floats = bytes.bindMemory(to: Float.self, capacity: 2 * blocks)
      let scaleMemory = UnsafeMutableBufferPointer(start: floats, count: blocks)
      let offsetMemory = UnsafeMutableBufferPointer(start: floats + blocks, count: blocks)
      let quantMemory = UnsafeMutableBufferPointer(
        start: (bytes + blocks * 8).bindMemory(to: UInt8.self, capacity: inputs), count: inputs)
      var scales = scaleMemory.mutableSpan
      var offsets = offsetMemory.mutableSpan
      var quants = quantMemory.mutableSpan
      quantizeOffsetQ80(
        x, largestQuant: largestOffsetQuant, quants: &quants, scales: &scales, offsets: &offsets)
      var outliers: [ActivationOutlier] = []
      if rowsHaveOutliers {
        outliers = [
          separateOutlier(
            x, largestQuant: largestOffsetQuant, quants: &quants, scales: &scales,
            offsets: &offsets)
        ]
      }
      linearOffsetQ80(
        quants: quantMemory.span, scales: scaleMemory.span, offsets: offsetMemory.span,
        outliers: outliers, weight: weight, bias: bias, into: &y, inputs: inputs, outputs: y.count)
    }
  }

  /// One row with a `Q8_0` weight on activations of 16 bits.
  private func int16Row(
    _ x: Span<Float>, weight: RawSpan, bias: Span<Float>, into y: inout MutableSpan<Float>
  ) {
    var quants = [Int16](repeating: 0, count: x.count)
    var quantSpan = quants.mutableSpan
    let scales = [quantizeInt16(x, quants: &quantSpan)]
    linearInt16Q80(
      quants: quants.span, scales: scales.span, weight: weight, bias: bias, into: &y,
      inputs: x.count, outputs: y.count)
  }

  /// The generic path: each row of the weight is widened to Float32, then multiplied.
  private func widenedRow(
    _ x: Span<Float>, _ weight: WeightMatrix, bias: Span<Float>, into y: inout MutableSpan<Float>
  ) {
    let inputs = weight.inputs
    let rowByteCount = inputs / weight.type.blockElementCount * weight.type.blockByteCount
    scratch.withBytes(inputs * 4) { memory in
      let values = UnsafeMutableBufferPointer(
        start: memory.bindMemory(to: Float.self, capacity: inputs), count: inputs)
      for output in 0..<weight.outputs {
        let row = UnsafeRawBufferPointer(
          start: weight.storage.bytes + output * rowByteCount, count: rowByteCount)
        widen(type: weight.type, bytes: row, into: values)
        var sum: Float = 0
        for input in 0..<inputs { sum += x[input] * values[input] }
        y[output] = sum + (bias.isEmpty ? 0 : bias[output])
      }
    }
  }

  /// One row with a quantised weight on activations quantised as ggml does.
  private func referenceQuantizedRow(
    _ x: Span<Float>, _ type: QuantizedType, weight: RawSpan, into y: inout MutableSpan<Float>
  ) {
    switch type {
    case .q4K: superblockRow(x, BlockQ4K.self, weight: weight, into: &y)
    case .q5K: superblockRow(x, BlockQ5K.self, weight: weight, into: &y)
    case .q6K: superblockRow(x, BlockQ6K.self, weight: weight, into: &y)
    case .q80: signedQ80Row(x, BlockQ80.self, weight: weight, into: &y)
    case .q40: signedQ80Row(x, BlockQ40.self, weight: weight, into: &y)
    }
  }

  /// One row on activations in `Q8_K`.
  private func superblockRow<Format: SuperblockFormat>(
    _ x: Span<Float>, _ format: Format.Type, weight: RawSpan, into y: inout MutableSpan<Float>
  ) {
    var quants = [Int8](repeating: 0, count: x.count)
    var scales = [Float](repeating: 0, count: x.count / 256)
    var sums = [Int16](repeating: 0, count: x.count / 16)
    var quantSpan = quants.mutableSpan
    var scaleSpan = scales.mutableSpan
    var sumSpan = sums.mutableSpan
    quantizeQ8K(x, quants: &quantSpan, scales: &scaleSpan, sums: &sumSpan)
    linearQ8K(
      quants: quants.span, scales: scales.span, sums: sums.span, weight: weight, as: format,
      into: &y, inputs: x.count, outputs: y.count)
  }

  /// One row on activations in `Q8_0` as ggml quantises them.
  private func signedQ80Row<Format: SmallBlockFormat>(
    _ x: Span<Float>, _ format: Format.Type, weight: RawSpan, into y: inout MutableSpan<Float>
  ) {
    var quants = [Int8](repeating: 0, count: x.count)
    var scales = [Float16](repeating: 0, count: x.count / 32)
    var quantSpan = quants.mutableSpan
    var scaleSpan = scales.mutableSpan
    quantizeSignedQ80(x, quants: &quantSpan, scales: &scaleSpan)
    linearSignedQ80(
      quants: quants.span, scales: scales.span, weight: weight, as: format, into: &y,
      inputs: x.count, outputs: y.count)
  }
}
