internal import Generation
internal import Foundation
internal import RAG

/// Messages about a finished generation, for standard error.
enum GenerationNotes {
  /// Why the text may be incomplete; nil if the model ended it.
  static func end(of result: GenerationResult) -> String? {
    let cut = result.isIncomplete ? "; the JSON is incomplete" : ""
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

  /// The statistics in two lines.
  static func summary(_ stats: GenerationStats, seed: UInt64? = nil) -> String {
    var prompt = "prompt: the server did not count its tokens"
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
      answer += "; \(stats.acceptedTokenCount) of \(stats.draftedTokenCount) drafted were accepted"
    }
    if let byteCount = stats.peakResidentByteCount {
      answer += "; memory \(byteText(byteCount))"
    }
    if let seed { answer += "; seed \(seed)" }
    return prompt + "\n" + answer
  }
}

/// The progress bar that is shown while a prompt is processed, until the first token.
struct PrefillProgress {
  private let title: String
  private var bar: ProgressBar?

  /// - Parameter title: names the work.
  init(title: String) { self.title = title }

  /// Shows how many tokens have been processed; removes the bar after the last one.
  mutating func show(done tokenCount: Int, total: Int) {
    if bar == nil { bar = ProgressBar(title, unit: "tokens", total: total) }
    bar?.update(done: tokenCount, total: total)
    if tokenCount == total { hide() }
  }

  /// Removes the bar.
  mutating func hide() {
    bar?.finish()
    bar = nil
  }
}
