/// The types of weights with integer kernels, which take activations quantised as ggml does.
package enum QuantizedType: Sendable, CaseIterable {
  case q4K
  case q5K
  case q6K
  case q80
  case q40

  /// The interleaved layout of the type's blocks.
  package var format: InterleavedFormat {
    switch self {
    case .q4K: .q4K
    case .q5K: .q5K
    case .q6K: .q6K
    case .q80: .q80
    case .q40: .q40
    }
  }

  /// Whether its activations are `Q8_K`; `Q8_0` otherwise.
  package var takesQ8K: Bool {
    switch self {
    case .q4K, .q5K, .q6K: true
    case .q80, .q40: false
    }
  }
}

/// The types of weights that are widened to Float32 and multiplied there.
package enum WidenedType: Sendable, CaseIterable {
  case bf16
  case q41
  case q50
  case q51
  case q2K
  case q3K
  case iq4NL
  case iq4XS
}
