// The shapes and constants of the models that this program reads, as their published files have
// them, and small models of the same architecture.

/// The models of which a synthetic file can be made.
package enum SyntheticArchitecture: String, Sendable, CaseIterable {
  /// Llama-2-7B-Chat.
  case llama2
  /// CodeLlama-7B-Instruct.
  case codellama
  /// Mistral-7B-Instruct-v0.2.
  case mistral
  /// Phi-3-mini-4k-instruct.
  case phi3
}

/// How large a synthetic model is.
package enum SyntheticSize: String, Sendable, CaseIterable {
  /// Some million weights: a test's model.
  case tiny
  /// The published model's own shapes.
  case full
}

/// The numbers that shape one model.
struct SyntheticShape: Equatable {
  var context: Int
  var embed: Int
  var layers: Int
  var ffn: Int
  var heads: Int
  var keyValueHeads: Int
  var vocab: Int
  /// `rope.freq_base`, or nil where the published file has no such key.
  var ropeBase: Float?
  /// `attention.layer_norm_rms_epsilon`.
  var epsilon: Float

  var headDim: Int { embed / heads }
  /// Outputs of the key projection, and of the value projection.
  var keyValueWidth: Int { headDim * keyValueHeads }
}

extension SyntheticArchitecture {
  /// `general.architecture`, which is also the prefix of the keys.
  var prefix: String { self == .phi3 ? "phi3" : "llama" }

  /// `general.name`: the published file's, marked.
  var name: String {
    switch self {
    case .llama2: "LLaMA v2 (synthetic)"
    case .codellama: "codellama_codellama-7b-instruct-hf (synthetic)"
    case .mistral: "mistralai_mistral-7b-instruct-v0.2 (synthetic)"
    case .phi3: "Phi3 (synthetic)"
    }
  }

  /// The shape of a size.
  ///
  /// Tiny models keep what the architectures differ in: grouped-query attention in Mistral, heads
  /// of 96 numbers in Phi-3, the RoPE base of CodeLlama. Their widths are multiples of 256, the
  /// block of the K-quants, and they have four layers, so that the recipes mix types.
  ///
  /// - Source: llama.cpp's listings of the published files (metadata dumps in its issues).
  func shape(_ size: SyntheticSize) -> SyntheticShape {
    switch (self, size) {
    case (.llama2, .full):
      SyntheticShape(
        context: 4096, embed: 4096, layers: 32, ffn: 11008, heads: 32, keyValueHeads: 32,
        vocab: 32000, ropeBase: nil, epsilon: 1e-5)
    case (.codellama, .full):
      SyntheticShape(
        context: 16384, embed: 4096, layers: 32, ffn: 11008, heads: 32, keyValueHeads: 32,
        vocab: 32016, ropeBase: 1e6, epsilon: 1e-5)
    case (.mistral, .full):
      SyntheticShape(
        context: 32768, embed: 4096, layers: 32, ffn: 14336, heads: 32, keyValueHeads: 8,
        vocab: 32000, ropeBase: 1e6, epsilon: 1e-5)
    case (.phi3, .full):
      SyntheticShape(
        context: 4096, embed: 3072, layers: 32, ffn: 8192, heads: 32, keyValueHeads: 32,
        vocab: 32064, ropeBase: nil, epsilon: 1e-5)
    case (.llama2, .tiny):
      SyntheticShape(
        context: 4096, embed: 256, layers: 4, ffn: 768, heads: 4, keyValueHeads: 4, vocab: 512,
        ropeBase: nil, epsilon: 1e-5)
    case (.codellama, .tiny):
      SyntheticShape(
        context: 16384, embed: 256, layers: 4, ffn: 768, heads: 2, keyValueHeads: 2, vocab: 528,
        ropeBase: 1e6, epsilon: 1e-5)
    case (.mistral, .tiny):
      SyntheticShape(
        context: 32768, embed: 512, layers: 4, ffn: 1024, heads: 8, keyValueHeads: 2, vocab: 512,
        ropeBase: 1e6, epsilon: 1e-5)
    case (.phi3, .tiny):
      SyntheticShape(
        context: 4096, embed: 768, layers: 4, ffn: 1024, heads: 8, keyValueHeads: 8, vocab: 576,
        ropeBase: nil, epsilon: 1e-5)
    }
  }
}
