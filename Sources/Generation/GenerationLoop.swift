internal import Bytes
internal import Foundation
internal import Models

/// One generation: a prompt's ids in, text out.
///
/// **Speculation.** After each token, `PromptLookup` may propose what comes next. Token and proposal are
/// evaluated in one go, which gives a row of logits after each of them. The rows are sampled in order;
/// as long as the sampled token is the proposed one, the next row is the right one and costs no
/// evaluation. At the first difference the sampled token stands, the session goes back to it, and the
/// rest is forgotten. A row after a right prefix is bit for bit the row of an evaluation one by one,
/// and the sampler, the penalties and the grammar move only with tokens that stand. So the output is
/// the same with any proposals, or with none.
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

  /// The tokens that were evaluated behind the newest one, and the row that decides the next token.
  private var draft: [Int32] = []
  private var row = 0
  /// The newest token and its draft, as they are evaluated.
  private var batch: [Int32] = []
  private var draftLength = DraftLength()
  private var stats = GenerationStats()
  private let start = ContinuousClock.now
  private var firstTokenTime: ContinuousClock.Instant?

  /// A prompt is read in pieces of this many tokens, between which the caller can stop it; enough for
  /// the kernels' full speed.
  static let prefillTokenCount = 512

  /// Bytes of text that are reserved for a token: English has four, and longer text only means that
  /// the buffer grows.
  private static let tokenByteCount = 6

  /// - Parameters:
  ///   - prompt: at least one id.
  ///   - cache: the session; what it holds is reused as far as the prompt begins like it.
  ///   - options: how tokens are chosen and where the text ends.
  ///   - endOfGeneration: ids that end the output.
  ///   - decoder: ids to text, at its start.
  ///   - constraint: what the output must be, at its start.
  ///   - emit: told of each token and piece of text.
  ///   - shouldStop: asked before each evaluation.
  /// - Throws: `GenerationError` when the prompt does not fit or an option means nothing.
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

  /// Gives every buffer its size, so that a token allocates nothing.
  private mutating func reserve(_ room: Int) {
    let tokenCount = min(options.maxTokenCount ?? room, room) + 1
    tokens.reserveCapacity(tokenCount)
    history.reserveCapacity(promptTokenCount + tokenCount)
    text.reserveCapacity(tokenCount * Self.tokenByteCount)
    draft.reserveCapacity(PromptLookup.maximumTokenCount)
    batch.reserveCapacity(PromptLookup.maximumTokenCount + 1)
  }

  /// Runs to the end.
  ///
  /// - Throws: `GenerationError` when the model or the sampler fails; text that was emitted stands.
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

  /// Evaluates what the cache lacks of the prompt.
  ///
  /// - Returns: whether the caller stopped it.
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

  /// Adds a token to the output.
  ///
  /// - Returns: whether it ends the text.
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

  /// Makes `row` the one after the newest token: it is there already when the token was drafted.
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

  /// Drafts what may follow, no more than can still be of use.
  private mutating func propose() {
    draft.removeAll(keepingCapacity: true)
    guard options.usesSpeculation else { return }
    let room = cache.session.contextTokenCount - history.count
    let wanted = options.maxTokenCount.map { $0 - tokens.count - 1 } ?? .max
    let limit = min(draftLength.next(), room, wanted)
    if limit > 0 { PromptLookup.draft(after: history, limit: limit, into: &draft) }
  }

  private mutating func give(_ piece: String) {
    guard !piece.isEmpty else { return }
    text += piece
    emit(.text(piece))
  }

  private mutating func finish(_ reason: FinishReason) -> GenerationResult {
    if stops.matched == nil {
      give(stops.append(decoder.finish()))
      if stops.matched == nil { give(stops.finish()) }
    }
    // What was drafted but not said is no part of the conversation.
    cache.rewind(to: cache.sharedTokenCount(with: history))
    stats.generatedTokenCount = tokens.count
    stats.generateSeconds = firstTokenTime.map(Self.seconds(since:)) ?? 0
    stats.peakResidentByteCount = ProcFile.peakResidentByteCount
    return GenerationResult(
      text: text, tokens: tokens, finish: reason, stop: stops.matched,
      isIncomplete: constraint.map { !$0.isSatisfied } ?? false, stats: stats)
  }

  private static func seconds(since start: ContinuousClock.Instant) -> Double {
    let elapsed = ContinuousClock.now - start
    return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
  }
}
