internal import Models

/// One token of the output.
package typealias GeneratedToken = SampledToken

/// Why a generation ended.
package enum FinishReason: String, Sendable, Codable {
  /// The model ended its turn, a stop string came, or the grammar's text is whole.
  case stop
  /// `maxTokenCount` was reached.
  case length
  /// The context has no room for another token.
  case contextFull = "context_full"
  /// The caller asked to stop.
  case cancelled
}

/// What a generation gave.
package struct GenerationResult: Sendable, Equatable {
  /// The text, without the stop string that ended it.
  package var text: String
  /// The tokens, that of the end of the turn included.
  package var tokens: [GeneratedToken]
  package var finish: FinishReason
  /// The stop string that came, when one did.
  package var stop: String?
  /// Whether the text had to satisfy a grammar and was cut before it did.
  package var isIncomplete: Bool
  package var stats: GenerationStats
}

/// How much was computed and how long it took.
package struct GenerationStats: Sendable, Equatable {
  /// Tokens of the prompt.
  package var promptTokenCount = 0
  /// Those of them that came from a cache.
  package var cachedTokenCount = 0
  /// From the start to the logits of the prompt's last token.
  package var promptSeconds = 0.0
  /// Tokens of the output.
  package var generatedTokenCount = 0
  /// From the first output token to the end.
  package var generateSeconds = 0.0
  /// From the start to the first output token; nil where there is none.
  package var secondsToFirstToken: Double?
  /// Tokens that speculation proposed, and those that proved right.
  package var draftedTokenCount = 0
  package var acceptedTokenCount = 0
  /// The largest amount of memory that the process has held, from the kernel (VmHWM).
  package var peakResidentByteCount: Int?

  /// Computed prompt tokens per second.
  package var promptTokensPerSecond: Double {
    promptSeconds > 0 ? Double(promptTokenCount - cachedTokenCount) / promptSeconds : 0
  }

  /// Output tokens per second; the first one costs no evaluation of its own and is not counted.
  package var tokensPerSecond: Double {
    generateSeconds > 0 ? Double(max(0, generatedTokenCount - 1)) / generateSeconds : 0
  }
}
