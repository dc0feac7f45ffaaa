/// A linear layer with `Q8_0` weights on activations quantised by ``quantizeBlocks(_:quants:scales:)``.
///
/// For each block b of 32 inputs the integer dot product `d_b = Σ_i xq[i] · wq[i]` is exact, and
/// `y[t, o] = (Σ_b Float(d_b) · Float(wScale_b) · xScale_b) + bias[o]`, b ascending, where each
/// step is `sum = fma(Float(d_b) · wScale_b, xScale_b, sum)`.
///
/// The vector kernels compute the same integers and the same Float32 steps in the same order, so
/// they agree with this function bit for bit.
///
/// - Parameters:
///   - quants: quantised activations `[tokens, inputs]`, each in -127...127.
///   - scales: their scales `[tokens, inputs / 32]`.
///   - weight: the blocks as they lie in a file, `[outputs, inputs / 32]` of 34 bytes.
///   - bias: `[outputs]`, or empty for none.
///   - y: result, row-major `[tokens, outputs]`. Overwritten.
///   - inputs: a multiple of 32.
///   - outputs: rows of `weight`.
/// - Complexity: O(tokens × inputs × outputs), no allocation.
package func linearQ80(
  quants: Span<Int8>, scales: Span<Float>, weight: RawSpan, bias: Span<Float>,
  into y: inout MutableSpan<Float>, inputs: Int, outputs: Int
) {
  let blocks = inputs / BlockQ80.elementCount
  let tokens = inputs == 0 ? 0 : quants.count / inputs
  for token in 0..<tokens {
    for output in 0..<outputs {
      var sum: Float = 0
      for block in 0..<blocks {
        let offset = (output * blocks + block) * BlockQ80.byteCount
        let start = token * inputs + block * BlockQ80.elementCount
        var dot: Int32 = 0
        for index in 0..<BlockQ80.elementCount {
          let quant = weight.unsafeLoadUnaligned(fromByteOffset: offset + 2 + index, as: Int8.self)
          dot += Int32(quants[start + index]) * Int32(quant)
        }
        let scale = Float(weight.unsafeLoadUnaligned(fromByteOffset: offset, as: Float16.self))
        sum.addProduct(Float(dot) * scale, scales[token * blocks + block])
      }
      y[token * outputs + output] = sum + (bias.isEmpty ? 0 : bias[output])
    }
  }
}
