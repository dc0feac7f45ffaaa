internal import Kernels

/// The memory of one window of sound, or of several, and of the texts that are tried for them.
///
/// `encode` computes the encoder's output and what the decoder reads of it; `start` gives the
/// decoder a prompt, with which one or several hypotheses begin; `step` appends one token to each.
/// Hypotheses of several windows go through the decoder's products together. It belongs to one caller at a time.
package final class WhisperSession {
  package let model: WhisperModel
  /// Tokens of each hypothesis in the caches.
  package private(set) var positionCount = 0

  private var encoder: WhisperEncoderState
  private var decoder: WhisperDecoderState
  private var caches: WhisperCaches
  private var hasWindow: [Bool]
  /// The text in each slot of the tokens' cache.
  private var texts: [SlotText]

  /// The text in a slot.
  ///
  /// Keys and values depend on the window and on the tokens so far, so those of two slots are equal
  /// as far as their texts are.
  private struct SlotText {
    var window = 0
    var tokens: [Int32] = []

    /// The first position at which the caches may differ.
    func sharedCount(_ other: SlotText) -> Int {
      if window != other.window { return 0 }
      return zip(tokens, other.tokens).prefix { $0 == $1 }.count
    }
  }

  /// Memory for `hypothesisLimit` hypotheses.
  ///
  /// - Parameters:
  ///   - model: what computes.
  ///   - hypothesisLimit: of all windows together, at least 1.
  ///   - windowLimit: windows, at least 1.
  /// - Throws: `ModelError.notEnoughMemory` where the system refuses the caches.
  package init(
    _ model: WhisperModel, hypothesisLimit: Int = 1, windowLimit: Int = 1
  ) throws(ModelError) {
    self.model = model
    let config = model.config
    let decoder = config.decoder
    func cache(layers: Int, capacity: Int, _ name: String) throws(ModelError) -> KVCache {
      let (heads, headDim) = (decoder.heads, decoder.embed / decoder.heads)
      let type = model.weights.cacheType
      if let cache = KVCache(
        layers: layers, heads: heads, headDim: headDim, capacity: capacity, type: type)
      {
        return cache
      }
      throw .notEnoughMemory(
        source: model.weightPaths.first ?? "model",
        needed: KVCache.byteCount(
          layers: layers, heads: heads, headDim: headDim, capacity: capacity, type: type) ?? .max,
        available: 0, parts: "keys and values of the \(name)")
    }
    caches = WhisperCaches(
      cross: try cache(
        layers: decoder.layers * max(1, windowLimit), capacity: config.encoder.context, "sound"),
      own: try cache(
        layers: decoder.layers * max(1, hypothesisLimit), capacity: decoder.context, "text"),
      slots: [0], windows: [0], layers: decoder.layers)
    hasWindow = [Bool](repeating: false, count: max(1, windowLimit))
    texts = [SlotText](repeating: SlotText(), count: max(1, hypothesisLimit))
    encoder = WhisperEncoderState(config: config)
    self.decoder = WhisperDecoderState(
      config: config, hypothesisLimit: max(1, hypothesisLimit))
  }

  /// The most hypotheses.
  package var hypothesisLimit: Int { caches.own.layers / caches.layers }

  /// Takes a window of sound.
  ///
  /// - Parameters:
  ///   - mel: `[frames, mels]`, row-major, `config.frameCount` frames: 30 seconds.
  ///   - window: the number of the window, below the limit.
  ///   - tap: receives the encoder's activations.
  /// - Throws: `ModelError.invalid` for another number of values.
  package func encode(
    _ mel: [Float], window: Int = 0, tap: Tap? = nil
  ) throws(ModelError) {
    precondition(hasWindow.indices.contains(window), "more windows than there is room")
    try computeHiddenStates(mel, tap: tap)
    computeSoundKeysAndValues(window: window)
  }

  /// The first part of ``encode(_:window:tap:)``: the encoder alone, to be timed.
  ///
  /// - Parameters:
  ///   - mel: as for `encode`.
  ///   - tap: receives the encoder's activations.
  /// - Throws: `ModelError.invalid` for another number of values.
  package func computeHiddenStates(_ mel: [Float], tap: Tap? = nil) throws(ModelError) {
    let config = model.config
    guard mel.count == config.frameCount * config.melCount else {
      throw .invalid(
        entry: "window of sound",
        reason: "\(mel.count) numbers; the model takes \(config.frameCount) frames of "
          + "\(config.melCount)", source: "input")
    }
    encoder.mel.withMutableElements { for index in $0.indices { $0[index] = mel[index] } }
    model.encode(state: &encoder, tap: tap)
  }

  /// The second part of ``encode(_:window:tap:)``: what the layers of the decoder read of the encoder's
  /// last output, written to the window's cache.
  ///
  /// - Parameter window: the number of the window, below the limit.
  package func computeSoundKeysAndValues(window: Int = 0) {
    precondition(hasWindow.indices.contains(window), "more windows than there is room")
    model.appendKeysAndValues(of: &encoder, to: caches.cross, window: window)
    (hasWindow[window], positionCount) = (true, 0)
  }

  /// The encoder's output for the last window, row-major `[context, embed]`.
  package var encoded: [Float] { encoder.norm.array() }

  /// Begins hypotheses with the same tokens.
  ///
  /// - Parameters:
  ///   - tokens: the prompt.
  ///   - hypotheses: how many begin with it in each window, at most `hypothesisLimit` in all.
  ///   - windows: the windows; a window's hypotheses follow each other.
  ///   - logitRows: the number of last tokens whose logits are computed, at least 1.
  ///   - tap: receives the decoder's activations.
  ///   - didStart: called for each window, while the logits are those of its prompt.
  /// - Throws: `ModelError.emptySequence`, `.contextFull` or `.tokenOutsideVocabulary`.
  /// - Precondition: the windows were encoded.
  package func start(
    _ tokens: [Int32], hypotheses: Int = 1, windows: Range<Int> = 0..<1, logitRows: Int = 1,
    tap: Tap? = nil, didStart: (Int) -> Void = { _ in }
  ) throws(ModelError) {
    precondition(
      !windows.isEmpty && windows.upperBound <= hasWindow.count
        && windows.allSatisfy { hasWindow[$0] }, "windows come first")
    precondition(
      (1...hypothesisLimit).contains(hypotheses * windows.count),
      "more hypotheses than there is room")
    if tokens.isEmpty { throw .emptySequence(index: 0) }
    positionCount = 0
    try check(tokens, adding: tokens.count)
    // A window's sound may be another than before.
    for slot in texts.indices { texts[slot] = SlotText() }
    for (index, window) in windows.enumerated() {
      let first = index * hypotheses
      (caches.slots, caches.windows) = ([first], [window])
      model.decode(
        tokens, firstPosition: 0, logitRows: min(max(1, logitRows), tokens.count),
        state: &decoder, caches: caches, tap: tap)
      positionCount = tokens.count
      texts[first] = SlotText(window: window, tokens: tokens)
      for slot in (first + 1)..<(first + max(1, hypotheses)) { copySlot(first, to: slot) }
      didStart(window)
    }
    caches.slots = Array(0..<(hypotheses * windows.count))
    caches.windows = windows.flatMap { [Int](repeating: $0, count: hypotheses) }
  }

  /// Appends one token to each hypothesis.
  ///
  /// - Parameters:
  ///   - tokens: one for each hypothesis after the step.
  ///   - sources: the hypothesis that each continues; nil where each continues itself.
  /// - Throws: `ModelError.contextFull` or `.tokenOutsideVocabulary`.
  /// - Precondition: `start` was called, and there are as many sources as tokens.
  package func step(_ tokens: [Int32], sources: [Int]? = nil) throws(ModelError) {
    precondition(positionCount > 0, "a prompt comes first")
    try check(tokens, adding: 1)
    if let sources { rearrange(sources) }
    precondition(tokens.count == caches.slots.count, "one token for each hypothesis")
    model.decode(
      tokens, firstPosition: positionCount, logitRows: tokens.count, state: &decoder,
      caches: caches, tap: nil)
    for (slot, token) in zip(caches.slots, tokens) { texts[slot].tokens.append(token) }
    positionCount += 1
  }

  /// Rows of logits of the last call.
  package var logitRowCount: Int { decoder.logits.rows }

  /// Row `row` of the logits of the last call, `[vocab]`: a prompt's last tokens, or a hypothesis.
  package func logits(_ row: Int) -> [Float] {
    decoder.logits.array(row: row)
  }

  /// The keys of the first hypothesis' window in a head of a layer of the decoder, `[positions, headDim]`, row-major.
  func soundKeys(layer: Int, head: Int, positions: Int) -> [Float] {
    caches.cross.keys(
      layer: caches.crossLayer(layer, of: 0), head: head, positions: positions)
  }

  // MARK: Slots

  /// Gives every hypothesis a slot with the cache of its source: the first that continues a source
  /// keeps its slot, the others get a copy.
  private func rearrange(_ sources: [Int]) {
    precondition((1...hypothesisLimit).contains(sources.count), "more hypotheses than room")
    var isTaken = [Bool](repeating: false, count: hypothesisLimit)
    var slots = [Int?](repeating: nil, count: sources.count)
    for (hypothesis, source) in sources.enumerated() where !isTaken[caches.slots[source]] {
      slots[hypothesis] = caches.slots[source]
      isTaken[caches.slots[source]] = true
    }
    for (hypothesis, source) in sources.enumerated() where slots[hypothesis] == nil {
      guard let free = isTaken.firstIndex(of: false) else {
        preconditionFailure("there are as many slots as hypotheses")
      }
      isTaken[free] = true
      slots[hypothesis] = free
      copySlot(caches.slots[source], to: free)
    }
    caches.slots = slots.compactMap(\.self)
    caches.windows = sources.map { caches.windows[$0] }
  }

  /// Copies what differs: two hypotheses often part at one of the last tokens.
  private func copySlot(_ source: Int, to target: Int) {
    let layers = caches.layers
    caches.own.copy(
      layers: (source * layers)..<((source + 1) * layers), to: target * layers,
      positions: texts[source].sharedCount(texts[target])..<positionCount)
    texts[target] = texts[source]
  }

  private func check(_ tokens: [Int32], adding: Int) throws(ModelError) {
    let config = model.config
    guard positionCount + adding <= config.decoder.context else {
      throw .contextFull(
        tokenCount: positionCount, adding: adding, limit: config.decoder.context)
    }
    try checkVocabulary(tokens.span, index: 0, vocab: config.vocab)
  }
}
