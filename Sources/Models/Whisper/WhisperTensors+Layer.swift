extension WhisperTensors {
  /// The tensors of one attention sublayer.
  package struct Attention: Sendable, Equatable {
    /// `[embed]`, before the attention.
    package let norm: NormSpec
    /// Each `[embed, embed]`; keys have no bias.
    package let query: LinearSpec
    package let key: LinearSpec
    package let value: LinearSpec
    /// `[embed, embed]`, after the heads are joined.
    package let output: LinearSpec

    package var all: [TensorSpec] {
      norm.tensors + query.tensors + key.tensors + value.tensors + output.tensors
    }
  }

  /// The tensors of one layer, in the order of computation.
  package struct Layer: Sendable, Equatable {
    package let attention: Attention
    /// To the encoder's output; nil in the encoder.
    package let crossAttention: Attention?
    /// `[embed]`, before the feed-forward network.
    package let ffnNorm: NormSpec
    /// `[4 × embed, embed]`.
    package let up: LinearSpec
    /// `[embed, 4 × embed]`.
    package let down: LinearSpec

    package var all: [TensorSpec] {
      attention.all + (crossAttention?.all ?? []) + ffnNorm.tensors + up.tensors + down.tensors
    }
  }

  /// Layer `index` of the encoder.
  package func encoderLayer(_ index: Int) -> Layer { layer(index, isDecoder: false) }

  /// Layer `index` of the decoder.
  package func decoderLayer(_ index: Int) -> Layer { layer(index, isDecoder: true) }

  private func layer(_ index: Int, isDecoder: Bool) -> Layer {
    let tower = isDecoder ? config.decoder : config.encoder
    let names = LayerNames(index: index, isDecoder: isDecoder, embed: tower.embed)
    return Layer(
      attention: names.attention(
        gguf: "attn", huggingFace: "self_attn", openAI: "attn", cTranslate2: "self_attention",
        fused: [3, 1]),
      crossAttention: isDecoder
        ? names.attention(
          gguf: "cross_attn", huggingFace: "encoder_attn", openAI: "cross_attn",
          cTranslate2: "attention", fused: [1, 2, 1]) : nil,
      ffnNorm: names.norm("ffn_norm", "final_layer_norm", "mlp_ln", "ffn/layer_norm"),
      up: names.linear(
        "ffn_up", "fc1", "mlp.0", "ffn/linear_0", .ffnUp, outputs: tower.ffn, inputs: tower.embed),
      down: names.linear(
        "ffn_down", "fc2", "mlp.2", "ffn/linear_1", .ffnDown, outputs: tower.embed,
        inputs: tower.ffn))
  }
}

/// Names of one layer's tensors in each scheme.
private struct LayerNames {
  let index: Int
  let isDecoder: Bool
  let embed: Int

  private func names(
    _ gguf: String, _ huggingFace: String, _ openAI: String, _ cTranslate2: String
  ) -> TensorNames {
    let tower = isDecoder ? "decoder" : "encoder"
    let openAI = "\(tower).blocks.\(index).\(openAI)"
    return TensorNames(
      gguf: "\(isDecoder ? "dec" : "enc").blk.\(index).\(gguf)",
      huggingFace: "\(tower).layers.\(index).\(huggingFace)", openAI: openAI, ggml: openAI,
      cTranslate2: "\(tower)/layer_\(index)/\(cTranslate2)")
  }

  func norm(
    _ gguf: String, _ huggingFace: String, _ openAI: String, _ cTranslate2: String
  ) -> NormSpec {
    NormSpec(
      names(gguf, huggingFace, openAI, cTranslate2), width: embed, layer: index, hasBias: true)
  }

  func linear(
    _ gguf: String, _ huggingFace: String, _ openAI: String, _ cTranslate2: String,
    _ role: TensorRole, outputs: Int, inputs: Int
  ) -> LinearSpec {
    LinearSpec(
      names(gguf, huggingFace, openAI, cTranslate2), outputs: outputs, inputs: inputs, role: role,
      layer: index, hasBias: true)
  }

  /// An attention sublayer.
  ///
  /// - Parameters: the sublayer's name in each scheme; `fused` is the number of parts of each of
  ///   CTranslate2's matrices: queries, keys and values together, or queries apart from keys and
  ///   values, and the output.
  func attention(
    gguf: String, huggingFace: String, openAI: String, cTranslate2: String, fused: [Int]
  ) -> WhisperTensors.Attention {
    func part(
      _ letter: String, _ name: String, _ role: TensorRole, number: Int, hasBias: Bool = true
    ) -> LinearSpec {
      var (matrix, part) = (0, number)
      while part >= fused[matrix] {
        part -= fused[matrix]
        matrix += 1
      }
      let names = names(
        "\(gguf)_\(letter)", "\(huggingFace).\(letter == "o" ? "out" : letter)_proj",
        "\(openAI).\(name)", "\(cTranslate2)/linear_\(matrix)")
      let storages: [NamingScheme: TensorStorage] =
        fused[matrix] == 1 ? [:] : [.cTranslate2: .part(part, of: fused[matrix])]
      return LinearSpec(
        names, outputs: embed, inputs: embed, role: role, layer: index, hasBias: hasBias,
        storages: storages, biasStorages: storages)
    }
    return WhisperTensors.Attention(
      norm: norm(
        "\(gguf)_norm", "\(huggingFace)_layer_norm", "\(openAI)_ln", "\(cTranslate2)/layer_norm"),
      query: part("q", "query", .attentionQuery, number: 0),
      key: part("k", "key", .attentionKey, number: 1, hasBias: false),
      value: part("v", "value", .attentionValue, number: 2),
      output: part("o", "out", .attentionOutput, number: 3))
  }
}
