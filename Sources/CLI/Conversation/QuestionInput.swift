internal import Bytes
internal import Foundation

/// The source of a conversation's questions: a line editor on a terminal that can have one, otherwise
/// lines of standard input.
struct QuestionInput {
  private let editor: LineEditor?
  private var history: QuestionHistory
  private var hasComplained = false

  /// - Parameter keepsHistory: whether questions are kept in the history file.
  init(keepsHistory: Bool) {
    editor = LineEditor(prompt: Self.prompt, style: .bold)
    history = QuestionHistory(
      path: keepsHistory && editor != nil ? QuestionHistory.defaultPath : nil)
    editor?.setHistory(history.questions)
  }

  private static let prompt = ">"

  /// The part of `/help` about the editor.
  static let help =
    "Arrow keys edit the line and bring back earlier questions, Ctrl-R searches them, Ctrl-C clears\n"
    + "the line. Questions are kept in $XDG_STATE_HOME/swiftrag/history unless they begin with a\n"
    + "space; swiftrag config set history off keeps none."

  /// Whether lines are edited, so that Ctrl-C clears the line instead of ending the program.
  var isEdited: Bool { editor != nil }

  /// Prompts for the next line.
  ///
  /// - Returns: the line as it was typed; nil at the end of the input.
  mutating func next() -> String? {
    guard let editor else {
      Terminal.write(Style.bold.apply("\n" + Self.prompt + " ", output: false), to: 2)
      return readLine()
    }
    Terminal.write("\n", to: 2)
    while true {
      Interrupts.forget()
      switch editor.read() {
      case .line(let line): return line
      case .end: return nil
      case .cleared(let wasEmpty): if wasEmpty { Terminal.note("Ctrl-D or /quit ends") }
      }
    }
  }

  /// Adds a question to those that the arrow keys bring back.
  mutating func remember(_ question: String) {
    guard let editor else { return }
    do {
      try history.add(question)
    } catch {
      if !hasComplained { Terminal.note("questions are not kept: \(droppingControls("\(error)"))") }
      hasComplained = true
    }
    editor.setHistory(history.questions)
  }
}
