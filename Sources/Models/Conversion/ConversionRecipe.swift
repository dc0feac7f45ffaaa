package import Kernels

/// Which type each tensor of a converted model gets; the raw values are those of `--type`.
///
/// `q4_k_m` and `q5_k_m` are mixtures: tensors whose errors hurt most get more bits.
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
    case .q4KM: .q4K
    case .q5KM: .q5K
    case .q6K: .q6K
    }
  }

  /// What the rule needs to know of a model.
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

  /// The type of a tensor by its name and shape, outermost dimension first.
  package func type(ofTensor name: String, shape: [Int], in model: ModelShape) -> WeightType {
    guard shape.count >= 2, name.hasSuffix("weight"), !name.hasSuffix("_norm.weight"),
      let columns = shape.last
    else { return .f32 }
    let type = wantedType(ofTensor: name, in: model)
    return Self.fitting(type, columns: columns)
  }

  private func wantedType(ofTensor name: String, in model: ModelShape) -> WeightType {
    // Plain types and Q8_0 are the same for all tensors.
    guard baseType.blockElementCount > 1, baseType != .q80 else { return baseType }
    if name == "output.weight" || (model.isTied && name == "token_embd.weight") { return .q6K }
    let parts = name.split(separator: ".")
    guard parts.count == 4, parts[0] == "blk", let layer = Int(parts[1]) else { return baseType }
    switch (self, parts[2]) {
    case (.q4KM, "attn_v"), (.q4KM, "ffn_down"), (.q5KM, "attn_v"), (.q5KM, "ffn_down"):
      return Self.getsMoreBits(layer: layer, of: model.layerCount) ? .q6K : baseType
    case (.q4KM, "attn_qkv"): return .q5K
    case (.q5KM, "attn_qkv"): return .q6K
    default: return baseType
    }
  }

  /// The first and the last eighth of the layers, and every third between.
  static func getsMoreBits(layer: Int, of count: Int) -> Bool {
    layer < count / 8 || layer >= 7 * count / 8 || (layer - count / 8) % 3 == 2
  }

  /// A type whose blocks fill rows of `columns`: superblocks give way to the blocks of 32 with the
  /// next more bits, those to Float16.
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
