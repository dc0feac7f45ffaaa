/// A linear layer with `Q8_0` weights on activations quantised by
/// ``quantizeOffsetQ80(_:quants:scales:offsets:)``.
///
/// With `x[i] = xScale_b · xq[i] + xOffset_b` and `w[i] = wScale_b · wq[i]` in block b of 32
/// inputs,
///
///     y[t, o] = Σ_b (xScale_b · wScale_b · d_b + xOffset_b · wSum_b) + residual_t · w[k_t] + bias[o]
///     d_b = Σ_i xq[i] · wq[i],  wSum_b = wScale_b · Σ_i wq[i]
///
/// The integers are exact (`|d_b| ≤ 32 · 255 · 128 < 2²⁴`, so also as Float32). The rest is
/// Float32, b ascending: `sum = fma(Float(d_b), wScale_b · xScale_b, sum)`, then
/// `sum = fma(wSum_b, xOffset_b, sum)`, and at the end the row's outlier k, where rows have one:
/// `sum = fma(wq[k] · wScale, residual, sum)`. The product of the scales does not wait for the integers.
///
/// The vector kernels compute the same integers and the same Float32 steps in the same order, so
/// they agree with this function bit for bit.
///
/// - Parameters:
///   - quants: quantised activations `[tokens, inputs]`.
///   - scales: their scales `[tokens, inputs / 32]`.
///   - offsets: their offsets `[tokens, inputs / 32]`.
///   - outliers: `[tokens]`, from ``separateOutlier(_:largestQuant:quants:scales:offsets:)``, or empty.
///   - weight: the blocks as in a file, `[outputs, inputs / 32]` of 34 bytes.
///   - bias: `[outputs]`, or empty for none.
///   - y: result, row-major `[tokens, outputs]`. Overwritten.
///   - inputs: a multiple of 32.
///   - outputs: rows of `weight`.
/// - Complexity: O(tokens × inputs × outputs), no allocation.
package func linearOffsetQ80(
  quants: Span<UInt8>, scales: Span<Float>, offsets: Span<Float>,
  outliers: [ActivationOutlier] = [], weight: RawSpan, bias: Span<Float>,
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
        var weightSum: Int32 = 0
        for index in 0..<BlockQ80.elementCount {
          let quant = weight.unsafeLoadUnaligned(fromByteOffset: offset + 2 + index, as: Int8.self)
          dot += Int32(quants[start + index]) * Int32(quant)
          weightSum += Int32(quant)
        }
        let scale = Float(weight.unsafeLoadUnaligned(fromByteOffset: offset, as: Float16.self))
        sum.addProduct(Float(dot), scale * scales[token * blocks + block])
        sum.addProduct(Float(weightSum) * scale, offsets[token * blocks + block])
      }
      if !outliers.isEmpty {
        let (input, residual) = (outliers[token].input, outliers[token].residual)
        let offset = (output * blocks + input / BlockQ80.elementCount) * BlockQ80.byteCount
        let quant = weight.unsafeLoadUnaligned(
          fromByteOffset: offset + 2 + input % BlockQ80.elementCount, as: Int8.self)
        let scale = Float(weight.unsafeLoadUnaligned(fromByteOffset: offset, as: Float16.self))
        sum.addProduct(Float(quant) * scale, residual)
      }
      y[token * outputs + output] = sum + (bias.isEmpty ? 0 : bias[output])
    }
  }
}
