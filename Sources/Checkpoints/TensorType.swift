/// The storage format of a tensor's numbers: every type of ggml, and those only in safetensors.
///
/// The raw values of ggml's types are the ids in a GGUF file. Types that ggml does not have use raw
/// values from 0x5AFE_0000 on, which no GGUF file may use.
///
/// A quantised type packs `blockElementCount` consecutive numbers of the innermost dimension into
/// `blockByteCount` bytes; for the others a block is one number.
///
/// - Source: `gguf.constants.GGMLQuantizationType` and `GGML_QUANT_SIZES` of gguf 0.19.0, held by a
///   test; safetensors 0.8.0, `Dtype`. Ids 4, 5, 31 to 33 and 36 to 38 were removed from ggml.
package enum TensorType: UInt32, Sendable, CaseIterable, Codable {
  case f32 = 0
  case f16 = 1
  case q40 = 2
  case q41 = 3
  case q50 = 6
  case q51 = 7
  case q80 = 8
  case q81 = 9
  case q2K = 10
  case q3K = 11
  case q4K = 12
  case q5K = 13
  case q6K = 14
  case q8K = 15
  case iq2XXS = 16
  case iq2XS = 17
  case iq3XXS = 18
  case iq1S = 19
  case iq4NL = 20
  case iq3S = 21
  case iq2S = 22
  case iq4XS = 23
  case i8 = 24
  case i16 = 25
  case i32 = 26
  case i64 = 27
  case f64 = 28
  case iq1M = 29
  case bf16 = 30
  case tq10 = 34
  case tq20 = 35
  case mxfp4 = 39
  case nvfp4 = 40
  case q10 = 41

  // Only in safetensors.
  case u8 = 0x5AFE_0000
  case u16 = 0x5AFE_0001
  case u32 = 0x5AFE_0002
  case u64 = 0x5AFE_0003
  case bool = 0x5AFE_0004
  case c64 = 0x5AFE_0005
  case f8E4M3 = 0x5AFE_0006
  case f8E5M2 = 0x5AFE_0007
  case f8E8M0 = 0x5AFE_0008
  case f8E4M3FNUZ = 0x5AFE_0009
  case f8E5M2FNUZ = 0x5AFE_000A

  /// The name that GGUF's or safetensors' own tools print, such as `Q8_0` or `BF16`.
  package var name: String { layout.name }

  /// The number of elements of one block.
  package var blockElementCount: Int { layout.blockElementCount }

  /// The size of one block in bytes.
  package var blockByteCount: Int { layout.blockByteCount }

  /// The average number of bits per element, scales included.
  package var bitsPerElement: Double {
    Double(blockByteCount) * 8 / Double(blockElementCount)
  }

  /// The type of a GGUF file's id, or nil where ggml has no such type, or has removed it.
  package init?(ggmlID: UInt32) {
    guard ggmlID < TensorType.firstSafetensorsID else { return nil }
    self.init(rawValue: ggmlID)
  }

  /// The type of a safetensors `dtype`, or nil where it is unknown or packs several numbers into a
  /// byte.
  package init?(safetensorsName: String) {
    guard let type = TensorType.bySafetensorsName[safetensorsName] else { return nil }
    self = type
  }

  /// The `dtype` that a safetensors header uses, or nil for ggml's block types.
  package var safetensorsName: String? { blockElementCount == 1 ? name : nil }

  /// The id that a GGUF file uses, or nil for types that ggml does not have.
  package var ggmlID: UInt32? { rawValue < TensorType.firstSafetensorsID ? rawValue : nil }

  private static let firstSafetensorsID: UInt32 = 0x5AFE_0000

  private static let bySafetensorsName = Dictionary(
    uniqueKeysWithValues: allCases.compactMap { type in type.safetensorsName.map { ($0, type) } })

  private typealias Layout = (name: String, blockElementCount: Int, blockByteCount: Int)

  private var layout: Layout {
    switch self {
    case .f32: ("F32", 1, 4)
    case .f16: ("F16", 1, 2)
    case .q40: ("Q4_0", 32, 18)
    case .q41: ("Q4_1", 32, 20)
    case .q50: ("Q5_0", 32, 22)
    case .q51: ("Q5_1", 32, 24)
    case .q80: ("Q8_0", 32, 34)
    case .q81: ("Q8_1", 32, 40)
    case .q2K: ("Q2_K", 256, 84)
    case .q3K: ("Q3_K", 256, 110)
    case .q4K: ("Q4_K", 256, 144)
    case .q5K: ("Q5_K", 256, 176)
    case .q6K: ("Q6_K", 256, 210)
    case .q8K: ("Q8_K", 256, 292)
    case .iq2XXS: ("IQ2_XXS", 256, 66)
    case .iq2XS: ("IQ2_XS", 256, 74)
    case .iq3XXS: ("IQ3_XXS", 256, 98)
    case .iq1S: ("IQ1_S", 256, 50)
    case .iq4NL: ("IQ4_NL", 32, 18)
    case .iq3S: ("IQ3_S", 256, 110)
    case .iq2S: ("IQ2_S", 256, 82)
    case .iq4XS: ("IQ4_XS", 256, 136)
    case .i8: ("I8", 1, 1)
    case .i16: ("I16", 1, 2)
    case .i32: ("I32", 1, 4)
    case .i64: ("I64", 1, 8)
    case .f64: ("F64", 1, 8)
    case .iq1M: ("IQ1_M", 256, 56)
    case .bf16: ("BF16", 1, 2)
    case .tq10: ("TQ1_0", 256, 54)
    case .tq20: ("TQ2_0", 256, 66)
    case .mxfp4: ("MXFP4", 32, 17)
    case .nvfp4: ("NVFP4", 64, 36)
    case .q10: ("Q1_0", 128, 18)
    case .u8: ("U8", 1, 1)
    case .u16: ("U16", 1, 2)
    case .u32: ("U32", 1, 4)
    case .u64: ("U64", 1, 8)
    case .bool: ("BOOL", 1, 1)
    case .c64: ("C64", 1, 8)
    case .f8E4M3: ("F8_E4M3", 1, 1)
    case .f8E5M2: ("F8_E5M2", 1, 1)
    case .f8E8M0: ("F8_E8M0", 1, 1)
    case .f8E4M3FNUZ: ("F8_E4M3FNUZ", 1, 1)
    case .f8E5M2FNUZ: ("F8_E5M2FNUZ", 1, 1)
    }
  }
}
