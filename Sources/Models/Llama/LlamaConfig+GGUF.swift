internal import Bytes
package import Checkpoints

extension LlamaConfig {
  /// The keys of a GGUF file of this family, after the architecture's name; gguf-py 0.19.0,
  /// `constants.Keys`.
  enum GGUFKey {
    static let layers = "block_count"
    static let embed = "embedding_length"
    static let heads = "attention.head_count"
    static let keyValueHeads = "attention.head_count_kv"
    static let keyLength = "attention.key_length"
    static let valueLength = "attention.value_length"
    static let ffn = "feed_forward_length"
    static let context = "context_length"
    static let epsilon = "attention.layer_norm_rms_epsilon"
    static let slidingWindow = "attention.sliding_window"
    static let globalInterval = "attention.sliding_window_pattern"
    static let attentionCap = "attn_logit_softcapping"
    static let logitCap = "final_logit_softcapping"
    static let causal = "attention.causal"
    static let experts = "expert_count"
    static let rotaryDim = "rope.dimension_count"
    static let ropeBase = "rope.freq_base"
    static let windowRopeBase = "rope.freq_base_swa"
    static let scalingType = "rope.scaling.type"
    static let scalingFactor = "rope.scaling.factor"
    static let scalingMagnitude = "rope.scaling.attn_factor"
    static let originalContext = "rope.scaling.original_context_length"
    /// The name of `rope.scaling.factor` in files of 2023.
    static let linearScale = "rope.scale_linear"
  }

  /// Reads the configuration of a GGUF file of the family.
  ///
  /// Keys that may be absent have llama.cpp's defaults.
  ///
  /// - Parameter checkpoint: the opened file.
  /// - Throws: `ModelError` naming the key that is missing, has another type, or cannot be used.
  package init(gguf checkpoint: Checkpoint) throws(ModelError) {
    let source = checkpoint.path
    let metadata = checkpoint.metadata
    let architecture = try Self.architecture(metadata, source: source)
    let name = LlamaTensors.tokenNames.appending(".weight")[.gguf][0]
    guard let tokens = checkpoint.tensor(named: name), tokens.shape.count == 2 else {
      throw .missing(
        entry: "tensor \(name)", expected: "a matrix [vocabulary, width]", source: source)
    }
    self = try mapCheckpointErrors(source) { () throws(CheckpointError) in
      try LlamaConfig(
        LlamaKeys(metadata, architecture), architecture: architecture, vocab: tokens.shape[0])
    }
    try checkSwitches(LlamaKeys(metadata, architecture), source: source)
    try validate(source: source)
  }

  private init(
    _ keys: LlamaKeys, architecture: Architecture, vocab: Int
  ) throws(CheckpointError) {
    let heads = try keys.required(GGUFKey.heads)
    let stated = try keys.number(GGUFKey.scalingFactor)
    let older = try keys.number(GGUFKey.linearScale)
    // As in llama.cpp: "none" overrules a factor, and without a type a factor is linear.
    let isScaled = try keys.string(GGUFKey.scalingType) != "none"
    let factor = isScaled ? stated ?? older ?? 0 : 0
    self.init(
      architecture: architecture, layers: try keys.required(GGUFKey.layers),
      embed: try keys.required(GGUFKey.embed), heads: heads,
      keyValueHeads: try keys.integer(GGUFKey.keyValueHeads),
      headDim: try keys.integer(GGUFKey.keyLength), ffn: try keys.required(GGUFKey.ffn),
      vocab: vocab, context: try keys.required(GGUFKey.context),
      epsilon: Float(try keys.requiredNumber(GGUFKey.epsilon)),
      rotaryDim: try keys.integer(GGUFKey.rotaryDim),
      ropeBase: Float(try keys.number(GGUFKey.ropeBase) ?? 10_000),
      // 0 means none, as in llama.cpp.
      ropeScale: factor == 0 ? 1 : Float(1 / factor),
      ropeMagnitude: Float(try keys.number(GGUFKey.scalingMagnitude) ?? 1),
      originalContext: try keys.integer(GGUFKey.originalContext),
      // 0 means none: what the converter writes for `null`.
      slidingWindow: try keys.integer(GGUFKey.slidingWindow).flatMap { $0 == 0 ? nil : $0 },
      globalInterval: try keys.integer(GGUFKey.globalInterval),
      windowRopeBase: try keys.number(GGUFKey.windowRopeBase).map { Float($0) })
  }

  private static func architecture(
    _ metadata: Metadata, source: String
  ) throws(ModelError) -> Architecture {
    let name = try mapCheckpointErrors(source) { () throws(CheckpointError) in
      try metadata.string(architectureKey)
    }
    guard let name, let architecture = Architecture(rawValue: name) else {
      throw .unsupported(
        entry: architectureKey, found: name ?? "absent", supported: Architecture.list,
        source: source)
    }
    return architecture
  }

  /// Refuses what a file of the family may say and this forward pass does not compute.
  private func checkSwitches(_ keys: LlamaKeys, source: String) throws(ModelError) {
    let (experts, causal, scaling, valueLength) = try mapCheckpointErrors(source) {
      () throws(CheckpointError) in
      (
        try keys.integer(GGUFKey.experts) ?? 0, try keys.bool(GGUFKey.causal) ?? true,
        try keys.string(GGUFKey.scalingType) ?? "none",
        try keys.integer(GGUFKey.valueLength) ?? headDim
      )
    }
    func refuse(_ key: String, _ found: String, _ supported: String) -> ModelError {
      .unsupported(
        entry: keys.name(key), found: found, supported: supported, source: source)
    }
    // Gemma 2's attention, and models that were derived from Gemma 3.
    for key in [GGUFKey.attentionCap, GGUFKey.logitCap] {
      let cap = try mapCheckpointErrors(source) { () throws(CheckpointError) in
        try keys.number(key) ?? 0
      }
      if cap != 0 { throw refuse(key, "\(cap)", "0 (no soft-capping)") }
    }
    if experts != 0 { throw refuse(GGUFKey.experts, "\(experts)", "0 (no mixture of experts)") }
    if !causal { throw refuse(GGUFKey.causal, "false", "true") }
    if !["none", "linear", "longrope"].contains(scaling) {
      throw refuse(GGUFKey.scalingType, scaling, "none, linear, longrope")
    }
    if valueLength != headDim {
      throw refuse(GGUFKey.valueLength, "\(valueLength)", "the key length, \(headDim)")
    }
    if embed % max(1, heads) != 0,
      try mapCheckpointErrors(
        source,
        { () throws(CheckpointError) in
          try keys.integer(GGUFKey.keyLength)
        }) == nil
    {
      throw .invalid(
        entry: keys.name(GGUFKey.heads),
        reason: "\(heads) does not divide the width \(embed)", source: source)
    }
  }
}

/// Look-ups of keys that begin with the architecture's name.
private struct LlamaKeys {
  let metadata: Metadata
  let architecture: LlamaConfig.Architecture

  init(_ metadata: Metadata, _ architecture: LlamaConfig.Architecture) {
    self.metadata = metadata
    self.architecture = architecture
  }

  func name(_ key: String) -> String { "\(architecture.rawValue).\(key)" }

  func integer(_ key: String) throws(CheckpointError) -> Int? { try metadata.integer(name(key)) }
  func number(_ key: String) throws(CheckpointError) -> Double? { try metadata.number(name(key)) }
  func bool(_ key: String) throws(CheckpointError) -> Bool? { try metadata.bool(name(key)) }
  func string(_ key: String) throws(CheckpointError) -> String? { try metadata.string(name(key)) }

  func required(_ key: String) throws(CheckpointError) -> Int {
    try metadata.requiredInteger(name(key))
  }
  func requiredNumber(_ key: String) throws(CheckpointError) -> Double {
    try metadata.required(name(key), number(key))
  }
}
