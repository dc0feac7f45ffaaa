package import KernelInterface

extension LlamaConfig {
  /// The architecture of a GGUF file, `general.architecture`.
  package enum Architecture: String, Sendable, CaseIterable {
    /// Llama, CodeLlama, Mistral.
    case llama
    /// Phi-3.
    case phi3
    /// Qwen2, Qwen2.5.
    case qwen2
    /// Qwen3 without mixture of experts.
    case qwen3
  }
}

extension LlamaConfig.Architecture {
  /// The differences between architectures of the family, apart from sizes.
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
    /// Whether RMSNorm is applied to each head of queries and keys before RoPE (QK-Norm).
    package var hasQueryKeyNorm = false
  }

  /// The table of architectures: one entry each.
  package var traits: Traits {
    switch self {
    case .llama: Traits(ropeStyle: .interleaved)
    case .phi3: Traits(ropeStyle: .halves, fusesQueryKeyValue: true, fusesGateUp: true)
    case .qwen2: Traits(ropeStyle: .halves, hasQueryKeyValueBias: true)
    case .qwen3: Traits(ropeStyle: .halves, hasQueryKeyNorm: true)
    }
  }

  /// For messages: `llama, phi3`.
  static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
