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
    /// The text part of Gemma 3.
    case gemma3
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
    /// Whether a second RMSNorm follows attention and the feed-forward network, before the residual.
    package var hasPostNorms = false
    /// Whether a token's row is multiplied by √embed when it is looked up.
    package var scalesEmbeddings = false
    /// The function of the feed-forward network's gate.
    package var activation = ActivationFunction.silu
    /// Layers with a sliding window, where the file has one.
    package var windowLayers = WindowLayers()
  }

  /// Which layers have the file's sliding window, and what else is different in them.
  package struct WindowLayers: Sendable, Equatable {
    /// Every layer whose number, counted from 1, is a multiple of this sees all positions.
    ///
    /// Nil where every layer has the window; `attention.sliding_window_pattern` takes precedence.
    package var globalInterval: Int?
    /// The base of their rotation, which a stretched context leaves unscaled.
    ///
    /// Nil where they rotate as the other layers; `rope.freq_base_swa` takes precedence.
    package var ropeBase: Float?
  }

  /// The table of architectures: one entry each.
  package var traits: Traits {
    switch self {
    case .llama: Traits(ropeStyle: .interleaved)
    case .phi3: Traits(ropeStyle: .halves, fusesQueryKeyValue: true, fusesGateUp: true)
    case .qwen2: Traits(ropeStyle: .halves, hasQueryKeyValueBias: true)
    case .qwen3: Traits(ropeStyle: .halves, hasQueryKeyNorm: true)
    // The converter writes neither the interval nor the second base; llama.cpp has them in its code.
    case .gemma3:
      Traits(
        ropeStyle: .halves, hasQueryKeyNorm: true, hasPostNorms: true, scalesEmbeddings: true,
        activation: .geluTanh, windowLayers: WindowLayers(globalInterval: 6, ropeBase: 10_000))
    }
  }

  /// For messages: `llama, phi3`.
  static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
