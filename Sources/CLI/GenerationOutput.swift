internal import Generation
internal import Foundation
internal import Models
internal import RAG
internal import SwiftRAG
internal import Tokenizers

/// Prints a generation while it runs and when it has finished.
final class GenerationOutput {
  /// The format of standard output.
  enum Style {
    /// The text, streamed.
    case text
    /// One JSON object at the end.
    case json
    /// One JSON object for each event.
    case jsonLines
  }

  private let style: Style
  private let modelName: String
  /// Gives the text of a token; nil for a server, which reports no tokens.
  private let tokenizer: LanguageTokenizer?
  private let seed: UInt64
  private let showsLogprobs: Bool
  private var progress = PrefillProgress(title: "reading the prompt")
  /// Whether the text so far ends with a line break.
  private var endsLine = true

  init(
    style: Style, generator: any TextGenerator, tokenizer: LanguageTokenizer?, seed: UInt64,
    showsLogprobs: Bool
  ) {
    self.style = style
    modelName = generator.name
    self.tokenizer = tokenizer
    self.seed = seed
    self.showsLogprobs = showsLogprobs
  }

  func show(_ event: GenerationEvent) {
    switch event {
    case .prefill(let tokenCount, let total): progress.show(done: tokenCount, total: total)
    case .note(let text): Terminal.note(text)
    case .text(let text):
      progress.hide()
      if style == .text {
        // A pipe receives the text unchanged; a terminal must not receive control characters.
        Terminal.write(Terminal.outputIsTerminal ? droppingControls(text) : text, to: 1)
        endsLine = text.hasSuffix("\n")
      }
      if style == .jsonLines { line(Event(type: "text", text: text)) }
    case .token(let token):
      progress.hide()
      if style == .jsonLines, showsLogprobs { line(Event(type: "token", token: row(token))) }
    }
  }

  /// Ends an unfinished line, so that an error message starts on its own line.
  func abandon() {
    progress.hide()
    if style == .text, !endsLine { Terminal.write("\n", to: 1) }
  }

  /// Prints the result.
  func finish(_ result: GenerationResult, showsStats: Bool) throws {
    progress.hide()
    switch style {
    case .text: if !endsLine { Terminal.write("\n", to: 1) }
    case .json: try answerJSON(report(result), pretty: false)
    case .jsonLines: line(Event(type: "done", result: report(result)))
    }
    if let note = GenerationNotes.end(of: result) { Terminal.note(note) }
    if showsStats { Terminal.note(GenerationNotes.summary(result.stats, seed: seed)) }
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
      String(decoding: tokenizer?.bytes(of: id, showsSpecial: true) ?? [], as: UTF8.self)
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
      isIncomplete: result.isIncomplete, model: modelName, seed: seed,
      tokens: showsLogprobs && tokenizer != nil ? result.tokens.map(row) : nil,
      stats: Figures(
        promptTokens: stats.promptTokenCount, cachedTokens: stats.cachedTokenCount,
        generatedTokens: stats.generatedTokenCount, draftedTokens: stats.draftedTokenCount,
        acceptedTokens: stats.acceptedTokenCount, promptSeconds: stats.promptSeconds,
        generateSeconds: stats.generateSeconds,
        promptTokensPerSecond: stats.promptTokensPerSecond,
        tokensPerSecond: stats.tokensPerSecond, secondsToFirstToken: stats.secondsToFirstToken,
        peakResidentBytes: stats.peakResidentByteCount))
  }

  /// One event on a line; encoding strings and finite numbers cannot fail.
  private func line(_ event: Event) {
    try? answerJSON(event, pretty: false)
  }
}
