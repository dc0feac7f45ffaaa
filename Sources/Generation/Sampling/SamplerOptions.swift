/// The options of sampling a token from logits.
///
/// The order of the stages and the defaults are llama.cpp's:
///
/// | Stage | Field | Off at |
/// |---|---|---|
/// | grammar | `TokenConstraint` | nil |
/// | bias | `logitBias` | empty |
/// | penalties | `repeatPenalty`, `frequencyPenalty`, `presencePenalty` | 1, 0, 0 |
/// | top-k | `topK` | 0 |
/// | typical | `typicalP` | 1 |
/// | top-p | `topP` | 1 |
/// | min-p | `minP` | 0 |
/// | temperature | `temperature` | 1 |
///
/// llama.cpp has three more stages, DRY (after the penalties), top-nσ (before top-k) and XTC (before
/// the temperature), which are off by default there and not implemented here.
///
/// - Source: order and defaults of `common_params_sampling` in llama.cpp's `common/common.h`.
package struct SamplerOptions: Sendable, Equatable {
  /// Divides the logits before the draw; 0 selects the largest logit, of equal ones the lowest id.
  package var temperature: Double
  /// Keeps the k largest logits; 0 keeps all.
  package var topK: Int
  /// Keeps the smallest set of most probable tokens whose probabilities reach p.
  package var topP: Double
  /// Keeps the tokens that are at least p times as probable as the most probable one.
  package var minP: Double
  /// Keeps the tokens whose information is nearest to the entropy, up to probability p.
  package var typicalP: Double
  /// Divides positive and multiplies negative logits of recent tokens.
  package var repeatPenalty: Double
  /// Subtracted once from the logit of each recent token.
  package var presencePenalty: Double
  /// Subtracted from the logit of a recent token once per occurrence.
  package var frequencyPenalty: Double
  /// Number of last tokens, including the prompt's, that the penalties apply to.
  package var penaltyTokenCount: Int
  /// Added to the logits of single ids; -infinity excludes a token.
  package var logitBias: [Int32: Float]
  /// Seed of the draws, each of which is a function of the seed and the token's index.
  package var seed: UInt64
  /// Number of most probable tokens to report with the log-probability of each token; nil reports no
  /// log-probabilities.
  package var logprobCount: Int?

  package init(
    temperature: Double = 0.8, topK: Int = 40, topP: Double = 0.95, minP: Double = 0.05,
    typicalP: Double = 1, repeatPenalty: Double = 1, presencePenalty: Double = 0,
    frequencyPenalty: Double = 0, penaltyTokenCount: Int = 64, logitBias: [Int32: Float] = [:],
    seed: UInt64 = 0, logprobCount: Int? = nil
  ) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
    self.typicalP = typicalP
    self.repeatPenalty = repeatPenalty
    self.presencePenalty = presencePenalty
    self.frequencyPenalty = frequencyPenalty
    self.penaltyTokenCount = penaltyTokenCount
    self.logitBias = logitBias
    self.seed = seed
    self.logprobCount = logprobCount
  }

  /// Greedy sampling: always the most probable token.
  package static var greedy: SamplerOptions { SamplerOptions(temperature: 0) }

  /// Whether any penalty is on.
  var hasPenalties: Bool {
    penaltyTokenCount > 0
      && (repeatPenalty != 1 || presencePenalty != 0 || frequencyPenalty != 0)
  }

  /// Checks all values.
  ///
  /// - Parameter vocabularyCount: number of token ids that a bias may refer to.
  /// - Throws: `SamplerError.invalidOption`.
  package func validate(vocabularyCount: Int) throws(SamplerError) {
    try Self.check("temperature", temperature, "0 or more") { $0 >= 0 }
    for (name, value) in [("top-p", topP), ("min-p", minP), ("typical", typicalP)] {
      try Self.check(name, value, "a number from 0 to 1") { (0...1).contains($0) }
    }
    // Logits are Float32, so factors and summands must be representable.
    try Self.check("repeat-penalty", repeatPenalty, "a number from 1e-30 to 1e30") {
      (1e-30...1e30).contains($0)
    }
    for (name, value) in [
      ("presence-penalty", presencePenalty), ("frequency-penalty", frequencyPenalty),
    ] {
      try Self.check(name, value, "a number from -1e30 to 1e30") { abs($0) <= 1e30 }
    }
    for (name, value) in [
      ("top-k", topK), ("repeat-last-n", penaltyTokenCount), ("logprobs", logprobCount ?? 0),
    ] where value < 0 {
      throw .invalidOption(name: name, value: "\(value)", expectation: "0 or more")
    }
    for (id, bias) in logitBias.sorted(by: { $0.key < $1.key }) {
      if id < 0 || Int(id) >= vocabularyCount {
        throw .invalidOption(
          name: "logit-bias", value: "for token \(id)",
          expectation: "an id below \(vocabularyCount)")
      }
      if bias.isNaN || bias == .infinity {
        throw .invalidOption(
          name: "logit-bias", value: "\(bias) for token \(id)",
          expectation: "a finite number or -infinity")
      }
    }
  }

  private static func check(
    _ name: String, _ value: Double, _ expectation: String, _ holds: (Double) -> Bool
  ) throws(SamplerError) {
    guard value.isFinite, holds(value) else {
      throw .invalidOption(name: name, value: "\(value)", expectation: expectation)
    }
  }
}
