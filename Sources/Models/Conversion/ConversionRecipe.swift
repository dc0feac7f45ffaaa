package import Kernels

/// The rule that assigns a type to each tensor of a converted or synthetic model; the raw values are
/// those of `--type`.
///
/// `q4_k_m` and `q5_k_m` are mixtures: tensors whose rounding errors matter most get more bits.
/// `q5_1` gives all matrices this type, as whisper.cpp's quantiser does.
///
/// - Source: llama.cpp `llama_tensor_get_type` (src/llama-quant.cpp) without an importance matrix,
///   for architectures `llama` and `phi3` without experts. One difference: a fused `attn_qkv` gets
///   `Q5_K` in `q4_k_m` and `Q6_K` in `q5_k_m`, as in the published Phi-3 files; llama.cpp of 2026
///   treats it as `attn_v`.
package enum ConversionRecipe: String, Sendable, CaseIterable {
  case f32
  case f16
  case bf16
  case q80 = "q8_0"
  case q40 = "q4_0"
  case q51 = "q5_1"
  case q4KM = "q4_k_m"
  case q5KM = "q5_k_m"
  case q6K = "q6_k"

  /// The value of `general.file_type`: `LLAMA_FTYPE_MOSTLY_*`.
  package var fileType: UInt32 {
    switch self {
    case .f32: 0
    case .f16: 1
    case .bf16: 32
    case .q80: 7
    case .q40: 2
    case .q51: 9
    case .q4KM: 15
    case .q5KM: 17
    case .q6K: 18
    }
  }

  /// The type of most matrices.
  package var baseType: WeightType {
    switch self {
    case .f32: .f32
    case .f16: .f16
    case .bf16: .bf16
    case .q80: .q80
    case .q40: .q40
    case .q51: .q51
    case .q4KM: .q4K
    case .q5KM: .q5K
    case .q6K: .q6K
    }
  }

  /// The properties of a model that the rule depends on.
  package struct ModelShape: Sendable {
    /// Layers: `block_count`.
    package var layerCount: Int
    /// Whether `token_embd` is also the output, because the file has no `output.weight`.
    package var isTied: Bool

    package init(layerCount: Int, isTied: Bool) {
      self.layerCount = layerCount
      self.isTied = isTied
    }
  }

  /// Throws `ModelError.unsupported` unless this is one of the types that models of an architecture
  /// are converted to.
  func check(
    isOneOf recipes: [ConversionRecipe], architecture: String, path: String
  ) throws(ModelError) {
    guard recipes.contains(self) else {
      throw .unsupported(
        entry: "type of a \(architecture) model", found: rawValue,
        supported: recipes.map(\.rawValue).joined(separator: ", "), source: path)
    }
  }

  /// The type of a tensor by its role, layer and shape.
  package func type(of spec: TensorSpec, in model: ModelShape) -> WeightType {
    guard spec.role.kind == .matrix, let columns = spec.shape.last else { return .f32 }
    return Self.fitting(wantedType(of: spec, in: model), columns: columns)
  }

  private func wantedType(of spec: TensorSpec, in model: ModelShape) -> WeightType {
    // Plain types, Q8_0 and Q5_1 are the same for all tensors.
    guard baseType.blockElementCount > 1, baseType != .q80, baseType != .q51 else {
      return baseType
    }
    let isMixture = self == .q4KM || self == .q5KM
    switch spec.role {
    case .output: return .q6K
    case .tokenEmbedding: return model.isTied ? .q6K : baseType
    case .attentionValue, .ffnDown:
      let getsMore = Self.getsMoreBits(layer: spec.layer ?? 0, of: model.layerCount)
      return isMixture && getsMore ? .q6K : baseType
    case .attentionFused: return self == .q4KM ? .q5K : self == .q5KM ? .q6K : baseType
    default: return baseType
    }
  }

  /// The first and the last eighth of the layers, and every third between.
  static func getsMoreBits(layer: Int, of count: Int) -> Bool {
    layer < count / 8 || layer >= 7 * count / 8 || (layer - count / 8) % 3 == 2
  }

  /// `type`, or where rows of `columns` are not whole blocks of it, a type that fits: in place of
  /// superblocks the blocks of 32 with the next larger number of bits, else Float16.
  static func fitting(_ type: WeightType, columns: Int) -> WeightType {
    if type.rowByteCount(columns) != nil { return type }
    let fallback: WeightType =
      switch type {
      case .q4K: .q50
      case .q5K: .q51
      case .q6K: .q80
      default: .f16
      }
    return fallback.rowByteCount(columns) == nil ? .f16 : fallback
  }
}
