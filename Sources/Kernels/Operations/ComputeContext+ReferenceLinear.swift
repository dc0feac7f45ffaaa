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
      referenceRow(row, weight, bias: bias.span, into: &result)
      apply(operands.activation, to: &result)
    }
  }

  private func referenceRow(
    _ x: Span<Float>, _ weight: WeightMatrix, bias: Span<Float>, into y: inout MutableSpan<Float>
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
    case .q80 where weight.activations == .precise:
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
        quantizeBlocks(x, quants: &quants, scales: &scales, offsets: &offsets)
        linearQ80(
          quants: quantMemory.span, scales: scaleMemory.span, offsets: offsetMemory.span,
          weight: memory.bytes, bias: bias, into: &y, inputs: inputs, outputs: outputs)
      }
    default:
      guard weight.activations == .ggml, let type = QuantizedType(weight.type) else {
        widenedRow(x, weight, bias: bias, into: &y)
        return
      }
      referenceQuantizedRow(x, type, weight: memory.bytes, into: &y)
      if !bias.isEmpty { add(&y, residual: bias) }
    }
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
    var quants = [Int8](repeating: 0, count: x.count)
    var quantSpan = quants.mutableSpan
    guard type.takesQ8K else {
      var scales = [Float16](repeating: 0, count: x.count / 32)
      var scaleSpan = scales.mutableSpan
      quantizeQ80(x, quants: &quantSpan, scales: &scaleSpan)
      if type == .q80 {
        linearSignedQ80(
          quants: quants.span, scales: scales.span, weight: weight, as: BlockQ80.self, into: &y,
          inputs: x.count, outputs: y.count)
      } else {
        linearSignedQ80(
          quants: quants.span, scales: scales.span, weight: weight, as: BlockQ40.self, into: &y,
          inputs: x.count, outputs: y.count)
      }
      return
    }
    var scales = [Float](repeating: 0, count: x.count / 256)
    var sums = [Int16](repeating: 0, count: x.count / 16)
    var scaleSpan = scales.mutableSpan
    var sumSpan = sums.mutableSpan
    quantizeQ8K(x, quants: &quantSpan, scales: &scaleSpan, sums: &sumSpan)
    func multiply<Format: SuperblockFormat>(_ format: Format.Type, _ y: inout MutableSpan<Float>) {
      linearQ8K(
        quants: quants.span, scales: scales.span, sums: sums.span, weight: weight, as: format,
        into: &y, inputs: x.count, outputs: y.count)
    }
    switch type {
    case .q4K: multiply(BlockQ4K.self, &y)
    case .q5K: multiply(BlockQ5K.self, &y)
    default: multiply(BlockQ6K.self, &y)
    }
  }
}
