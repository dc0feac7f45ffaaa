/// A format whose superblocks of 256 are multiplied with activations in `Q8_K`.
package protocol SuperblockFormat: BlockFormat {
  /// The Float16 scales of a superblock: of the products and, where it has minima, of those.
  static func superScales(_ weight: RawSpan, block: Int) -> (d: Float, dmin: Float)

  /// The exact integers of the product of a superblock with a superblock of activations:
  ///
  ///     products = Σ_j scale_j · Σ_{i in j} q_i · x_i      minima = Σ_j min_j · Σ_{i in j} x_i
  ///
  /// - Parameters:
  ///   - weight: superblocks.
  ///   - block: which of them.
  ///   - quants: the activations' quants; the superblock's begin at `256 · xBlock`.
  ///   - sums: their sums of 16; the superblock's begin at `16 · xBlock`.
  ///   - xBlock: which superblock of the activations.
  /// - Returns: both sums; below 2³¹ for quants of -127...127.
  static func integerProduct(
    _ weight: RawSpan, block: Int, quants: Span<Int8>, sums: Span<Int16>, xBlock: Int
  ) -> (products: Int32, minima: Int32)
}

/// A linear layer with K-quant weights on activations quantised by
/// ``quantizeQ8K(_:quants:scales:sums:)``: `y[t, o] = Σ_i x[t, i] · w[o, i]`.
///
/// The integers of a superblock b are exact. The rest is Float32, b ascending from sum = 0:
///
///     value = Float(products_b) · d_b
///     value = fma(-Float(minima_b), dmin_b, value)      where the format has minima
///     sum = fma(value, scale_b, sum)
///
/// with the product rounded to Float32, and `Float(...)` rounding to nearest even
/// (integers reach beyond 2²⁴). The vector kernels do these steps in this order, so they agree with
/// this function bit for bit; llama.cpp does them in another order.
///
/// - Source: ggml `vec_dot_q4_K_q8_K`, `vec_dot_q5_K_q8_K`, `vec_dot_q6_K_q8_K`.
/// - Parameters:
///   - quants: quantised activations `[tokens, inputs]`.
///   - scales: their scales `[tokens, inputs / 256]`.
///   - sums: their sums of 16, `[tokens, inputs / 16]`.
///   - weight: superblocks as in a file, `[outputs, inputs / 256]`.
///   - format: how their bytes are read.
///   - y: result, row-major `[tokens, outputs]`. Overwritten.
///   - inputs: a multiple of 256.
///   - outputs: rows of `weight`.
/// - Complexity: O(tokens × inputs × outputs), no allocation.
package func linearQ8K<Format: SuperblockFormat>(
  quants: Span<Int8>, scales: Span<Float>, sums: Span<Int16>, weight: RawSpan,
  as format: Format.Type,
  into y: inout MutableSpan<Float>, inputs: Int, outputs: Int
) {
  let blocks = inputs / 256
  let tokens = inputs == 0 ? 0 : quants.count / inputs
  for token in 0..<tokens {
    for output in 0..<outputs {
      var sum: Float = 0
      for block in 0..<blocks {
        let xBlock = token * blocks + block
        let (products, minima) = Format.integerProduct(
          weight, block: output * blocks + block, quants: quants, sums: sums, xBlock: xBlock)
        let (d, dmin) = Format.superScales(weight, block: output * blocks + block)
        var value = Float(products) * d
        if Format.hasMinima { value.addProduct(-Float(minima), dmin) }
        sum.addProduct(value, scales[xBlock])
      }
      y[token * outputs + output] = sum
    }
  }
}

extension SuperblockFormat {
  /// Whether elements are `scale · q - min`, else `scale · q`.
  static var hasMinima: Bool { scaleOffsets.count == 2 }
}

/// The integers of a `Q4_K` or `Q5_K` superblock, from its unpacked scales and its quants.
private func integerProduct(
  _ subBlockScales: SixBitScales, quants: Span<Int8>, sums: Span<Int16>, xBlock: Int,
  quant: (_ element: Int) -> Int32
) -> (products: Int32, minima: Int32) {
  var products: Int32 = 0
  var minima: Int32 = 0
  for subBlock in 0..<8 {
    var dot: Int32 = 0
    for element in (subBlock * 32)..<(subBlock * 32 + 32) {
      dot += quant(element) * Int32(quants[xBlock * 256 + element])
    }
    let group = xBlock * 16 + subBlock * 2
    products += subBlockScales.scale(subBlock) * dot
    minima += subBlockScales.min(subBlock) * (Int32(sums[group]) + Int32(sums[group + 1]))
  }
  return (products, minima)
}

extension BlockQ4K: SuperblockFormat {
  package static func superScales(_ weight: RawSpan, block: Int) -> (d: Float, dmin: Float) {
    (weight.float16(at: block * byteCount), weight.float16(at: block * byteCount + 2))
  }

  package static func integerProduct(
    _ weight: RawSpan, block: Int, quants: Span<Int8>, sums: Span<Int16>, xBlock: Int
  ) -> (products: Int32, minima: Int32) {
    let start = block * byteCount
    return KernelsReference.integerProduct(
      SixBitScales(weight, at: start + scalesOffset), quants: quants, sums: sums, xBlock: xBlock
    ) { quant(weight, at: start, $0) }
  }
}

extension BlockQ5K: SuperblockFormat {
  package static func superScales(_ weight: RawSpan, block: Int) -> (d: Float, dmin: Float) {
    (weight.float16(at: block * byteCount), weight.float16(at: block * byteCount + 2))
  }

  package static func integerProduct(
    _ weight: RawSpan, block: Int, quants: Span<Int8>, sums: Span<Int16>, xBlock: Int
  ) -> (products: Int32, minima: Int32) {
    let start = block * byteCount
    return KernelsReference.integerProduct(
      SixBitScales(weight, at: start + scalesOffset), quants: quants, sums: sums, xBlock: xBlock
    ) { quant(weight, at: start, $0) }
  }
}

extension BlockQ6K: SuperblockFormat {
  package static func superScales(_ weight: RawSpan, block: Int) -> (d: Float, dmin: Float) {
    (weight.float16(at: block * byteCount + 208), 0)
  }

  package static func integerProduct(
    _ weight: RawSpan, block: Int, quants: Span<Int8>, sums: Span<Int16>, xBlock: Int
  ) -> (products: Int32, minima: Int32) {
    let start = block * byteCount
    var products: Int32 = 0
    for subBlock in 0..<16 {
      var dot: Int32 = 0
      for element in (subBlock * 16)..<(subBlock * 16 + 16) {
        dot += quant(weight, at: start, element) * Int32(quants[xBlock * 256 + element])
      }
      products += scale(weight, at: start, subBlock) * dot
    }
    return (products, 0)
  }
}
