internal import Models

/// A token of the output.
package typealias GeneratedToken = SampledToken

/// The reason for the end of a generation.
package enum FinishReason: String, Sendable, Codable {
  /// The model ended its turn, a stop string occurred, or the grammar's text is complete.
  case stop
  /// `maxTokenCount` was reached.
  case length
  /// The context has no room for another token.
  case contextFull = "context_full"
  /// The caller cancelled.
  case cancelled
}

/// The result of a generation.
package struct GenerationResult: Sendable, Equatable {
  /// The text, without the stop string that ended it.
  package var text: String
  /// The tokens, including the one that ends the turn; empty for a server, which reports none.
  package var tokens: [GeneratedToken]
  /// The reason for the end.
  package var finish: FinishReason
  /// The stop string that ended the text, if any.
  package var stop: String?
  /// Whether the text ended before it satisfied its grammar.
  package var isIncomplete: Bool
  /// Counts and times.
  package var stats: GenerationStats
}

/// Counts and times of a generation.
package struct GenerationStats: Sendable, Equatable {
  /// Tokens of the prompt.
  package var promptTokenCount = 0
  /// Tokens of the prompt that were cached.
  package var cachedTokenCount = 0
  /// Seconds from the start to the logits of the prompt's last token.
  package var promptSeconds = 0.0
  /// Tokens of the output.
  package var generatedTokenCount = 0
  /// Seconds from the first output token to the end.
  package var generateSeconds = 0.0
  /// Seconds from the start to the first output token; nil without output.
  package var secondsToFirstToken: Double?
  /// Tokens that speculative decoding drafted.
  package var draftedTokenCount = 0
  /// Drafted tokens that were accepted.
  package var acceptedTokenCount = 0
  /// Peak resident memory of the process (VmHWM).
  package var peakResidentByteCount: Int?

  /// Evaluated prompt tokens per second; cached tokens are not counted.
  package var promptTokensPerSecond: Double {
    promptSeconds > 0 ? Double(promptTokenCount - cachedTokenCount) / promptSeconds : 0
  }

  /// Output tokens per second; the first token needs no evaluation of its own and is not counted.
  package var tokensPerSecond: Double {
    generateSeconds > 0 ? Double(max(0, generatedTokenCount - 1)) / generateSeconds : 0
  }
}
