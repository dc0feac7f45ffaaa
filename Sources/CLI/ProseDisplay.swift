internal import Generation
internal import Foundation
internal import RAG
internal import Synchronization
internal import Tokenizers

/// Shows what happens beside a language model's answer: its prompt, progress, notes and figures.
final class ProseDisplay: Sendable {
  private let showsContext: Bool
  private let showsStats: Bool
  private let progress = Mutex(PrefillProgress(title: "reading the passages"))

  init(showsContext: Bool, showsStats: Bool) {
    self.showsContext = showsContext
    self.showsStats = showsStats
  }

  func show(_ event: ModelBackendEvent) {
    switch event {
    case .prompt(let prompt):
      if showsContext { Self.lines(of: prompt).forEach { Terminal.note($0) } }
    case .prefill(let done, let total): progress.withLock { $0.show(done: done, total: total) }
    case .note(let text): Terminal.note(text)
    case .finished(let result):
      progress.withLock { $0.hide() }
      // The answer's last line is not ended yet.
      let lineEnd = result.text.isEmpty ? "" : "\n"
      if let note = GenerationNotes.end(of: result) { Terminal.note(lineEnd + note) }
      if showsStats { Terminal.note(lineEnd + GenerationNotes.summary(result.stats)) }
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
