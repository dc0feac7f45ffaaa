package import Kernels

/// One conversation: the keys and values of its tokens, and the memory of a forward pass.
///
/// A session may be used by one thread at a time. After the first tokens nothing is allocated.
package final class LlamaSession {
  /// The tokens of a call whose logits are computed.
  package enum LogitRows: Sendable {
    /// None: the tokens are only added to the cache.
    case none
    /// The last token.
    case last
    /// All tokens; a call then has at most `batchTokenCount` of them.
    case all
  }

  package let model: LlamaModel
  /// The largest number of tokens that the session can hold.
  package let contextTokenCount: Int
  /// The largest number of tokens that are computed together.
  package let batchTokenCount: Int
  /// Tokens in the cache.
  package private(set) var tokenCount = 0

  let cache: KVCache
  private var state: LlamaState

  /// An empty session.
  ///
  /// - Parameters:
  ///   - model: its weights.
  ///   - contextTokenCount: the largest number of tokens that it can hold.
  ///   - cacheType: how keys and values are stored.
  ///   - batchTokenCount: the largest number of tokens that are computed together; it affects speed
  ///     and memory, not results.
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
      windowRopeFrequencies: model.windowRopeFrequencies, capacity: capacity)
  }

  /// Appends tokens and computes the logits that ``withLogits(row:_:)`` returns.
  ///
  /// - Parameters:
  ///   - tokens: ids, at least one.
  ///   - logits: the tokens whose logits are computed.
  ///   - tap: receives the activations of every batch, in order.
  /// - Throws: `ModelError.emptySequence`, `.contextFull`, `.tokenOutsideVocabulary`, or
  ///   `.tooManyTokens` for `.all` with more than a batch; the session is then unchanged.
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

  /// Appends an array of tokens; see ``evaluate(_:logits:tap:)-(Span<Int32>,_,_)``.
  package func evaluate(
    _ tokens: [Int32], logits: LogitRows = .last, tap: Tap? = nil
  ) throws(ModelError) {
    try evaluate(tokens.span, logits: logits, tap: tap)
  }

  /// The number of rows of logits that the last call computed: 0, 1, or one for each token.
  package var logitRowCount: Int { state.logits.rows }

  /// Calls `body` with the logits of one row, `[vocab]`.
  package func withLogits<R>(row: Int = 0, _ body: (Span<Float>) throws -> R) rethrows -> R {
    try state.logits.withRow(row, body)
  }

  /// Removes all tokens from `tokenCount` on: to continue from a shared prefix, or to drop rejected
  /// speculative tokens.
  ///
  /// - Precondition: the session has at least `tokenCount` tokens.
  package func rewind(to tokenCount: Int) {
    precondition(tokenCount >= 0 && tokenCount <= self.tokenCount, "rewinding forwards")
    self.tokenCount = tokenCount
  }

  /// Sets the number of tokens after ``readState(from:range:)`` has filled the cache.
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
    try checkVocabulary(tokens, index: 0, vocab: model.config.vocab)
  }
}
