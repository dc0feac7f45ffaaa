extension WhisperConfig {
  /// The specification of a Whisper, which `swiftrag inspect --spec` prints.
  package var specification: ModelSpecification {
    ModelSpecification(
      table: WhisperTensors(config: self), entries: entries,
      steps: steps(isEncoder: true) + steps(isEncoder: false))
  }

  private var entries: [ModelSpecification.Entry] {
    func entry(_ name: String, _ value: Any, _ origin: String) -> ModelSpecification.Entry {
      .init(name: name, value: "\(value)", origin: origin)
    }
    func tower(_ tower: Tower, _ keys: GGUFKey.Tower) -> [ModelSpecification.Entry] {
      [
        entry("\(keys.name) layers", tower.layers, keys.layers),
        entry("\(keys.name) embed", tower.embed, keys.embed),
        entry("\(keys.name) heads", tower.heads, keys.heads),
        entry("\(keys.name) context", tower.context, keys.context),
      ]
    }
    return tower(encoder, GGUFKey.encoder) + tower(decoder, GGUFKey.decoder) + [
      entry("melCount", melCount, GGUFKey.melCount), entry("vocab", vocab, GGUFKey.vocab),
      entry("layerNormEpsilon", Self.layerNormEpsilon, "every Whisper's"),
    ]
  }

  private func steps(isEncoder: Bool) -> [ModelSpecification.Step] {
    WhisperActivation.allCases.filter { isEncoder ? $0.isOfEncoder : $0.isOfDecoder }.map {
      .init(
        name: "\(isEncoder ? "encoder" : "decoder") \($0.rawValue)",
        equation: equation($0, isEncoder: isEncoder), isPerLayer: $0.isPerLayer)
    }
  }

  /// The equation of an activation; x is the residual stream, `[rows, embed]`.
  private func equation(_ activation: WhisperActivation, isEncoder: Bool) -> String {
    let tower = isEncoder ? encoder : decoder
    let attention = "Σⱼ softmaxⱼ(q[i]·k[j] / √\(tower.embed / tower.heads)) v[j]"
    return switch activation {
    case .firstConvolution: "c = GELU(conv(mel)), width 3, stride 1"
    case .secondConvolution: "x = GELU(conv(c)), width 3, stride 2"
    case .embeddings:
      isEncoder ? "x = x + position_embd" : "x = token_embd[id] + position_embd"
    case .attentionNorm: "h = LayerNorm(x)"
    case .queryKeyValue: "(q, k, v) = h Wᵀ + b, k without b"
    case .attention: "a[i] = \(attention), " + (isEncoder ? "all j" : "j ≤ i")
    case .attentionResidual: "x = x + a Wₒᵀ + bₒ"
    case .crossNorm: "h = LayerNorm(x)"
    case .crossQuery: "q = h Wᵀ + b; (k, v) = e Wᵀ + b, k without b, e of the encoder"
    case .crossAttention: "a[i] = \(attention), all j"
    case .crossResidual: "x = x + a Wₒᵀ + bₒ"
    case .ffnNorm: "h = LayerNorm(x)"
    case .ffnHidden: "s = GELU(h Wᵀ + b)"
    case .layerOutput: "x = x + s Wᵀ + b"
    case .finalNorm: isEncoder ? "e = LayerNorm(x)" : "h = LayerNorm(x)"
    case .logits: "l = h token_embdᵀ"
    }
  }
}

extension WhisperActivation {
  /// Whether the encoder computes it.
  var isOfEncoder: Bool {
    switch self {
    case .crossNorm, .crossQuery, .crossAttention, .crossResidual, .logits: false
    default: true
    }
  }

  /// Whether the decoder computes it.
  var isOfDecoder: Bool { self != .firstConvolution && self != .secondConvolution }

  /// Whether every layer computes it.
  var isPerLayer: Bool {
    switch self {
    case .firstConvolution, .secondConvolution, .embeddings, .finalNorm, .logits: false
    case .attentionNorm, .queryKeyValue, .attention, .attentionResidual, .crossNorm, .crossQuery,
      .crossAttention, .crossResidual, .ffnNorm, .ffnHidden, .layerOutput:
      true
    }
  }
}
