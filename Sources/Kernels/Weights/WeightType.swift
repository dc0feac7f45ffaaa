import KernelInterface
package import KernelsReference

/// The element type of a weight, as its file stores it; the raw values are GGUF's names.
package enum WeightType: String, Sendable, CaseIterable {
  case f32 = "F32"
  case f16 = "F16"
  case bf16 = "BF16"
  case q40 = "Q4_0"
  case q41 = "Q4_1"
  case q50 = "Q5_0"
  case q51 = "Q5_1"
  case q80 = "Q8_0"
  case q2K = "Q2_K"
  case q3K = "Q3_K"
  case q4K = "Q4_K"
  case q5K = "Q5_K"
  case q6K = "Q6_K"
  case iq4NL = "IQ4_NL"
  case iq4XS = "IQ4_XS"

  /// The format of the type's bytes: the only place that selects a format.
  package var format: any BlockFormat.Type {
    switch self {
    case .f32: FormatF32.self
    case .f16: FormatF16.self
    case .bf16: FormatBF16.self
    case .q40: BlockQ40.self
    case .q41: BlockQ41.self
    case .q50: BlockQ50.self
    case .q51: BlockQ51.self
    case .q80: BlockQ80.self
    case .q2K: BlockQ2K.self
    case .q3K: BlockQ3K.self
    case .q4K: BlockQ4K.self
    case .q5K: BlockQ5K.self
    case .q6K: BlockQ6K.self
    case .iq4NL: BlockIQ4NL.self
    case .iq4XS: BlockIQ4XS.self
    }
  }

  /// The type of the integer kernels, or nil for a type without them.
  var quantized: QuantizedType? {
    switch self {
    case .q40: .q40
    case .q80: .q80
    case .q4K: .q4K
    case .q5K: .q5K
    case .q6K: .q6K
    case .f32, .f16, .bf16, .q41, .q50, .q51, .q2K, .q3K, .iq4NL, .iq4XS: nil
    }
  }

  /// The type of the kernels that widen it before a product, or nil for a type that is multiplied
  /// as it is.
  var widened: WidenedType? {
    switch self {
    case .bf16: .bf16
    case .q41: .q41
    case .q50: .q50
    case .q51: .q51
    case .q2K: .q2K
    case .q3K: .q3K
    case .iq4NL: .iq4NL
    case .iq4XS: .iq4XS
    case .f32, .f16, .q40, .q80, .q4K, .q5K, .q6K: nil
    }
  }

  /// Elements that one block holds; 1 for the plain types.
  ///
  /// Rows are whole blocks.
  package var blockElementCount: Int { format.elementCount }

  /// Bytes of one block in a file.
  package var blockByteCount: Int { format.byteCount }

  /// Bytes of one row of `count` elements, or nil when that is not a whole number of blocks.
  package func rowByteCount(_ count: Int) -> Int? {
    count.isMultiple(of: blockElementCount) ? count / blockElementCount * blockByteCount : nil
  }
}

/// Widens a file's elements to Float32, as ``BlockFormat/dequantize(_:block:into:)`` says.
///
/// - Precondition: `bytes` are as many whole blocks as `values` has room for.
package func widen(
  type: WeightType, bytes: UnsafeRawBufferPointer, into values: UnsafeMutableBufferPointer<Float>
) {
  if type == .f32 {
    // The same bytes: element by element they took 1 % of the time of MiniLM, whose tables are Float32.
    precondition(bytes.count == values.count * 4, "not as many elements as there is room for")
    UnsafeMutableRawBufferPointer(values).copyMemory(from: bytes)
    return
  }
  var span = values.mutableSpan
  type.format.dequantize(bytes.bytes, into: &span)
}
