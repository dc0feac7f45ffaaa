extension BERTConfig {
  /// The specification of a BERT, which `swiftrag inspect --spec` prints.
  package var specification: ModelSpecification {
    ModelSpecification(
      table: BERTTensors(config: self), entries: entries,
      steps: BERTActivation.allCases.map {
        .init(name: $0.rawValue, equation: equation($0), isPerLayer: $0.isPerLayer)
      })
  }

  private var entries: [ModelSpecification.Entry] {
    func entry(_ name: String, _ value: Any, _ origin: String) -> ModelSpecification.Entry {
      .init(name: name, value: "\(value)", origin: origin)
    }
    let prefixes =
      prompts.isEmpty
      ? []
      : [
        entry("queryPrefix", prompts.query.debugDescription, GGUFKey.queryPrefix),
        entry("passagePrefix", prompts.passage.debugDescription, GGUFKey.passagePrefix),
      ]
    return [
      entry("layers", layers, GGUFKey.layers), entry("embed", embed, GGUFKey.embed),
      entry("heads", heads, GGUFKey.heads), entry("ffn", ffn, GGUFKey.ffn),
      entry("vocab", vocab, "length of \(GGUFKey.tokens)"),
      entry("context", context, GGUFKey.context),
      entry("tokenTypes", tokenTypes, GGUFKey.tokenTypes),
      entry("layerNormEpsilon", layerNormEpsilon, GGUFKey.epsilon),
      entry("pooling", pooling.rawValue, GGUFKey.pooling),
      entry("normalizes", normalizes, "\(GGUFKey.normalizes), else true"),
      entry("maximumTokenCount", maximumTokenCount, "\(GGUFKey.maximumTokenCount), else context"),
    ] + prefixes
  }

  /// The equation of an activation; x is the hidden state, `[tokens, embed]`.
  private func equation(_ activation: BERTActivation) -> String {
    switch activation {
    case .embeddings: "x = LayerNorm(token_embd[id] + token_types[0] + position_embd[position])"
    case .queryKeyValue: "(q, k, v) = x Wᵀ + b"
    case .attention: "a[i] = Σⱼ softmaxⱼ(q[i]·k[j] / √\(embed / heads)) v[j], j in the sequence"
    case .attentionNorm: "y = LayerNorm(x + a Wₒᵀ + bₒ)"
    case .ffnHidden: "h = GELU(y Wᵀ + b)"
    case .layerOutput: "x = LayerNorm(y + h Wᵀ + b)"
    case .pooled: pooling == .mean ? "p = mean of x over the sequence" : "p = x[0], of [CLS]"
    case .embedding: normalizes ? "e = p / ‖p‖₂" : "e = p"
    }
  }
}

extension BERTActivation {
  /// Whether every layer computes it.
  var isPerLayer: Bool {
    switch self {
    case .embeddings, .pooled, .embedding: false
    case .queryKeyValue, .attention, .attentionNorm, .ffnHidden, .layerOutput: true
    }
  }
}
