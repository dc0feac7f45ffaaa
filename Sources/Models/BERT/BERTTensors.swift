/// The tensors of a BERT encoder.
///
/// - Source: transformers 5.23.0 `modeling_bert.py`; gguf-py 0.19.0 `tensor_mapping.py`.
package struct BERTTensors: TensorTable {
  /// The tensors of one encoder layer, in the order of computation.
  package struct Layer: Sendable, Equatable {
    /// Queries, keys and values, in this order: each `[embed, embed]`, with bias.
    package let queryKeyValue: [LinearSpec]
    /// `[embed, embed]`, after the heads are joined.
    package let attentionOutput: LinearSpec
    /// `[embed]`, after the residual of the attention.
    package let attentionNorm: NormSpec
    /// `[ffn, embed]`.
    package let up: LinearSpec
    /// `[embed, ffn]`.
    package let down: LinearSpec
    /// `[embed]`, after the residual of the feed-forward network.
    package let outputNorm: NormSpec

    /// All of them, in the order of computation.
    package var all: [TensorSpec] {
      queryKeyValue.flatMap(\.tensors) + attentionOutput.tensors + attentionNorm.tensors
        + up.tensors + down.tensors + outputNorm.tensors
    }
  }

  package let config: BERTConfig

  package init(config: BERTConfig) { self.config = config }

  package var architectureName: String { "bert" }

  /// `[vocab, embed]`.
  package var tokens: TensorSpec {
    embedding("token_embd", "word_embeddings", rows: config.vocab, .tokenEmbedding)
  }

  /// `[context, embed]`.
  package var positions: TensorSpec {
    embedding("position_embd", "position_embeddings", rows: config.context, .positionEmbedding)
  }

  /// `[tokenTypes, embed]`.
  package var types: TensorSpec {
    embedding("token_types", "token_type_embeddings", rows: config.tokenTypes, .positionEmbedding)
  }

  /// `[embed]`, of the sum of the three embeddings.
  package var embeddingNorm: NormSpec {
    NormSpec(
      TensorNames(gguf: "token_embd_norm", huggingFace: "embeddings.LayerNorm"),
      width: config.embed, hasBias: true)
  }

  private func embedding(
    _ gguf: String, _ huggingFace: String, rows: Int, _ role: TensorRole
  ) -> TensorSpec {
    TensorSpec(
      TensorNames(gguf: gguf, huggingFace: "embeddings." + huggingFace).appending(".weight"),
      shape: [rows, config.embed], role: role)
  }

  /// The tensors of layer `index`.
  package func layer(_ index: Int) -> Layer {
    let (embed, ffn) = (config.embed, config.ffn)
    func names(_ gguf: String, _ huggingFace: String) -> TensorNames {
      TensorNames(
        gguf: "blk.\(index).\(gguf)", huggingFace: "encoder.layer.\(index).\(huggingFace)")
    }
    func linear(
      _ gguf: String, _ huggingFace: String, _ role: TensorRole, _ outputs: Int, _ inputs: Int
    ) -> LinearSpec {
      LinearSpec(
        names(gguf, huggingFace), outputs: outputs, inputs: inputs, role: role, layer: index,
        hasBias: true)
    }
    func norm(_ gguf: String, _ huggingFace: String) -> NormSpec {
      NormSpec(names(gguf, huggingFace), width: embed, layer: index, hasBias: true)
    }
    return Layer(
      queryKeyValue: [
        linear("attn_q", "attention.self.query", .attentionQuery, embed, embed),
        linear("attn_k", "attention.self.key", .attentionKey, embed, embed),
        linear("attn_v", "attention.self.value", .attentionValue, embed, embed),
      ],
      attentionOutput: linear(
        "attn_output", "attention.output.dense", .attentionOutput, embed, embed),
      attentionNorm: norm("attn_output_norm", "attention.output.LayerNorm"),
      up: linear("ffn_up", "intermediate.dense", .ffnUp, ffn, embed),
      down: linear("ffn_down", "output.dense", .ffnDown, embed, ffn),
      outputNorm: norm("layer_output_norm", "output.LayerNorm"))
  }

  package var all: [TensorSpec] {
    [tokens, positions, types] + embeddingNorm.tensors
      + (0..<config.layers).flatMap { layer($0).all }
  }

  /// Task models put `bert.` before the encoder's names.
  package static func prefixes(in scheme: NamingScheme) -> [String] {
    scheme == .huggingFace ? ["", "bert."] : [""]
  }

  /// The heads of task models, the pooler of the next-sentence task, and position ids, which are
  /// 0, 1, 2 and so on: a sentence embedding needs none of them.
  package static func isIgnored(_ name: String, in scheme: NamingScheme) -> Bool {
    if scheme == .gguf { return name.hasPrefix("cls.") || name.hasPrefix("cls_") }
    let heads = ["cls.", "classifier.", "qa_outputs.", "pooler.", "bert.pooler."]
    return name.hasSuffix("embeddings.position_ids") || heads.contains { name.hasPrefix($0) }
  }
}
