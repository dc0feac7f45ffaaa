internal import Generation
internal import Foundation
internal import RAG
internal import Synchronization
internal import Tokenizers

/// Shows a language model's prompt, progress, notes and statistics on standard error.
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
      // The last line of the answer has no line break yet.
      let lineEnd = result.text.isEmpty ? "" : "\n"
      if let note = GenerationNotes.end(of: result) { Terminal.note(lineEnd + note) }
      if showsStats { Terminal.note(lineEnd + GenerationNotes.summary(result.stats)) }
    }
  }

  /// The messages that a model is given.
  static func lines(of prompt: PassagePrompt) -> [String] {
    prompt.messages.flatMap { message in
      ["--- \(message.role.rawValue) ---"]
        + message.text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { droppingControls(String($0)) }
    }
  }
}

/// Streams an answer to standard output.
final class ProseStream {
  private let isShown: Bool
  private(set) var hasWritten = false
  private var endsLine = true

  init(isShown: Bool) { self.isShown = isShown }

  func write(_ text: String) {
    // The first token of most models begins with a space.
    let text = hasWritten ? text : String(text.drop(while: \.isWhitespace))
    guard isShown, !text.isEmpty else { return }
    Terminal.write(droppingControls(text), to: 1)
    hasWritten = true
    endsLine = text.hasSuffix("\n")
  }

  func endLine() {
    if !endsLine { Terminal.write("\n", to: 1) }
    endsLine = true
  }
}
