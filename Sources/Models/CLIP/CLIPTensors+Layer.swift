extension CLIPTensors {
  /// The two towers.
  package enum TowerName: Sendable {
    /// Images.
    case vision
    /// Texts.
    case text
  }

  /// The configuration of a tower.
  func config(of tower: TowerName) -> CLIPConfig.Tower {
    tower == .vision ? config.vision : config.text
  }

  /// The tensors of layer `index` of a tower.
  package func layer(_ index: Int, of tower: TowerName) -> Layer {
    let names = LayerNames(index: index, tower: tower, sizes: config(of: tower))
    let (embed, ffn) = (names.sizes.embed, names.sizes.ffn)
    return Layer(
      attentionNorm: names.norm("ln1", "layer_norm1", "ln_1"),
      queryKeyValue: [
        names.projection("attn_q", "q_proj", part: 0, .attentionQuery),
        names.projection("attn_k", "k_proj", part: 1, .attentionKey),
        names.projection("attn_v", "v_proj", part: 2, .attentionValue),
      ],
      attentionOutput: names.linear(
        "attn_out", "self_attn.out_proj", "attn.out_proj", .attentionOutput, embed, embed),
      ffnNorm: names.norm("ln2", "layer_norm2", "ln_2"),
      up: names.linear("ffn_up", "mlp.fc1", "mlp.c_fc", .ffnUp, ffn, embed),
      down: names.linear("ffn_down", "mlp.fc2", "mlp.c_proj", .ffnDown, embed, ffn))
  }
}

/// Names of one layer's tensors in each scheme.
private struct LayerNames {
  let index: Int
  let tower: CLIPTensors.TowerName
  let sizes: CLIPConfig.Tower

  private func names(_ gguf: String, _ huggingFace: String, _ openAI: String) -> TensorNames {
    let isVision = tower == .vision
    return TensorNames(
      gguf: "\(isVision ? "v" : "t").blk.\(index).\(gguf)",
      huggingFace: "\(isVision ? "vision" : "text")_model.encoder.layers.\(index).\(huggingFace)",
      openAI: "\(isVision ? "visual." : "")transformer.resblocks.\(index).\(openAI)")
  }

  func norm(_ gguf: String, _ huggingFace: String, _ openAI: String) -> NormSpec {
    NormSpec(names(gguf, huggingFace, openAI), width: sizes.embed, layer: index, hasBias: true)
  }

  func linear(
    _ gguf: String, _ huggingFace: String, _ openAI: String, _ role: TensorRole, _ outputs: Int,
    _ inputs: Int
  ) -> LinearSpec {
    LinearSpec(
      names(gguf, huggingFace, openAI), outputs: outputs, inputs: inputs, role: role,
      layer: index, hasBias: true)
  }

  /// Queries, keys or values, which OpenAI has below each other in `in_proj_weight`.
  func projection(
    _ gguf: String, _ huggingFace: String, part: Int, _ role: TensorRole
  ) -> LinearSpec {
    func spec(_ suffix: String, shape: [Int], _ role: TensorRole) -> TensorSpec {
      TensorSpec(
        names("\(gguf).\(suffix)", "self_attn.\(huggingFace).\(suffix)", "attn.in_proj_\(suffix)"),
        shape: shape, role: role, layer: index, storages: [.openAI: .part(part, of: 3)])
    }
    return LinearSpec(
      weight: spec("weight", shape: [sizes.embed, sizes.embed], role),
      bias: spec("bias", shape: [sizes.embed], .bias))
  }
}
