internal import Foundation
internal import RAG
internal import Synchronization
internal import Tokenizers

/// Shows what happens beside a language model's answer: its prompt, progress, notes and figures.
final class ProseDisplay: Sendable {
  private let showsContext: Bool
  private let showsStats: Bool
  private let bar = Mutex<ProgressBar?>(nil)

  init(showsContext: Bool, showsStats: Bool) {
    self.showsContext = showsContext
    self.showsStats = showsStats
  }

  func show(_ event: ModelBackendEvent) {
    switch event {
    case .prompt(let prompt):
      if showsContext { Self.lines(of: prompt).forEach { Terminal.note($0) } }
    case .prefill(let done, let total): showPrefill(done, total)
    case .note(let text): Terminal.note(text)
    case .finished(let result):
      hideBar()
      if let note = Self.note(on: result.finish) { Terminal.note(note) }
      if showsStats { Terminal.note(Self.summary(result.stats)) }
    }
  }

  /// The conversation that a model is given, turn by turn.
  static func lines(of prompt: PassagePrompt) -> [String] {
    prompt.messages.flatMap { message in
      ["--- \(message.role.rawValue) ---"]
        + message.text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { printable(String($0)) }
    }
  }

  private func showPrefill(_ done: Int, _ total: Int) {
    bar.withLock { bar in
      if bar == nil { bar = ProgressBar("reading the passages", unit: "tokens", total: total) }
      bar?.update(done: done, total: total)
      guard done == total else { return }
      bar?.finish()
      bar = nil
    }
  }

  private func hideBar() {
    bar.withLock { bar in
      bar?.finish()
      bar = nil
    }
  }

  private static func note(on finish: FinishReason) -> String? {
    switch finish {
    case .stop: nil
    case .length: "\nthe answer was cut at its limit (-n makes it longer)"
    case .contextFull: "\nthe answer was cut: the context is full (-c makes it larger)"
    case .cancelled: "\ninterrupted"
    }
  }

  private static func summary(_ stats: GenerationStats) -> String {
    String(
      format: "\n%d prompt tokens (%d cached) in %.2f s, %.1f/s; %d tokens in %.2f s, %.1f/s",
      stats.promptTokenCount, stats.cachedTokenCount, stats.promptSeconds,
      stats.promptTokensPerSecond, stats.generatedTokenCount, stats.generateSeconds,
      stats.tokensPerSecond)
  }
}

/// Writes an answer to standard output as it comes.
final class ProseStream {
  private let isShown: Bool
  private(set) var hasWritten = false
  private var endsLine = true

  init(isShown: Bool) { self.isShown = isShown }

  func write(_ text: String) {
    // The first token of most models begins with a space.
    let text = hasWritten ? text : String(text.drop(while: \.isWhitespace))
    guard isShown, !text.isEmpty else { return }
    Terminal.write(printable(text), to: 1)
    hasWritten = true
    endsLine = text.hasSuffix("\n")
  }

  func endLine() {
    if !endsLine { Terminal.write("\n", to: 1) }
    endsLine = true
  }
}
