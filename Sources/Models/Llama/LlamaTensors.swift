/// The tensors of a model of the Llama family.
///
/// - Source: gguf-py 0.19.0 `constants.MODEL_TENSORS` and `tensor_mapping.py`; llama.cpp
///   `src/models/llama.cpp`, `phi3.cpp`, `qwen2.cpp`, `qwen3.cpp`, `gemma3.cpp`; transformers 5.23.0
///   `modeling_llama.py`, `modeling_phi3.py`, `modeling_qwen2.py`, `modeling_qwen3.py`,
///   `modeling_gemma3.py`, whose norms multiply by 1 + weight: a GGUF file has the sum.
package struct LlamaTensors: TensorTable {
  /// The tensors of one decoder layer, in the order of computation.
  package struct Layer: Sendable, Equatable {
    /// `[embed]`, before attention.
    package let attentionNorm: NormSpec
    /// Queries, keys and values, in this order, in one tensor or three.
    package let queryKeyValue: [LinearSpec]
    /// `[headDim]`, over each head of queries and of keys, in this order; empty without QK-Norm.
    package let queryKeyNorm: [NormSpec]
    /// `[embed, heads × headDim]`, after the heads are joined.
    package let attentionOutput: LinearSpec
    /// `[embed]`, after the output projection; nil without post-norms.
    package let attentionPostNorm: NormSpec?
    /// `[embed]`, before the feed-forward network.
    package let ffnNorm: NormSpec
    /// Gate and up, in this order, in one tensor or two.
    package let gateUp: [LinearSpec]
    /// `[embed, ffn]`.
    package let down: LinearSpec
    /// `[embed]`, after the feed-forward network; nil without post-norms.
    package let ffnPostNorm: NormSpec?

    /// All of them, in the order of computation.
    package var all: [TensorSpec] {
      attentionNorm.tensors + queryKeyValue.flatMap(\.tensors)
        + queryKeyNorm.flatMap(\.tensors) + attentionOutput.tensors
        + (attentionPostNorm?.tensors ?? []) + ffnNorm.tensors + gateUp.flatMap(\.tensors)
        + down.tensors + (ffnPostNorm?.tensors ?? [])
    }
  }

  package let config: LlamaConfig

  package init(config: LlamaConfig) { self.config = config }

  package var architectureName: String { config.architecture.rawValue }

  /// `[vocab, embed]`: its rows are looked up.
  package var tokens: TensorSpec {
    TensorSpec(
      Self.tokenNames.appending(".weight"), shape: [config.vocab, config.embed],
      role: .tokenEmbedding)
  }

  static let tokenNames = TensorNames(gguf: "token_embd", huggingFace: "model.embed_tokens")

  /// `[embed]`, after the last layer.
  package var finalNorm: NormSpec {
    NormSpec(
      TensorNames(gguf: "output_norm", huggingFace: "model.norm"), width: config.embed,
      hasBias: false)
  }

  /// `[vocab, embed]`; where it is absent, the token table takes its place (a tied output).
  package var output: TensorSpec {
    TensorSpec(
      TensorNames(gguf: "output", huggingFace: "lm_head").appending(".weight"),
      shape: [config.vocab, config.embed], role: .output, isOptional: true)
  }

  /// Divisors of each pair's angle: for any length (Llama 3), or one set for sessions up to the
  /// original context and one for longer ones (LongRoPE).
  package var ropeFactors: (any: TensorSpec, short: TensorSpec, long: TensorSpec) {
    func factors(_ name: String) -> TensorSpec {
      TensorSpec(
        TensorNames(gguf: name + ".weight"), shape: [config.rotaryDim / 2], role: .ropeFactors,
        isOptional: true)
    }
    return (factors("rope_freqs"), factors("rope_factors_short"), factors("rope_factors_long"))
  }

  /// The tensors of layer `index`.
  package func layer(_ index: Int) -> Layer {
    let traits = config.architecture.traits
    let (embed, ffn) = (config.embed, config.ffn)
    let (queries, keys) = (config.queryWidth, config.keyWidth)

    func names(_ gguf: String, _ huggingFace: String) -> TensorNames {
      TensorNames(
        gguf: "blk.\(index).\(gguf)", huggingFace: "model.layers.\(index).\(huggingFace)")
    }
    func norm(_ gguf: String, _ huggingFace: String, width: Int) -> NormSpec {
      NormSpec(names(gguf, huggingFace), width: width, layer: index, hasBias: false)
    }
    func linear(
      _ gguf: String, _ huggingFace: String, _ role: TensorRole, _ outputs: Int, _ inputs: Int,
      hasBias: Bool = false
    ) -> LinearSpec {
      LinearSpec(
        names(gguf, huggingFace), outputs: outputs, inputs: inputs, role: role, layer: index,
        hasBias: hasBias)
    }
    func projection(
      _ gguf: String, _ huggingFace: String, _ role: TensorRole, _ outputs: Int
    ) -> LinearSpec {
      linear(gguf, huggingFace, role, outputs, embed, hasBias: traits.hasQueryKeyValueBias)
    }

    return Layer(
      attentionNorm: norm("attn_norm", "input_layernorm", width: embed),
      queryKeyValue: traits.fusesQueryKeyValue
        ? [projection("attn_qkv", "self_attn.qkv_proj", .attentionFused, queries + 2 * keys)]
        : [
          projection("attn_q", "self_attn.q_proj", .attentionQuery, queries),
          projection("attn_k", "self_attn.k_proj", .attentionKey, keys),
          projection("attn_v", "self_attn.v_proj", .attentionValue, keys),
        ],
      queryKeyNorm: traits.hasQueryKeyNorm
        ? [
          norm("attn_q_norm", "self_attn.q_norm", width: config.headDim),
          norm("attn_k_norm", "self_attn.k_norm", width: config.headDim),
        ] : [],
      attentionOutput: linear(
        "attn_output", "self_attn.o_proj", .attentionOutput, embed, queries),
      attentionPostNorm: traits.hasPostNorms
        ? norm("post_attention_norm", "post_attention_layernorm", width: embed) : nil,
      // With post-norms, Hugging Face's name of the norm between the sublayers goes to the first.
      ffnNorm: norm(
        "ffn_norm", traits.hasPostNorms ? "pre_feedforward_layernorm" : "post_attention_layernorm",
        width: embed),
      gateUp: traits.fusesGateUp
        ? [linear("ffn_up", "mlp.gate_up_proj", .ffnGateUp, 2 * ffn, embed)]
        : [
          linear("ffn_gate", "mlp.gate_proj", .ffnGate, ffn, embed),
          linear("ffn_up", "mlp.up_proj", .ffnUp, ffn, embed),
        ],
      down: linear("ffn_down", "mlp.down_proj", .ffnDown, embed, ffn),
      ffnPostNorm: traits.hasPostNorms
        ? norm("post_ffw_norm", "post_feedforward_layernorm", width: embed) : nil)
  }

  package var all: [TensorSpec] {
    [tokens] + finalNorm.tensors + (0..<config.layers).flatMap { layer($0).all }
      + [output, ropeFactors.any, ropeFactors.short, ropeFactors.long]
  }

  /// Tensors of old files that hold what follows from the configuration.
  package static func isIgnored(_ name: String, in scheme: NamingScheme) -> Bool {
    name.hasSuffix(".attn_rot_embd.weight") || name.hasSuffix(".attn_rope_freqs.weight")
  }
}
