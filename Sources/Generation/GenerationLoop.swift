internal import Bytes
internal import Foundation
internal import Models

/// One generation, from the ids of a prompt to text.
///
/// **Speculative decoding.** After each token, `PromptLookup` may draft the next tokens. Token and draft
/// are evaluated in one batch, which yields a row of logits after each of them. The rows are sampled
/// in order; while the sampled token equals the drafted one, the next row is valid and needs no
/// evaluation. At the first difference the sampled token is kept, the session rewinds to it, and the
/// rest of the draft is discarded. A row after an accepted prefix has the same bits as in an
/// evaluation token by token, and the sampler, the penalties and the grammar advance only with
/// accepted tokens. The output is therefore the same with any draft, or with none.
package struct GenerationLoop {
  private let cache: CachedSession
  private let options: GenerationOptions
  private let endOfGeneration: Set<Int32>
  private let constraint: (any TokenConstraint)?
  private let emit: (GenerationEvent) -> Void
  private let shouldStop: () -> Bool

  private var sampler: Sampler
  private var decoder: any TokenDecoding
  private var stops: StopMatcher
  /// The prompt and the output.
  private var history: [Int32]
  private let promptTokenCount: Int
  private var tokens: [GeneratedToken] = []
  private var text = ""

  /// The drafted tokens that were evaluated after the newest token.
  private var draft: [Int32] = []
  /// The row of logits from which the next token is sampled.
  private var row = 0
  /// The newest token and its draft, in one buffer for evaluation.
  private var batch: [Int32] = []
  private var draftLength = DraftLength()
  private var stats = GenerationStats()
  private let start = ContinuousClock.now
  private var firstTokenTime: ContinuousClock.Instant?

  /// Tokens of a prompt per evaluation, between which the caller can cancel; enough for the kernels'
  /// full speed.
  static let prefillTokenCount = 512

  /// Bytes of text that are reserved per token; English needs four, longer text makes the buffer grow.
  private static let tokenByteCount = 6

  /// Prepares a generation; nothing is evaluated yet.
  ///
  /// - Parameters:
  ///   - prompt: at least one id.
  ///   - cache: the session, whose common prefix with the prompt is reused.
  ///   - options: sampling, length and stop strings.
  ///   - endOfGeneration: ids that end the output.
  ///   - decoder: decodes ids to text, in its initial state.
  ///   - constraint: the form of the output, in its initial state.
  ///   - emit: called for each token and each piece of text.
  ///   - shouldStop: called before each evaluation; true cancels the generation.
  /// - Throws: `GenerationError` when the prompt does not fit or an option is invalid.
  package init(
    prompt: [Int32], cache: CachedSession, options: GenerationOptions,
    endOfGeneration: Set<Int32>, decoder: any TokenDecoding,
    constraint: (any TokenConstraint)? = nil, emit: @escaping (GenerationEvent) -> Void = { _ in },
    shouldStop: @escaping () -> Bool = { false }
  ) throws(GenerationError) {
    let contextTokenCount = cache.session.contextTokenCount
    guard !prompt.isEmpty else { throw .emptyPrompt }
    guard prompt.count < contextTokenCount else {
      throw .promptTooLong(tokenCount: prompt.count, contextTokenCount: contextTokenCount)
    }
    guard !options.stops.contains("") else { throw .emptyStop }
    do throws(SamplerError) {
      sampler = try Sampler(
        options: options.sampler, vocabularyCount: cache.session.vocabularyCount)
    } catch { throw .sampler(error) }
    sampler.observe(prompt: prompt)
    self.cache = cache
    self.options = options
    self.endOfGeneration = endOfGeneration
    self.decoder = decoder
    self.constraint = constraint
    self.emit = emit
    self.shouldStop = shouldStop
    stops = StopMatcher(options.stops)
    history = prompt
    promptTokenCount = prompt.count
    stats.promptTokenCount = prompt.count
    reserve(contextTokenCount - prompt.count)
  }

  /// Reserves all buffers, so that generating a token does not allocate.
  private mutating func reserve(_ room: Int) {
    let tokenCount = min(options.maxTokenCount ?? room, room) + 1
    tokens.reserveCapacity(tokenCount)
    history.reserveCapacity(promptTokenCount + tokenCount)
    text.reserveCapacity(tokenCount * Self.tokenByteCount)
    draft.reserveCapacity(PromptLookup.maximumTokenCount)
    batch.reserveCapacity(PromptLookup.maximumTokenCount + 1)
  }

  /// Runs the generation to its end.
  ///
  /// - Returns: the text, the tokens and the reason for the end.
  /// - Throws: `GenerationError` when the model or the sampler fails; emitted text remains valid.
  package mutating func run() throws(GenerationError) -> GenerationResult {
    if try readPrompt() { return finish(.cancelled) }
    while true {
      if options.maxTokenCount.map({ tokens.count >= $0 }) ?? false { return finish(.length) }
      let token = try sample()
      if take(token) { return finish(.stop) }
      if shouldStop() { return finish(.cancelled) }
      if options.maxTokenCount.map({ tokens.count >= $0 }) ?? false { return finish(.length) }
      guard history.count <= cache.session.contextTokenCount else { return finish(.contextFull) }
      try advance(past: token.id)
    }
  }

  /// Evaluates the tokens of the prompt that are not cached.
  ///
  /// - Returns: whether the caller cancelled.
  private mutating func readPrompt() throws(GenerationError) -> Bool {
    var position = cache.reuse(for: history)
    stats.cachedTokenCount = position
    emit(.prefill(tokenCount: position, total: promptTokenCount))
    while position < promptTokenCount {
      if shouldStop() { return true }
      let end = min(position + Self.prefillTokenCount, promptTokenCount)
      try cache.evaluate(
        history[position..<end], logits: end == promptTokenCount ? .last : .none)
      position = end
      emit(.prefill(tokenCount: position, total: promptTokenCount))
    }
    stats.promptSeconds = Self.seconds(since: start)
    return false
  }

  /// Samples the next token from the current row of logits.
  private mutating func sample() throws(GenerationError) -> GeneratedToken {
    let sampled: Result<GeneratedToken, SamplerError> = cache.session.withLogits(row: row) {
      logits in
      do throws(SamplerError) {
        return .success(try sampler.sample(logits, constraint: constraint))
      } catch { return .failure(error) }
    }
    switch sampled {
    case .success(let token): return token
    case .failure(let error): throw .sampler(error)
    }
  }

  /// Appends a token to the output.
  ///
  /// - Returns: whether the token ends the text.
  private mutating func take(_ token: GeneratedToken) -> Bool {
    if tokens.isEmpty {
      firstTokenTime = .now
      stats.secondsToFirstToken = Self.seconds(since: start)
    }
    tokens.append(token)
    history.append(token.id)
    emit(.token(token))
    if endOfGeneration.contains(token.id) { return true }
    sampler.accept(token.id)
    constraint?.accept(token.id)
    give(stops.append(decoder.append(token.id)))
    return stops.matched != nil || (constraint?.isComplete ?? false)
  }

  /// Moves `row` to the logits after the newest token.
  ///
  /// They exist if the token was drafted; else the token is evaluated, with a new draft.
  private mutating func advance(past id: Int32) throws(GenerationError) {
    if row < draft.count, draft[row] == id {
      row += 1
      stats.acceptedTokenCount += 1
      return
    }
    if !draft.isEmpty { draftLength.record(drafted: draft.count, accepted: row) }
    cache.rewind(to: history.count - 1)
    propose()
    row = 0
    if draft.isEmpty { return try cache.evaluate(history[(history.count - 1)...], logits: .last) }
    stats.draftedTokenCount += draft.count
    batch.removeAll(keepingCapacity: true)
    batch.append(id)
    batch.append(contentsOf: draft)
    try cache.evaluate(batch[...], logits: .all)
  }

  /// Drafts the next tokens, at most as many as the context and the limit of the output leave.
  private mutating func propose() {
    draft.removeAll(keepingCapacity: true)
    guard options.usesSpeculation else { return }
    let room = cache.session.contextTokenCount - history.count
    let wanted = options.maxTokenCount.map { $0 - tokens.count - 1 } ?? .max
    let limit = min(draftLength.next(), room, wanted)
    if limit > 0 { PromptLookup.draft(after: history, limit: limit, into: &draft) }
  }

  /// Appends text to the output and emits it.
  private mutating func give(_ piece: String) {
    guard !piece.isEmpty else { return }
    text += piece
    emit(.text(piece))
  }

  /// Flushes the decoder and the stop matcher and builds the result.
  private mutating func finish(_ reason: FinishReason) -> GenerationResult {
    if stops.matched == nil {
      give(stops.append(decoder.finish()))
      if stops.matched == nil { give(stops.finish()) }
    }
    // Drafted tokens that were not accepted do not belong to the conversation.
    cache.rewind(to: cache.sharedTokenCount(with: history))
    stats.generatedTokenCount = tokens.count
    stats.generateSeconds = firstTokenTime.map(Self.seconds(since:)) ?? 0
    stats.peakResidentByteCount = ProcFile.peakResidentByteCount
    return GenerationResult(
      text: text, tokens: tokens, finish: reason, stop: stops.matched,
      isIncomplete: constraint.map { !$0.isSatisfied } ?? false, stats: stats)
  }

  private static func seconds(since start: ContinuousClock.Instant) -> Double {
    (ContinuousClock.now - start).inSeconds
  }
}
