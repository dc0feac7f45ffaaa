/// A linear layer with Float32 weights: `y = x Wᵀ + b`.
///
/// `y[t, o] = (Σ_i x[t, i] · weight[o, i]) + bias[o]`, i ascending, one Float32 sum.
///
/// - Source: PyTorch `torch.nn.Linear`, whose weight layout (`[outputs, inputs]`) this keeps.
/// - Parameters:
///   - x: activations, row-major `[tokens, inputs]`, Float32.
///   - weight: row-major `[outputs, inputs]`, Float32.
///   - bias: `[outputs]`, or empty for none.
///   - y: result, row-major `[tokens, outputs]`. Overwritten.
///   - inputs: length of one row of `x` and of `weight`.
///   - outputs: rows of `weight`; length of one row of `y`.
/// - Accuracy: each element within `(inputs + 1) · 2⁻²⁴ · (Σ|x·w| + |b|)` of the exact value,
///   to first order (Higham 2002, eq. 3.5).
/// - Complexity: O(tokens × inputs × outputs), no allocation.
package func linear(
  _ x: Span<Float>, weight: Span<Float>, bias: Span<Float>, into y: inout MutableSpan<Float>,
  inputs: Int, outputs: Int
) {
  let tokens = inputs == 0 ? 0 : x.count / inputs
  for token in 0..<tokens {
    for output in 0..<outputs {
      var sum: Float = 0
      for input in 0..<inputs {
        sum += x[token * inputs + input] * weight[output * inputs + input]
      }
      y[token * outputs + output] = sum + (bias.isEmpty ? 0 : bias[output])
    }
  }
}

/// A linear layer with Float16 weights, widened exactly to Float32 before each product.
///
/// Everything else as ``linear(_:weight:bias:into:inputs:outputs:)`` for Float32 weights.
package func linear(
  _ x: Span<Float>, weight: Span<Float16>, bias: Span<Float>, into y: inout MutableSpan<Float>,
  inputs: Int, outputs: Int
) {
  let tokens = inputs == 0 ? 0 : x.count / inputs
  for token in 0..<tokens {
    for output in 0..<outputs {
      var sum: Float = 0
      for input in 0..<inputs {
        sum += x[token * inputs + input] * Float(weight[output * inputs + input])
      }
      y[token * outputs + output] = sum + (bias.isEmpty ? 0 : bias[output])
    }
  }
}
