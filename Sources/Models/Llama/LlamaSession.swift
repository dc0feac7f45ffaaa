package import Kernels

/// One conversation: the keys and values of its tokens, and the memory that a forward pass needs.
///
/// It is used from one thread at a time. After the first tokens nothing is allocated.
package final class LlamaSession {
  /// For which tokens of a call logits are computed.
  package enum LogitRows: Sendable {
    /// For none: the tokens only enter the cache.
    case none
    /// For the last.
    case last
    /// For all, of at most `batchTokenCount` tokens a call.
    case all
  }

  package let model: LlamaModel
  /// Tokens that the session can hold.
  package let contextTokenCount: Int
  /// Tokens that are computed together at most.
  package let batchTokenCount: Int
  /// Tokens in the cache.
  package private(set) var tokenCount = 0

  let cache: KVCache
  private var state: LlamaState

  /// An empty session.
  ///
  /// - Parameters:
  ///   - model: its weights.
  ///   - contextTokenCount: tokens that it can hold.
  ///   - cacheType: how keys and values are stored.
  ///   - batchTokenCount: tokens that are computed together at most; it changes speed and
  ///     memory, never a result.
  ///   - availableByteCount: memory that may be used; the system's own figure when nil.
  /// - Throws: `ModelError.invalid` for counts out of range, `.notEnoughMemory`.
  package init(
    model: LlamaModel, contextTokenCount: Int, cacheType: KVCacheType = .f16,
    batchTokenCount: Int = 512, availableByteCount: Int? = nil
  ) throws(ModelError) {
    let config = model.config
    guard contextTokenCount >= 1, contextTokenCount < 1 << 22 else {
      throw .invalid(
        entry: "context of the session",
        reason: "\(contextTokenCount) tokens are not between 1 and \(1 << 22 - 1)",
        source: model.source)
    }
    guard batchTokenCount >= 1, batchTokenCount <= 1 << 16 else {
      throw .invalid(
        entry: "batch of the session",
        reason: "\(batchTokenCount) tokens are not between 1 and \(1 << 16)", source: model.source)
    }
    let capacity = min(batchTokenCount, contextTokenCount)
    let need = MemoryNeed(
      weights: 0, config, contextTokenCount: contextTokenCount, cacheType: cacheType,
      batchTokenCount: capacity)
    try need.check(available: availableByteCount, source: model.source)
    guard
      let cache = KVCache(
        layers: config.layers, heads: config.keyValueHeads, headDim: config.headDim,
        capacity: contextTokenCount, type: cacheType)
    else {
      throw .notEnoughMemory(
        source: model.source, needed: need.byteCount, available: 0,
        parts: "the system refuses \(need.cacheByteCount) bytes for keys and values")
    }
    self.model = model
    self.contextTokenCount = contextTokenCount
    self.batchTokenCount = capacity
    self.cache = cache
    state = LlamaState(
      config: config,
      ropeFrequencies: model.ropeFrequencies(contextTokenCount: contextTokenCount),
      capacity: capacity)
  }

  /// Appends tokens; their logits then wait in ``withLogits(row:_:)``.
  ///
  /// - Parameters:
  ///   - tokens: ids, at least one.
  ///   - logits: for which of them logits are computed.
  ///   - tap: receives the activations of every batch, in order.
  /// - Throws: `ModelError.emptySequence`, `.contextFull`, `.tokenOutsideVocabulary`, or
  ///   `.tooManyTokens` for `.all` of more than a batch; then nothing has changed.
  package func evaluate(
    _ tokens: Span<Int32>, logits: LogitRows = .last, tap: Tap? = nil
  ) throws(ModelError) {
    try check(tokens, logits)
    var start = 0
    while start < tokens.count {
      let end = min(tokens.count, start + batchTokenCount)
      let rows =
        switch logits {
        case .none: 0
        case .last: end == tokens.count ? 1 : 0
        case .all: end - start
        }
      model.forward(
        tokens.extracting(start..<end), firstPosition: tokenCount, logitRows: rows, state: &state,
        cache: cache, tap: tap)
      tokenCount += end - start
      start = end
    }
    if case .none = logits { state.logits.rows = 0 }
  }

  /// As ``evaluate(_:logits:tap:)-(Span<Int32>,_,_)``.
  package func evaluate(
    _ tokens: [Int32], logits: LogitRows = .last, tap: Tap? = nil
  ) throws(ModelError) {
    try evaluate(tokens.span, logits: logits, tap: tap)
  }

  /// Rows of logits that the last call left: 0, 1, or one a token.
  package var logitRowCount: Int { state.logits.rows }

  /// Gives `body` the logits of one row, `[vocab]`.
  package func withLogits<R>(row: Int = 0, _ body: (Span<Float>) throws -> R) rethrows -> R {
    try state.logits.withRow(row, body)
  }

  /// Forgets all tokens from `tokenCount` on: to begin again from a shared prefix, or to take back
  /// what was speculated.
  ///
  /// - Precondition: there are as many.
  package func rewind(to tokenCount: Int) {
    precondition(tokenCount >= 0 && tokenCount <= self.tokenCount, "rewinding forwards")
    self.tokenCount = tokenCount
  }

  /// For ``readState(from:)``, which has filled the cache.
  func advance(to tokenCount: Int) { self.tokenCount = tokenCount }

  private func check(_ tokens: Span<Int32>, _ logits: LogitRows) throws(ModelError) {
    if tokens.isEmpty { throw .emptySequence(index: 0) }
    if tokens.count > contextTokenCount - tokenCount {
      throw .contextFull(
        tokenCount: tokenCount, adding: tokens.count, limit: contextTokenCount)
    }
    if case .all = logits, tokens.count > batchTokenCount {
      throw .tooManyTokens(sequence: 0, count: tokens.count, limit: batchTokenCount)
    }
    let vocab = model.config.vocab
    for position in 0..<tokens.count where tokens[position] < 0 || Int(tokens[position]) >= vocab {
      throw .tokenOutsideVocabulary(
        id: tokens[position], sequence: 0, position: position, vocabularyCount: vocab)
    }
  }
}
