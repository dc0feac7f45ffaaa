internal import Foundation
internal import Models
internal import RAG
internal import SwiftRAG
internal import Tokenizers

/// Shows a generation while it runs and when it is done.
final class GenerationOutput {
  /// What standard output gets.
  enum Style {
    /// The text, as it comes.
    case text
    /// One JSON object at the end.
    case json
    /// One JSON object for each event.
    case jsonLines
  }

  private let style: Style
  private let generator: NativeGenerator
  private let seed: UInt64
  private let showsLogprobs: Bool
  private var bar: ProgressBar?
  /// Whether the text so far ends a line.
  private var endsLine = true

  init(style: Style, generator: NativeGenerator, seed: UInt64, showsLogprobs: Bool) {
    self.style = style
    self.generator = generator
    self.seed = seed
    self.showsLogprobs = showsLogprobs
  }

  func show(_ event: GenerationEvent) {
    switch event {
    case .prefill(let tokenCount, let total): showPrefill(tokenCount, total)
    case .note(let text): Terminal.note(text)
    case .text(let text):
      hideBar()
      if style == .text {
        // What is piped on is the text as it is; a terminal gets nothing that could steer it.
        Terminal.write(Terminal.outputIsTerminal ? printable(text) : text, to: 1)
        endsLine = text.hasSuffix("\n")
      }
      if style == .jsonLines { line(Event(type: "text", text: text)) }
    case .token(let token):
      hideBar()
      if style == .jsonLines, showsLogprobs { line(Event(type: "token", token: row(token))) }
    }
  }

  /// Ends the line that was begun, before an error is told.
  func abandon() {
    hideBar()
    if style == .text, !endsLine { Terminal.write("\n", to: 1) }
  }

  /// Shows the result.
  func finish(_ result: GenerationResult, showsStats: Bool) throws {
    hideBar()
    switch style {
    case .text: if !endsLine { Terminal.write("\n", to: 1) }
    case .json: try answerJSON(report(result), pretty: false)
    case .jsonLines: line(Event(type: "done", result: report(result)))
    }
    if let note = Self.note(on: result) { Terminal.note(note) }
    if showsStats { Terminal.note(Self.summary(result.stats, seed: seed)) }
  }

  private func showPrefill(_ tokenCount: Int, _ total: Int) {
    if bar == nil { bar = ProgressBar("reading the prompt", unit: "tokens", total: total) }
    bar?.update(done: tokenCount, total: total)
    if tokenCount == total { hideBar() }
  }

  private func hideBar() {
    bar?.finish()
    bar = nil
  }

  /// What a person should know about the end.
  private static func note(on result: GenerationResult) -> String? {
    let cut = result.isIncomplete ? "; the JSON is cut and not whole" : ""
    switch result.finish {
    case .stop: return nil
    case .length:
      return "stopped after \(result.tokens.count) tokens (-n)" + cut
    case .contextFull:
      return "stopped: the context is full (-c makes it larger)" + cut
    case .cancelled: return "interrupted" + cut
    }
  }

  /// The figures in two lines.
  private static func summary(_ stats: GenerationStats, seed: UInt64) -> String {
    var prompt = "prompt: \(stats.promptTokenCount) tokens"
    if stats.cachedTokenCount > 0 { prompt += " (\(stats.cachedTokenCount) from the cache)" }
    prompt += String(format: ", %.1f tokens/s", stats.promptTokensPerSecond)
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
    return prompt + "\n" + answer + "; seed \(seed)"
  }

  // MARK: JSON

  private struct Event: Encodable {
    let type: String
    var text: String?
    var token: TokenRow?
    var result: Report?
  }

  private struct Alternative: Encodable {
    let id: Int32
    let text: String
    let logprob: Double
  }

  private struct TokenRow: Encodable {
    let id: Int32
    let text: String
    let logprob: Double?
    let top: [Alternative]
  }

  private struct Report: Encodable {
    let text: String
    let finish: FinishReason
    let stop: String?
    let isIncomplete: Bool
    let model: String
    let seed: UInt64
    let tokens: [TokenRow]?
    let stats: Figures
  }

  private struct Figures: Encodable {
    let promptTokens, cachedTokens, generatedTokens, draftedTokens, acceptedTokens: Int
    let promptSeconds, generateSeconds, promptTokensPerSecond, tokensPerSecond: Double
    let secondsToFirstToken: Double?
    let peakResidentBytes: Int?
  }

  private func row(_ token: GeneratedToken) -> TokenRow {
    func text(_ id: Int32) -> String {
      String(decoding: generator.tokenizer.bytes(of: id, showsSpecial: true), as: UTF8.self)
    }
    return TokenRow(
      id: token.id, text: text(token.id), logprob: token.logprob,
      top: token.alternatives.map { Alternative(id: $0.id, text: text($0.id), logprob: $0.logprob) }
    )
  }

  private func report(_ result: GenerationResult) -> Report {
    let stats = result.stats
    return Report(
      text: result.text, finish: result.finish, stop: result.stop,
      isIncomplete: result.isIncomplete, model: generator.name, seed: seed,
      tokens: showsLogprobs ? result.tokens.map(row) : nil,
      stats: Figures(
        promptTokens: stats.promptTokenCount, cachedTokens: stats.cachedTokenCount,
        generatedTokens: stats.generatedTokenCount, draftedTokens: stats.draftedTokenCount,
        acceptedTokens: stats.acceptedTokenCount, promptSeconds: stats.promptSeconds,
        generateSeconds: stats.generateSeconds,
        promptTokensPerSecond: stats.promptTokensPerSecond,
        tokensPerSecond: stats.tokensPerSecond, secondsToFirstToken: stats.secondsToFirstToken,
        peakResidentBytes: stats.peakResidentByteCount))
  }

  /// One event a line; strings and numbers always encode.
  private func line(_ event: Event) {
    try? answerJSON(event, pretty: false)
  }
}
