internal import CEdit
internal import Foundation

/// A line editor with a history on a terminal, by libedit.
///
/// Ctrl-C clears the line, Ctrl-D on an empty line ends the input, Ctrl-R searches the history. A
/// pasted text becomes part of the line, whatever lines it has.
///
/// Not to be used from several threads. libedit's own handling of signals is off: it sends signals on
/// to the whole process group.
final class LineEditor {
  /// The end of the input of a line.
  enum Input: Equatable {
    case line(String)
    /// Ctrl-C.
    case cleared(wasEmpty: Bool)
    case end
  }

  private let editor: OpaquePointer
  private let history: OpaquePointer
  private let prompt: UnsafeMutablePointer<CChar>
  private var keys = KeyReader()
  private var pasted = ""
  private var wasCleared = false
  private var wasEmpty = false

  /// Opens the editor on standard input and standard error; fails where one of them is not a terminal,
  /// or the terminal cannot move its cursor.
  ///
  /// - Parameters:
  ///   - prompt: on one line; a space follows it.
  ///   - style: how the prompt is shown.
  init?(prompt: String, style: Style) {
    let terminal = ProcessInfo.processInfo.environment["TERM"] ?? ""
    guard Terminal.inputIsTerminal, Terminal.errorIsTerminal, !terminal.isEmpty, terminal != "dumb",
      Self.useUTF8(), let editor = edit_open()
    else { return nil }
    guard let history = history_winit() else {
      el_end(editor)
      return nil
    }
    (self.editor, self.history) = (editor, history)
    // Colours take no column. libedit attaches them to the next character, so one must follow.
    let styled = style.apply(prompt, output: false).components(separatedBy: prompt)
    self.prompt = strdup(
      styled.count == 2 && !styled[0].isEmpty
        ? "\u{1}\(styled[0])\u{1}\(prompt)\u{1}\(styled[1])\u{1} " : prompt + " ")
    edit_history_limit(history, Int32(QuestionHistory.limit))
    edit_use_history(editor, history)
    edit_set_data(editor, Unmanaged.passUnretained(self).toOpaque())
    edit_set_prompt(editor) { LineEditor.of($0)?.prompt }
    edit_set_reader(editor) { editor, character in
      guard let editor, let character else { return -1 }
      return LineEditor.of(editor)?.readKey(into: character) ?? -1
    }
    bindKeys()
  }

  deinit {
    el_end(editor)
    history_wend(history)
    free(prompt)
  }

  /// Replaces the lines that the arrow keys bring back.
  func setHistory(_ lines: [String]) {
    edit_history_clear(history)
    for line in lines {
      _ = Self.wide(line).withUnsafeBufferPointer { edit_history_add(history, $0.baseAddress) }
    }
  }

  /// Lets the person type a line.
  func read() -> Input {
    wasCleared = false
    var count: Int32 = 0
    return TerminalState.whileEditing {
      guard let line = el_wgets(editor, &count), count > 0 else { return .end }
      if wasCleared { return .cleared(wasEmpty: wasEmpty) }
      let characters = UnsafeBufferPointer(start: line, count: Int(count))
      var text = String.UnicodeScalarView()
      for character in characters {
        text.append(Unicode.Scalar(UInt32(bitPattern: character)) ?? "\u{FFFD}")
      }
      while text.last == "\n" || text.last == "\r" { text.removeLast() }
      return .line(String(text))
    }
  }

  /// libedit measures and writes characters by the locale of the process.
  private static func useUTF8() -> Bool {
    func isUTF8() -> Bool { String(cString: nl_langinfo(Int32(CODESET))) == "UTF-8" }
    if setlocale(LC_CTYPE, "") != nil, isUTF8() { return true }
    return setlocale(LC_CTYPE, "C.UTF-8") != nil && isUTF8()
  }

  /// The characters of a text as libedit takes them, and a zero.
  private static func wide(_ text: String) -> [wchar_t] {
    text.unicodeScalars.map { wchar_t(bitPattern: $0.value) } + [0]
  }

  private static func of(_ editor: OpaquePointer?) -> LineEditor? {
    guard let editor, let data = edit_data(editor) else { return nil }
    return Unmanaged<LineEditor>.fromOpaque(data).takeUnretainedValue()
  }
}

// Keys.
extension LineEditor {
  /// The key that stands for a pasted text; no keyboard has it.
  private static let pasteKey: Unicode.Scalar = "\u{1E}"

  private func bindKeys() {
    edit_use_emacs_keys(editor)
    edit_take_signals(editor)
    edit_add_command(editor, "swiftrag-clear", "clear the line") { editor, _ in
      LineEditor.of(editor)?.clear() ?? UInt8(CC_ERROR)
    }
    edit_add_command(editor, "swiftrag-paste", "insert the pasted text") { editor, _ in
      LineEditor.of(editor)?.insertPasted() ?? UInt8(CC_ERROR)
    }
    edit_add_command(editor, "swiftrag-stop", "stop the program") { editor, _ in
      LineEditor.of(editor)?.stop() ?? UInt8(CC_ERROR)
    }
    let bindings = [
      ("^C", "swiftrag-clear"), ("^^", "swiftrag-paste"), ("^Z", "swiftrag-stop"),
      ("^R", "em-inc-search-prev"), ("^W", "ed-delete-prev-word"),
      // The sequences of terminals whose terminfo entry says otherwise in this mode.
      ("\\e[A", "ed-prev-history"), ("\\e[B", "ed-next-history"), ("\\eOA", "ed-prev-history"),
      ("\\eOB", "ed-next-history"), ("\\e[C", "ed-next-char"), ("\\e[D", "ed-prev-char"),
      ("\\eOC", "ed-next-char"), ("\\eOD", "ed-prev-char"), ("\\e[H", "ed-move-to-beg"),
      ("\\e[F", "ed-move-to-end"), ("\\eOH", "ed-move-to-beg"), ("\\eOF", "ed-move-to-end"),
      ("\\e[1~", "ed-move-to-beg"), ("\\e[4~", "ed-move-to-end"), ("\\e[3~", "ed-delete-next-char"),
      ("\\e[1;5C", "em-next-word"), ("\\e[1;5D", "ed-prev-word"),
    ]
    for (key, command) in bindings { edit_bind(editor, key, command) }
  }

  /// Called by libedit for each key.
  fileprivate func readKey(into character: UnsafeMutablePointer<wchar_t>) -> Int32 {
    let key = keys.next { TerminalState.readByte(waiting: $0) { el_resize(self.editor) } }
    switch key {
    case .character(let scalar): character.pointee = wchar_t(bitPattern: scalar.value)
    case .paste(let text):
      pasted = text
      character.pointee = wchar_t(bitPattern: Self.pasteKey.value)
    case nil: return 0
    }
    return 1
  }

  /// Ends the line as Enter does, with a visible ^C after it; ``read()`` drops the line.
  fileprivate func clear() -> UInt8 {
    let line = el_wline(editor).pointee
    wasEmpty = line.buffer == line.lastchar
    wasCleared = true
    el_cursor(editor, Int32.max / 2)
    el_insertstr(editor, "^C")
    el_push(editor, "\n")
    return UInt8(CC_REFRESH)
  }

  fileprivate func insertPasted() -> UInt8 {
    guard !pasted.isEmpty else { return UInt8(CC_NORM) }
    defer { pasted = "" }
    let status = Self.wide(pasted).withUnsafeBufferPointer {
      el_winsertstr(editor, $0.baseAddress)
    }
    return UInt8(status == 0 ? CC_REFRESH : CC_ERROR)
  }

  /// Stops as programs do at Ctrl-Z, and draws the line again when the program goes on.
  fileprivate func stop() -> UInt8 {
    edit_prepare_terminal(editor, 0)
    TerminalState.bracketsPastes(false)
    kill(0, SIGTSTP)
    TerminalState.bracketsPastes(true)
    edit_prepare_terminal(editor, 1)
    return UInt8(CC_REDISPLAY)
  }
}
