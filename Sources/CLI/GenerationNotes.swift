internal import Generation
internal import Foundation
internal import RAG

/// What a person is told about a generation that has ended, on standard error.
enum GenerationNotes {
  /// Why it ended before the model was done; nil where the model was.
  static func end(of result: GenerationResult) -> String? {
    let cut = result.isIncomplete ? "; the JSON is cut and not whole" : ""
    switch result.finish {
    case .stop:
      return result.isIncomplete ? "stopped at \(result.stop ?? "the end")" + cut : nil
    case .length:
      return "stopped after \(result.stats.generatedTokenCount) tokens (-n allows more)" + cut
    case .contextFull:
      return "stopped: the context is full (-c makes it larger)" + cut
    case .cancelled: return "interrupted" + cut
    }
  }

  /// The figures in two lines.
  static func summary(_ stats: GenerationStats, seed: UInt64? = nil) -> String {
    var prompt = "prompt: tokens not counted by the server"
    if stats.promptTokenCount > 0 {
      prompt = "prompt: \(stats.promptTokenCount) tokens"
      if stats.cachedTokenCount > 0 { prompt += " (\(stats.cachedTokenCount) from the cache)" }
      prompt += String(format: ", %.1f tokens/s", stats.promptTokensPerSecond)
    }
    if let seconds = stats.secondsToFirstToken {
      prompt += String(format: "; first token after %.2f s", seconds)
    }
    var answer = "answer: \(stats.generatedTokenCount) tokens"
    answer += String(format: ", %.1f tokens/s", stats.tokensPerSecond)
    if stats.draftedTokenCount > 0 {
      answer += "; \(stats.acceptedTokenCount) of \(stats.draftedTokenCount) drafted were right"
    }
    if let byteCount = stats.peakResidentByteCount {
      answer += "; memory \(byteText(byteCount))"
    }
    if let seed { answer += "; seed \(seed)" }
    return prompt + "\n" + answer
  }
}

/// The bar that is shown while a prompt is computed, and removed when the first token comes.
struct PrefillProgress {
  private let title: String
  private var bar: ProgressBar?

  /// - Parameter title: what the person waits for.
  init(title: String) { self.title = title }

  /// Shows how many tokens are computed; removes the bar after the last.
  mutating func show(done tokenCount: Int, total: Int) {
    if bar == nil { bar = ProgressBar(title, unit: "tokens", total: total) }
    bar?.update(done: tokenCount, total: total)
    if tokenCount == total { hide() }
  }

  /// Removes the bar, if there is one.
  mutating func hide() {
    bar?.finish()
    bar = nil
  }
}
