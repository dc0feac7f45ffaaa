/// A sampled token.
package struct SampledToken: Sendable, Equatable {
  package var id: Int32
  /// Log-probability in the model's own distribution; nil unless `SamplerOptions.logprobCount` is set.
  package var logprob: Double?
  /// The most probable tokens; empty unless `SamplerOptions.logprobCount` is positive.
  package var alternatives: [TokenLogprob]

  package init(id: Int32, logprob: Double? = nil, alternatives: [TokenLogprob] = []) {
    self.id = id
    self.logprob = logprob
    self.alternatives = alternatives
  }
}

/// Samples tokens from logits by the stages of ``SamplerOptions``.
///
/// A sample depends on the logits, the seed, the index of the token in the output, the recent tokens
/// and the state of the constraint. The last three change only in ``accept(_:)``, so a row of logits
/// can be sampled before it is known whether the token will be used.
///
/// After the first sample nothing is allocated, unless log-probabilities with alternatives are
/// requested.
package struct Sampler {
  /// The options, validated.
  package let options: SamplerOptions
  /// Number of accepted tokens, which is the index of the next one.
  package private(set) var tokenIndex = 0

  let vocabularyCount: Int
  private let random: CounterRandom
  /// Sorted by id: the order of a dictionary differs from run to run.
  private let bias: [(id: Int, value: Float)]
  private var recent: RecentTokens
  /// The model's logits.
  private var original: [Float] = []
  /// The logits after grammar, bias and penalties.
  var logits: [Float] = []
  /// The remaining tokens by logit.
  var candidates: RankedCandidates
  /// The remaining tokens by typicality; used only by that stage.
  var typicality: RankedCandidates
  /// For each rank, whether the typical stage keeps it.
  var isKept: [Bool]

  /// - Parameters:
  ///   - options: the stages.
  ///   - vocabularyCount: number of logits in a row.
  /// - Throws: `SamplerError.invalidOption`.
  package init(options: SamplerOptions, vocabularyCount: Int) throws(SamplerError) {
    try options.validate(vocabularyCount: vocabularyCount)
    self.options = options
    self.vocabularyCount = vocabularyCount
    random = CounterRandom(seed: options.seed)
    bias = options.logitBias.sorted { $0.key < $1.key }.map { (Int($0.key), $0.value) }
    recent = RecentTokens(
      limit: options.hasPenalties ? options.penaltyTokenCount : 0,
      vocabularyCount: vocabularyCount)
    original.reserveCapacity(vocabularyCount)
    logits.reserveCapacity(vocabularyCount)
    candidates = RankedCandidates(capacity: options.temperature == 0 ? 0 : vocabularyCount)
    typicality = RankedCandidates(capacity: options.typicalP < 1 ? vocabularyCount : 0)
    isKept = [Bool](repeating: false, count: options.typicalP < 1 ? vocabularyCount : 0)
  }

  /// Adds the tokens of the prompt to those that the penalties apply to.
  package mutating func observe(prompt tokens: some Sequence<Int32>) {
    for id in tokens { recent.append(id) }
  }

  /// Samples a token, without changing the state that later samples depend on.
  ///
  /// - Parameters:
  ///   - row: the logits, `vocabularyCount` numbers.
  ///   - constraint: restricts the tokens, for example to those of a grammar.
  /// - Returns: the token, with log-probabilities if the options request them.
  /// - Throws: `SamplerError.notFinite` or `.noCandidate`.
  /// - Complexity: O(vocabulary) for greedy sampling and with top-k; O(vocabulary log vocabulary) at
  ///   worst if neither top-k, top-p nor min-p removes the tail.
  package mutating func sample(
    _ row: Span<Float>, constraint: (any TokenConstraint)? = nil
  ) throws(SamplerError) -> SampledToken {
    try load(row)
    constraint?.restrict(&logits)
    for (id, value) in bias { logits[id] = Self.finite(logits[id] + value) }
    if options.hasPenalties { penalise() }
    let id: Int32
    if options.temperature == 0 {
      id = try greedy(isConstrained: constraint != nil)
    } else {
      try rankCandidates(isConstrained: constraint != nil)
      applyTypical()
      applyTopP()
      applyMinP()
      id = draw(random.uniform(UInt64(tokenIndex)))
    }
    guard let count = options.logprobCount else { return SampledToken(id: id) }
    let logprobs = Logprobs(original)
    return SampledToken(
      id: id, logprob: logprobs.logprob(original[Int(id)]),
      alternatives: count == 0 ? [] : logprobs.best(count, of: original))
  }

  /// Records that `id` was appended to the text.
  package mutating func accept(_ id: Int32) {
    recent.append(id)
    tokenIndex += 1
  }

  /// Copies a row of logits and checks it.
  private mutating func load(_ row: Span<Float>) throws(SamplerError) {
    precondition(row.count == vocabularyCount, "a row of logits has one number per id")
    original.removeAll(keepingCapacity: true)
    for id in row.indices {
      let logit = row[id]
      // False for NaN as well.
      guard logit < .infinity else {
        throw .notFinite(tokenID: Int32(id), value: logit, tokenIndex: tokenIndex)
      }
      original.append(logit)
    }
    logits.removeAll(keepingCapacity: true)
    logits.append(contentsOf: original)
  }

  /// The repetition, frequency and presence penalties.
  ///
  /// - Source: `llama_sampler_penalties_apply`, from CTRL (arXiv:1909.05858) and OpenAI's API.
  private mutating func penalise() {
    let factor = Float(options.repeatPenalty)
    let frequency = Float(options.frequencyPenalty)
    let presence = Float(options.presencePenalty)
    for id in 0..<vocabularyCount {
      let count = recent.count(of: id)
      guard count > 0 else { continue }
      // Dividing a negative logit would make the token likelier.
      let scaled = Self.finite(logits[id] > 0 ? logits[id] / factor : logits[id] * factor)
      logits[id] = Self.finite(scaled - (Float(count) * frequency + presence))
    }
  }

  /// Limits a logit to the largest finite number, which a bias or a penalty can exceed: the draw needs
  /// differences of logits, and infinity minus infinity is NaN.
  private static func finite(_ logit: Float) -> Float { min(logit, .greatestFiniteMagnitude) }

  /// The token with the largest logit, the lowest id of equal ones.
  private func greedy(isConstrained: Bool) throws(SamplerError) -> Int32 {
    var best = -1
    var maximum = -Float.infinity
    for id in 0..<vocabularyCount where logits[id] > maximum {
      (best, maximum) = (id, logits[id])
    }
    guard best >= 0 else {
      throw .noCandidate(tokenIndex: tokenIndex, isConstrained: isConstrained)
    }
    return Int32(best)
  }

  /// Ranks the tokens by logit and applies top-k.
  private mutating func rankCandidates(isConstrained: Bool) throws(SamplerError) {
    candidates.removeAll()
    for id in 0..<vocabularyCount where logits[id] > -.infinity {
      candidates.append(id: Int32(id), key: logits[id])
    }
    candidates.rank()
    guard candidates.count > 0 else {
      throw .noCandidate(tokenIndex: tokenIndex, isConstrained: isConstrained)
    }
    if options.topK > 0 { candidates.keep(first: options.topK) }
  }
}
