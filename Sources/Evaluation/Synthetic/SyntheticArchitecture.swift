// The configurations of the models that this program reads, as their published files have them, and
// small models of the same architecture.

internal import Models

/// The models that can be synthesised.
package enum SyntheticArchitecture: String, Sendable, CaseIterable {
  /// Llama-2-7B-Chat.
  case llama2
  /// CodeLlama-7B-Instruct.
  case codellama
  /// Mistral-7B-Instruct-v0.2.
  case mistral
  /// Phi-3-mini-4k-instruct.
  case phi3
  /// Qwen2.5-1.5B-Instruct.
  case qwen25Small = "qwen2.5-1.5b"
  /// Qwen2.5-7B-Instruct.
  case qwen25 = "qwen2.5-7b"
  /// Qwen3-4B.
  case qwen3 = "qwen3-4b"
  /// Gemma-3-1B-it.
  case gemma3Small = "gemma3-1b"
  /// Gemma-3-4B-it, its text part.
  case gemma3 = "gemma3-4b"
}

/// The size of a synthetic model.
package enum SyntheticSize: String, Sendable, CaseIterable {
  /// A few million weights, for tests.
  case tiny
  /// The sizes of the published model.
  case full
}

extension SyntheticArchitecture {
  /// `general.architecture`, which is also the prefix of the keys.
  private var architecture: LlamaConfig.Architecture {
    switch self {
    case .llama2, .codellama, .mistral: .llama
    case .phi3: .phi3
    case .qwen25Small, .qwen25: .qwen2
    case .qwen3: .qwen3
    case .gemma3Small, .gemma3: .gemma3
    }
  }

  /// Whether the output matrix is the token table, so that the file has no `output.weight`.
  var isTied: Bool {
    switch self {
    case .llama2, .codellama, .mistral, .phi3, .qwen25: false
    case .qwen25Small, .qwen3, .gemma3Small, .gemma3: true
    }
  }

  /// `general.name`: that of the published file, marked as synthetic.
  var name: String {
    switch self {
    case .llama2: "LLaMA v2 (synthetic)"
    case .codellama: "codellama_codellama-7b-instruct-hf (synthetic)"
    case .mistral: "mistralai_mistral-7b-instruct-v0.2 (synthetic)"
    case .phi3: "Phi3 (synthetic)"
    case .qwen25Small: "Qwen2.5 1.5B Instruct (synthetic)"
    case .qwen25: "Qwen2.5 7B Instruct (synthetic)"
    case .qwen3: "Qwen3 4B (synthetic)"
    case .gemma3Small: "Gemma 3 1b It (synthetic)"
    case .gemma3: "Gemma 3 4b It (synthetic)"
    }
  }

  /// The configuration of a size.
  ///
  /// Tiny models keep the differences between architectures: grouped-query attention in Mistral,
  /// heads of 96 numbers in Phi-3, the RoPE base of CodeLlama, heads wider than embed / heads and
  /// the tied output in Qwen3, both kinds of layers in Gemma 3, with a window that 256 tokens exceed.
  /// Their widths are multiples of 256, the superblock of the K-quants (except in Gemma 3 1B, whose
  /// rows fall back to blocks of 32), and they have at least four layers, so that the recipes mix
  /// types.
  ///
  /// - Source: llama.cpp's listings of the published files (metadata dumps in its issues).
  func config(_ size: SyntheticSize) -> LlamaConfig {
    switch (self, size) {
    case (.llama2, .full):
      LlamaConfig(
        architecture: architecture, layers: 32, embed: 4096, heads: 32, keyValueHeads: 32,
        ffn: 11008, vocab: 32000, context: 4096, epsilon: 1e-5)
    case (.codellama, .full):
      LlamaConfig(
        architecture: architecture, layers: 32, embed: 4096, heads: 32, keyValueHeads: 32,
        ffn: 11008, vocab: 32016, context: 16384, epsilon: 1e-5, ropeBase: 1e6)
    case (.mistral, .full):
      LlamaConfig(
        architecture: architecture, layers: 32, embed: 4096, heads: 32, keyValueHeads: 8,
        ffn: 14336, vocab: 32000, context: 32768, epsilon: 1e-5, ropeBase: 1e6)
    case (.phi3, .full):
      LlamaConfig(
        architecture: architecture, layers: 32, embed: 3072, heads: 32, keyValueHeads: 32,
        ffn: 8192, vocab: 32064, context: 4096, epsilon: 1e-5)
    case (.qwen25Small, .full):
      LlamaConfig(
        architecture: architecture, layers: 28, embed: 1536, heads: 12, keyValueHeads: 2,
        ffn: 8960, vocab: 151_936, context: 32768, epsilon: 1e-6, ropeBase: 1e6)
    case (.qwen25, .full):
      LlamaConfig(
        architecture: architecture, layers: 28, embed: 3584, heads: 28, keyValueHeads: 4,
        ffn: 18944, vocab: 152_064, context: 32768, epsilon: 1e-6, ropeBase: 1e6)
    case (.qwen3, .full):
      LlamaConfig(
        architecture: architecture, layers: 36, embed: 2560, heads: 32, keyValueHeads: 8,
        headDim: 128, ffn: 9728, vocab: 151_936, context: 40960, epsilon: 1e-6, ropeBase: 1e6)
    case (.gemma3Small, .full):
      LlamaConfig(
        architecture: architecture, layers: 26, embed: 1152, heads: 4, keyValueHeads: 1,
        headDim: 256, ffn: 6912, vocab: 262_144, context: 32768, epsilon: 1e-6, ropeBase: 1e6,
        slidingWindow: 512)
    case (.gemma3, .full):
      LlamaConfig(
        architecture: architecture, layers: 34, embed: 2560, heads: 8, keyValueHeads: 4,
        headDim: 256, ffn: 10240, vocab: 262_144, context: 131_072, epsilon: 1e-6, ropeBase: 1e6,
        ropeScale: 0.125, slidingWindow: 1024)
    case (.llama2, .tiny):
      LlamaConfig(
        architecture: architecture, layers: 4, embed: 256, heads: 4, keyValueHeads: 4, ffn: 768,
        vocab: 512, context: 4096, epsilon: 1e-5)
    case (.codellama, .tiny):
      LlamaConfig(
        architecture: architecture, layers: 4, embed: 256, heads: 2, keyValueHeads: 2, ffn: 768,
        vocab: 528, context: 16384, epsilon: 1e-5, ropeBase: 1e6)
    case (.mistral, .tiny):
      LlamaConfig(
        architecture: architecture, layers: 4, embed: 512, heads: 8, keyValueHeads: 2, ffn: 1024,
        vocab: 512, context: 32768, epsilon: 1e-5, ropeBase: 1e6)
    case (.phi3, .tiny):
      LlamaConfig(
        architecture: architecture, layers: 4, embed: 768, heads: 8, keyValueHeads: 8, ffn: 1024,
        vocab: 576, context: 4096, epsilon: 1e-5)
    case (.qwen25Small, .tiny):
      LlamaConfig(
        architecture: architecture, layers: 4, embed: 256, heads: 4, keyValueHeads: 2, ffn: 768,
        vocab: 512, context: 32768, epsilon: 1e-6, ropeBase: 1e6)
    case (.qwen25, .tiny):
      LlamaConfig(
        architecture: architecture, layers: 4, embed: 512, heads: 8, keyValueHeads: 2, ffn: 1024,
        vocab: 512, context: 32768, epsilon: 1e-6, ropeBase: 1e6)
    case (.qwen3, .tiny):
      LlamaConfig(
        architecture: architecture, layers: 4, embed: 256, heads: 4, keyValueHeads: 2,
        headDim: 128, ffn: 768, vocab: 512, context: 40960, epsilon: 1e-6, ropeBase: 1e6)
    case (.gemma3Small, .tiny):
      LlamaConfig(
        architecture: architecture, layers: 8, embed: 288, heads: 4, keyValueHeads: 1,
        headDim: 128, ffn: 768, vocab: 512, context: 32768, epsilon: 1e-6, ropeBase: 1e6,
        slidingWindow: 64)
    case (.gemma3, .tiny):
      LlamaConfig(
        architecture: architecture, layers: 8, embed: 256, heads: 4, keyValueHeads: 2,
        headDim: 256, ffn: 768, vocab: 512, context: 131_072, epsilon: 1e-6, ropeBase: 1e6,
        ropeScale: 0.125, slidingWindow: 96)
    }
  }
}
