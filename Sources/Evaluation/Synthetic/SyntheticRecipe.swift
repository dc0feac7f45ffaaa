internal import Checkpoints

/// Which tensor of a synthetic model gets which type.
///
/// The names are those of llama.cpp's quantisations; a mixed one gives more bits to the tensors
/// that need them.
///
/// - Source: llama.cpp `src/llama-quant.cpp`, `llama_tensor_get_type_impl`; `LLAMA_FTYPE_*` of
///   `llama.h` for the file types.
package enum SyntheticRecipe: String, Sendable, CaseIterable {
  case f32
  case f16
  case q40 = "q4_0"
  case q80 = "q8_0"
  case q4KM = "q4_k_m"
  case q5KM = "q5_k_m"
  case q6K = "q6_k"

  /// `general.file_type`.
  var fileType: UInt32 {
    switch self {
    case .f32: 0
    case .f16: 1
    case .q40: 2
    case .q80: 7
    case .q4KM: 15
    case .q5KM: 17
    case .q6K: 18
    }
  }

  /// The type of a tensor.
  func type(of tensor: SyntheticTensor, layers: Int) -> TensorType {
    if tensor.role == .norm { return .f32 }
    switch self {
    case .f32: return .f32
    case .f16: return .f16
    case .q80: return .q80
    case .q6K: return .q6K
    case .q40: return tensor.role == .output ? .q6K : .q40
    case .q4KM, .q5KM: break
    }
    let usual: TensorType = self == .q4KM ? .q4K : .q5K
    return switch tensor.role {
    case .output: .q6K
    case .attentionFused: self == .q4KM ? .q5K : .q6K
    case .attentionValue, .ffnDown:
      Self.usesMoreBits(layer: tensor.layer ?? 0, of: layers) ? .q6K : usual
    default: usual
    }
  }

  /// The first and last eighth of the layers and every third between.
  private static func usesMoreBits(layer: Int, of layers: Int) -> Bool {
    layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2
  }
}
