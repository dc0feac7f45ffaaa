/// How the next token is chosen from the logits.
///
/// The stages run in llama.cpp's order, and the defaults are llama.cpp's:
///
/// | Stage | Field | Leaves all as it is at |
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
/// the temperature). They are off there by default and are not offered here.
///
/// - Source: the order and defaults of `common_params_sampling` in llama.cpp's `common/common.h`.
package struct SamplerOptions: Sendable, Equatable {
  /// Divides the logits before the draw; 0 takes the largest logit, ties going to the lowest id.
  package var temperature: Double
  /// Only the k largest logits stay; 0 or more than the vocabulary keeps all.
  package var topK: Int
  /// The shortest run of most probable tokens whose probabilities reach p.
  package var topP: Double
  /// Tokens at least p times as probable as the most probable one.
  package var minP: Double
  /// The tokens nearest to the expected information, up to probability p.
  package var typicalP: Double
  /// Divides positive and multiplies negative logits of recent tokens.
  package var repeatPenalty: Double
  /// Subtracted once from the logit of each recent token.
  package var presencePenalty: Double
  /// Subtracted from the logit of a recent token for each time that it occurred.
  package var frequencyPenalty: Double
  /// How many of the last tokens, the prompt's included, the penalties look at.
  package var penaltyTokenCount: Int
  /// Added to the logits of single ids; -infinity bans one.
  package var logitBias: [Int32: Float]
  /// With the token's index, decides every draw.
  package var seed: UInt64
  /// The log-probability of each token is reported with this many of the most probable ones beside
  /// it; nil reports none.
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

  /// The most probable token every time.
  package static var greedy: SamplerOptions { SamplerOptions(temperature: 0) }

  /// Whether a penalty changes anything.
  var hasPenalties: Bool {
    penaltyTokenCount > 0
      && (repeatPenalty != 1 || presencePenalty != 0 || frequencyPenalty != 0)
  }

  /// Refuses values that mean nothing.
  ///
  /// - Parameter vocabularyCount: the ids that a bias may name.
  /// - Throws: `SamplerError.invalidOption`.
  package func validate(vocabularyCount: Int) throws(SamplerError) {
    try Self.check("temperature", temperature, "0 or more") { $0 >= 0 }
    for (name, value) in [("top-p", topP), ("min-p", minP), ("typical", typicalP)] {
      try Self.check(name, value, "a number from 0 to 1") { (0...1).contains($0) }
    }
    // Logits are Float32, so what is multiplied with them and added must be.
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
