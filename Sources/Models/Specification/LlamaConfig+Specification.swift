internal import KernelInterface

extension LlamaConfig {
  /// The specification of a model of the family, which `swiftrag inspect --spec` prints.
  package var specification: ModelSpecification {
    ModelSpecification(
      table: LlamaTensors(config: self), entries: entries,
      steps: LlamaActivation.allCases.filter(computes).map {
        .init(name: $0.rawValue, equation: equation($0), isPerLayer: $0.isPerLayer)
      })
  }

  private var entries: [ModelSpecification.Entry] {
    let traits = architecture.traits
    func entry(_ name: String, _ value: Any, _ origin: String) -> ModelSpecification.Entry {
      .init(name: name, value: "\(value)", origin: origin)
    }
    func key(_ name: String, _ value: Any, _ key: String, else fallback: String? = nil)
      -> ModelSpecification.Entry
    {
      entry(
        name, value,
        "\(architecture.rawValue).\(key)" + (fallback.map { ", else \($0)" } ?? ""))
    }
    return [
      key("layers", layers, GGUFKey.layers), key("embed", embed, GGUFKey.embed),
      key("heads", heads, GGUFKey.heads),
      key("keyValueHeads", keyValueHeads, GGUFKey.keyValueHeads, else: "heads"),
      key("headDim", headDim, GGUFKey.keyLength, else: "embed / heads"),
      key("ffn", ffn, GGUFKey.ffn), entry("vocab", vocab, "rows of token_embd.weight"),
      key("context", context, GGUFKey.context), key("epsilon", epsilon, GGUFKey.epsilon),
      key("rotaryDim", rotaryDim, GGUFKey.rotaryDim, else: "headDim"),
      key("ropeBase", ropeBase, GGUFKey.ropeBase, else: "10000"),
      entry(
        "ropeScale", ropeScale, "1 / \(architecture.rawValue).\(GGUFKey.scalingFactor), else 1"),
      key("ropeMagnitude", ropeMagnitude, GGUFKey.scalingMagnitude, else: "1"),
      key("originalContext", originalContext, GGUFKey.originalContext, else: "context"),
      key(
        "slidingWindow", slidingWindow.map(String.init) ?? "none", GGUFKey.slidingWindow,
        else: "none"),
      entry("ropeStyle", traits.ropeStyle.rawValue, "architecture"),
      entry("fusesQueryKeyValue", traits.fusesQueryKeyValue, "architecture"),
      entry("fusesGateUp", traits.fusesGateUp, "architecture"),
      entry("hasQueryKeyValueBias", traits.hasQueryKeyValueBias, "architecture"),
      entry("hasQueryKeyNorm", traits.hasQueryKeyNorm, "architecture"),
    ]
  }

  /// Whether the architecture has the activation.
  private func computes(_ activation: LlamaActivation) -> Bool {
    switch activation {
    case .queryNorm, .keyNorm: architecture.traits.hasQueryKeyNorm
    default: true
    }
  }

  /// The equation of an activation; x is the residual stream, `[tokens, embed]`.
  private func equation(_ activation: LlamaActivation) -> String {
    switch activation {
    case .embeddings: "x = token_embd[id]"
    case .attentionNorm: "h = RMSNorm(x)"
    case .queryKeyValue:
      architecture.traits.hasQueryKeyValueBias ? "(q, k, v) = h Wᵀ + b" : "(q, k, v) = h Wᵀ"
    case .queryNorm: "q = RMSNorm(q), each head"
    case .keyNorm: "k = RMSNorm(k), each head"
    case .rotatedQueries: "q = RoPE(q, position)"
    case .rotatedKeys: "k = RoPE(k, position); k and v enter the cache"
    case .attention:
      "a[i] = Σⱼ softmaxⱼ(q[i]·k[j] / √\(headDim)) v[j], j ≤ i"
        + (slidingWindow.map { ", j > i - \($0)" } ?? "")
    case .attentionResidual: "x = x + a Wₒᵀ"
    case .ffnNorm: "h = RMSNorm(x)"
    case .gateUp: "(g, u) = h Wᵀ"
    case .ffnHidden: "s = silu(g) · u"
    case .layerOutput: "x = x + s Wᵀ"
    case .finalNorm: "h = RMSNorm(x)"
    case .logits: "logits = h Wᵀ"
    }
  }
}

extension LlamaActivation {
  /// Whether every layer computes it.
  var isPerLayer: Bool {
    switch self {
    case .embeddings, .finalNorm, .logits: false
    case .attentionNorm, .queryKeyValue, .queryNorm, .keyNorm, .rotatedQueries, .rotatedKeys,
      .attention,
      .attentionResidual, .ffnNorm, .gateUp, .ffnHidden, .layerOutput:
      true
    }
  }
}
