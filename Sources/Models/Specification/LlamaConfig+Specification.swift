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
      key(
        "globalInterval", globalInterval.map(String.init) ?? "none", GGUFKey.globalInterval,
        else: traits.windowLayers.globalInterval.map { "\($0) with a window" } ?? "none"),
      key(
        "windowRopeBase", windowRopeBase.map { "\($0)" } ?? "as ropeBase", GGUFKey.windowRopeBase,
        else: traits.windowLayers.ropeBase.map { "\(Int($0)) with a window" } ?? "as ropeBase"),
      entry("queryScalar", queryScalar, "headDim, but embed / heads in Gemma 3 27B"),
      entry("ropeStyle", traits.ropeStyle.rawValue, "architecture"),
      entry("fusesQueryKeyValue", traits.fusesQueryKeyValue, "architecture"),
      entry("fusesGateUp", traits.fusesGateUp, "architecture"),
      entry("hasQueryKeyValueBias", traits.hasQueryKeyValueBias, "architecture"),
      entry("hasQueryKeyNorm", traits.hasQueryKeyNorm, "architecture"),
      entry("hasPostNorms", traits.hasPostNorms, "architecture"),
      entry("scalesEmbeddings", traits.scalesEmbeddings, "architecture"),
      entry("activation", traits.activation, "architecture"),
    ]
  }

  /// Whether the architecture has the activation.
  private func computes(_ activation: LlamaActivation) -> Bool {
    switch activation {
    case .queryNorm, .keyNorm: architecture.traits.hasQueryKeyNorm
    case .attentionOutput, .ffnOutput: architecture.traits.hasPostNorms
    default: true
    }
  }

  /// The equation of an activation; x is the residual stream, `[tokens, embed]`.
  private func equation(_ activation: LlamaActivation) -> String {
    let traits = architecture.traits
    return switch activation {
    case .embeddings:
      traits.scalesEmbeddings ? "x = √\(embed) · token_embd[id]" : "x = token_embd[id]"
    case .attentionNorm: "h = RMSNorm(x)"
    case .queryKeyValue:
      traits.hasQueryKeyValueBias ? "(q, k, v) = h Wᵀ + b" : "(q, k, v) = h Wᵀ"
    case .queryNorm: "q = RMSNorm(q), each head"
    case .keyNorm: "k = RMSNorm(k), each head"
    case .rotatedQueries: "q = RoPE(q, position)"
    case .rotatedKeys: "k = RoPE(k, position); k and v enter the cache"
    case .attention:
      "a[i] = Σⱼ softmaxⱼ(q[i]·k[j] / √\(queryScalar)) v[j], j ≤ i" + windowCondition
    case .attentionOutput: "o = a Wₒᵀ"
    case .attentionResidual: traits.hasPostNorms ? "x = x + RMSNorm(o)" : "x = x + a Wₒᵀ"
    case .ffnNorm: "h = RMSNorm(x)"
    case .gateUp: "(g, u) = h Wᵀ"
    case .ffnHidden: "s = \(traits.activation)(g) · u"
    case .ffnOutput: "o = s Wᵀ"
    case .layerOutput: traits.hasPostNorms ? "x = x + RMSNorm(o)" : "x = x + s Wᵀ"
    case .finalNorm: "h = RMSNorm(x)"
    case .logits: "logits = h Wᵀ"
    }
  }

  private var windowCondition: String {
    guard let slidingWindow else { return "" }
    let layers = globalInterval.map { " unless \($0) divides the layer's number + 1" } ?? ""
    return ", j > i - \(slidingWindow)" + layers
  }
}

extension LlamaActivation {
  /// Whether every layer computes it.
  var isPerLayer: Bool {
    switch self {
    case .embeddings, .finalNorm, .logits: false
    case .attentionNorm, .queryKeyValue, .queryNorm, .keyNorm, .rotatedQueries, .rotatedKeys,
      .attention, .attentionOutput, .attentionResidual, .ffnNorm, .gateUp, .ffnHidden, .ffnOutput,
      .layerOutput:
      true
    }
  }
}
