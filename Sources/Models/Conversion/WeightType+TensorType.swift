package import Checkpoints
package import Kernels

// A checkpoint knows every type of its format; the kernels compute with some of them. Both use
// GGUF's names.

extension WeightType {
  /// The kernels' type for a tensor of a checkpoint, or nil where they have none.
  package init?(_ type: TensorType) { self.init(rawValue: type.name) }
}

extension TensorType {
  /// The checkpoint's type of a weight.
  package init(_ type: WeightType) {
    switch type {
    case .f32: self = .f32
    case .f16: self = .f16
    case .bf16: self = .bf16
    case .q40: self = .q40
    case .q41: self = .q41
    case .q50: self = .q50
    case .q51: self = .q51
    case .q80: self = .q80
    case .q2K: self = .q2K
    case .q3K: self = .q3K
    case .q4K: self = .q4K
    case .q5K: self = .q5K
    case .q6K: self = .q6K
    case .iq4NL: self = .iq4NL
    case .iq4XS: self = .iq4XS
    }
  }
}
