// Every tensor of a Llama with its name and shape: one table for loading, checking and making
// files.

/// One tensor that a model of the family needs or may have.
package struct LlamaTensor: Equatable, Sendable {
  /// What the tensor is for, which decides how it may be stored.
  package enum Role: Equatable, Sendable {
    /// A linear layer's matrix `[outputs, inputs]`, or the token table: any type of the kernels.
    case matrix
    /// A gain, or the factors of the rotation: `F32` in every published file.
    case vector
  }

  /// Name in a GGUF file.
  package let name: String
  /// Outermost first, as PyTorch prints it.
  package let shape: [Int]
  package let role: Role
}

/// The tensors of a configuration.
///
/// - Source: gguf-py 0.19.0 `constants.MODEL_TENSORS`; llama.cpp `src/models/llama.cpp`, `phi3.cpp`.
package struct LlamaManifest: Sendable {
  package let config: LlamaConfig

  package init(config: LlamaConfig) { self.config = config }

  package var tokens: LlamaTensor { matrix("token_embd", config.vocab, config.embed) }
  package var finalNorm: LlamaTensor { vector("output_norm", config.embed) }
  /// Where it is absent, the token table takes its place.
  package var output: LlamaTensor { matrix("output", config.vocab, config.embed) }

  package func attentionNorm(_ layer: Int) -> LlamaTensor {
    vector("blk.\(layer).attn_norm", config.embed)
  }

  /// The matrices that make queries, keys and values, in this order, in one tensor or three.
  package func queryKeyValue(_ layer: Int) -> [LlamaTensor] {
    guard !config.isFused else {
      return [
        matrix(
          "blk.\(layer).attn_qkv", config.queryWidth + 2 * config.keyWidth, config.embed)
      ]
    }
    return [
      matrix("blk.\(layer).attn_q", config.queryWidth, config.embed),
      matrix("blk.\(layer).attn_k", config.keyWidth, config.embed),
      matrix("blk.\(layer).attn_v", config.keyWidth, config.embed),
    ]
  }

  package func attentionOutput(_ layer: Int) -> LlamaTensor {
    matrix("blk.\(layer).attn_output", config.embed, config.queryWidth)
  }

  package func ffnNorm(_ layer: Int) -> LlamaTensor {
    vector("blk.\(layer).ffn_norm", config.embed)
  }

  /// The matrices that make gate and up, in this order, in one tensor or two.
  package func gateUp(_ layer: Int) -> [LlamaTensor] {
    guard !config.isFused else {
      return [matrix("blk.\(layer).ffn_up", 2 * config.ffn, config.embed)]
    }
    return [
      matrix("blk.\(layer).ffn_gate", config.ffn, config.embed),
      matrix("blk.\(layer).ffn_up", config.ffn, config.embed),
    ]
  }

  package func down(_ layer: Int) -> LlamaTensor {
    matrix("blk.\(layer).ffn_down", config.embed, config.ffn)
  }

  /// Divisors of each pair's angle: for any length (Llama 3), or one set for sessions up to the
  /// original context and one for longer ones (LongRoPE).
  package var ropeFactors: (any: LlamaTensor, short: LlamaTensor, long: LlamaTensor) {
    (
      vector("rope_freqs", config.rotaryDim / 2),
      vector("rope_factors_short", config.rotaryDim / 2),
      vector("rope_factors_long", config.rotaryDim / 2)
    )
  }

  /// The tensors of one layer.
  package func all(ofLayer layer: Int) -> [LlamaTensor] {
    [attentionNorm(layer)] + queryKeyValue(layer) + [attentionOutput(layer), ffnNorm(layer)]
      + gateUp(layer) + [down(layer)]
  }

  /// All tensors that must be there; ``output`` and ``ropeFactors`` may be.
  package var required: [LlamaTensor] {
    [tokens, finalNorm] + (0..<config.layers).flatMap { all(ofLayer: $0) }
  }

  /// All tensors that may be there.
  package var optional: [LlamaTensor] {
    [output, ropeFactors.any, ropeFactors.short, ropeFactors.long]
  }

  /// Tensors of old files that hold what follows from the configuration.
  static func isIgnored(_ name: String) -> Bool {
    name.hasSuffix(".attn_rot_embd.weight") || name.hasSuffix(".attn_rope_freqs.weight")
  }

  private func matrix(_ name: String, _ outputs: Int, _ inputs: Int) -> LlamaTensor {
    LlamaTensor(name: name + ".weight", shape: [outputs, inputs], role: .matrix)
  }

  private func vector(_ name: String, _ count: Int) -> LlamaTensor {
    LlamaTensor(name: name + ".weight", shape: [count], role: .vector)
  }
}
