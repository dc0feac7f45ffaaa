package import KernelInterface

extension LlamaConfig {
  /// The architecture of a GGUF file, `general.architecture`.
  package enum Architecture: String, Sendable, CaseIterable {
    /// Llama, CodeLlama, Mistral.
    case llama
    /// Phi-3.
    case phi3
  }
}

extension LlamaConfig.Architecture {
  /// What one architecture of the family does differently from another, apart from sizes.
  package struct Traits: Sendable, Equatable {
    /// Which elements of a head rotate together.
    ///
    /// llama.cpp's converter reorders the rows of Llama's queries and keys for pairs of neighbours,
    /// and leaves those of the other architectures as transformers has them.
    package var ropeStyle: RopeStyle
    /// Whether queries, keys and values are one tensor.
    package var fusesQueryKeyValue = false
    /// Whether gate and up are one tensor.
    package var fusesGateUp = false
    /// Whether queries, keys and values have biases.
    package var hasQueryKeyValueBias = false
  }

  /// The table of architectures: one entry each.
  package var traits: Traits {
    switch self {
    case .llama: Traits(ropeStyle: .interleaved)
    case .phi3: Traits(ropeStyle: .halves, fusesQueryKeyValue: true, fusesGateUp: true)
    }
  }

  /// For messages: `llama, phi3`.
  static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
