/// A linear layer with `Q8_0` weights on activations quantised by ``quantizeInt16(_:quants:)``.
///
/// With `x[i] = xScale · xq[i]` and `w[i] = wScale_b · wq[i]` in block b of 32 inputs,
///
///     y[t, o] = xScale_t · Σ_b wScale_b · d_b + bias[o],  d_b = Σ_i xq[i] · wq[i]
///
/// The integers are exact (`|d_b| ≤ 32 · 32767 · 128 < 2³¹`). The rest is Float32, b ascending:
/// `sum = fma(Float(d_b), wScale_b, sum)`, at the end `sum · xScale_t`, then the bias. The vector
/// kernels take the same steps in the same order, so they agree with this function bit for bit.
///
/// - Parameters:
///   - quants: quantised activations `[tokens, inputs]`.
///   - scales: their scales `[tokens]`.
///   - weight: the blocks as in a file, `[outputs, inputs / 32]` of 34 bytes.
///   - bias: `[outputs]`, or empty for none.
///   - y: result, row-major `[tokens, outputs]`. Overwritten.
///   - inputs: a multiple of 32.
///   - outputs: rows of `weight`.
/// - Precondition: the counts agree with these shapes.
/// - Accuracy: within the quantisation of the activations and `(inputs / 32 + 3) · 2⁻²⁴ · Σ|terms|`
///   of the product with the weights of the file.
/// - Complexity: O(tokens × inputs × outputs), no allocation.
package func linearInt16Q80(
  quants: Span<Int16>, scales: Span<Float>, weight: RawSpan, bias: Span<Float>,
  into y: inout MutableSpan<Float>, inputs: Int, outputs: Int
) {
  let blocks = inputs / BlockQ80.elementCount
  for token in 0..<scales.count {
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
        sum.addProduct(Float(dot), scale)
      }
      y[token * outputs + output] = sum * scales[token] + (bias.isEmpty ? 0 : bias[output])
    }
  }
}
