/// A format whose blocks of 32 are multiplied with activations in `Q8_0`.
package protocol SmallBlockFormat: BlockFormat {
  /// The exact integer `Σ_i q_i · x_i` of a block with a block of activations.
  ///
  /// - Parameters:
  ///   - weight: blocks.
  ///   - block: which of them.
  ///   - quants: the activations' quants; the block's begin at `32 · xBlock`.
  ///   - xBlock: which block of the activations.
  /// - Returns: the sum, below 2²⁴ in magnitude, so exact in Float32.
  static func integerProduct(
    _ weight: RawSpan, block: Int, quants: Span<Int8>, xBlock: Int
  ) -> Int32
}

/// A linear layer with `Q8_0` or `Q4_0` weights on activations quantised by
/// ``quantizeSignedQ80(_:quants:scales:)``: `y[t, o] = Σ_i x[t, i] · w[o, i]`.
///
/// The integers of a block b are exact. The rest is Float32, b ascending from sum = 0:
///
///     sum = fma(Float(product_b), d_b · scale_b, sum)
///
/// with the product of the two scales, each widened from Float16, rounded to Float32 (it is exact
/// unless it underflows). The vector kernels do these steps in this order, so they agree with this
/// function bit for bit; llama.cpp does them in another order.
///
/// - Source: ggml `vec_dot_q8_0_q8_0`, `vec_dot_q4_0_q8_0`.
/// - Parameters:
///   - quants: quantised activations `[tokens, inputs]`.
///   - scales: their scales `[tokens, inputs / 32]`.
///   - weight: blocks as in a file, `[outputs, inputs / 32]`, whose scale is their first
///     Float16.
///   - format: how their bytes are read.
///   - y: result, row-major `[tokens, outputs]`. Overwritten.
///   - inputs: a multiple of 32.
///   - outputs: rows of `weight`.
/// - Complexity: O(tokens × inputs × outputs), no allocation.
package func linearSignedQ80<Format: SmallBlockFormat>(
  quants: Span<Int8>, scales: Span<Float16>, weight: RawSpan, as format: Format.Type,
  into y: inout MutableSpan<Float>, inputs: Int, outputs: Int
) {
  let blocks = inputs / 32
  let tokens = inputs == 0 ? 0 : quants.count / inputs
  for token in 0..<tokens {
    for output in 0..<outputs {
      var sum: Float = 0
      for block in 0..<blocks {
        let xBlock = token * blocks + block
        let wBlock = output * blocks + block
        let product = Format.integerProduct(weight, block: wBlock, quants: quants, xBlock: xBlock)
        let d = weight.float16(at: wBlock * Format.byteCount)
        sum.addProduct(Float(product), d * Float(scales[xBlock]))
      }
      y[token * outputs + output] = sum
    }
  }
}

extension BlockQ80: SmallBlockFormat {
  package static func integerProduct(
    _ weight: RawSpan, block: Int, quants: Span<Int8>, xBlock: Int
  ) -> Int32 {
    var product: Int32 = 0
    for element in 0..<32 {
      let quant = weight.signedByte(at: block * byteCount + quantsOffset + element)
      product += Int32(quant) * Int32(quants[xBlock * 32 + element])
    }
    return product
  }
}

extension BlockQ40: SmallBlockFormat {
  package static func integerProduct(
    _ weight: RawSpan, block: Int, quants: Span<Int8>, xBlock: Int
  ) -> Int32 {
    var product: Int32 = 0
    for element in 0..<32 {
      product +=
        quant(weight, at: block * byteCount, element) * Int32(quants[xBlock * 32 + element])
    }
    return product
  }
}
