extension CLIPConfig {
  /// The specification of a CLIP, which `swiftrag inspect --spec` prints.
  package var specification: ModelSpecification {
    ModelSpecification(
      table: CLIPTensors(config: self), entries: entries,
      steps: steps(of: .vision) + steps(of: .text))
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
        entry("\(keys.name) ffn", tower.ffn, keys.ffn),
      ]
    }
    return tower(vision, GGUFKey.vision) + tower(text, GGUFKey.text) + [
      entry("imageSize", imageSize, GGUFKey.imageSize),
      entry("patchSize", patchSize, GGUFKey.patchSize),
      entry("vocab", vocab, "length of \(GGUFKey.tokens)"),
      entry("context", context, GGUFKey.context),
      entry("projection", projection, GGUFKey.projection),
      entry("activation", activation.rawValue, "\(GGUFKey.usesGELU), else quick_gelu"),
      entry("layerNormEpsilon", layerNormEpsilon, GGUFKey.epsilon),
      entry("preprocessing", preprocessing.rawValue, "\(GGUFKey.preprocessing), else openai"),
    ]
  }

  private func steps(of tower: CLIPTensors.TowerName) -> [ModelSpecification.Step] {
    CLIPActivation.allCases.filter { tower == .vision || !$0.isOfImages }.map {
      .init(
        name: "\(tower == .vision ? "image" : "text") \($0.rawValue)",
        equation: equation($0, of: tower), isPerLayer: $0.isPerLayer)
    }
  }

  /// The equation of an activation; x is the residual stream, `[tokens, embed]`.
  private func equation(_ activation: CLIPActivation, of name: CLIPTensors.TowerName) -> String {
    let isVision = name == .vision
    let tower = isVision ? vision : text
    return switch activation {
    case .patches: "p = W · pixels of each \(patchSize) × \(patchSize) patch"
    case .embeddings:
      isVision ? "x = [class_embd; p] + position_embd" : "x = token_embd[id] + position_embd"
    case .preNorm: "x = LayerNorm(x)"
    case .attentionNorm: "h = LayerNorm(x)"
    case .queryKeyValue: "(q, k, v) = h Wᵀ + b"
    case .attention:
      "a[i] = Σⱼ softmaxⱼ(q[i]·k[j] / √\(tower.embed / tower.heads)) v[j], "
        + (isVision ? "all j" : "j ≤ i")
    case .attentionResidual: "x = x + a Wₒᵀ + bₒ"
    case .ffnNorm: "h = LayerNorm(x)"
    case .ffnHidden:
      self.activation == .quickGELU
        ? "s = quickGELU(h Wᵀ + b), u σ(1.702 u)" : "s = GELU(h Wᵀ + b)"
    case .layerOutput: "x = x + s Wᵀ + b"
    case .pooled: isVision ? "z = LayerNorm(x[0])" : "z = LayerNorm(x[first largest id])"
    case .projected: "z = z Wᵀ"
    case .embedding: "e = z / ‖z‖₂"
    }
  }
}

extension CLIPActivation {
  /// Whether only the image tower computes it.
  var isOfImages: Bool { self == .patches || self == .preNorm }

  /// Whether every layer computes it.
  var isPerLayer: Bool {
    switch self {
    case .patches, .embeddings, .preNorm, .pooled, .projected, .embedding: false
    case .attentionNorm, .queryKeyValue, .attention, .attentionResidual, .ffnNorm, .ffnHidden,
      .layerOutput:
      true
    }
  }
}
