internal import Foundation

/// The ways in which terminals take pictures.
enum GraphicsProtocol: String, CaseIterable {
  /// Kitty's graphics protocol (https://sw.kovidgoyal.net/kitty/graphics-protocol/).
  case kitty
  /// iTerm2's inline images (https://iterm2.com/documentation-images.html).
  case iTerm2
  /// DEC's sixel graphics (VT340 Programmer Reference Manual, chapter 14).
  case sixel

  /// The protocol that the terminal of standard output supports; nil for a pipe, a file, a terminal
  /// without graphics, and where colour is switched off (`--color never`, NO_COLOR, TERM=dumb).
  ///
  /// Determined once; a terminal that no variable describes is asked for its attributes.
  static let ofStandardOutput: GraphicsProtocol? = {
    guard Terminal.outputIsTerminal, Terminal.hasColor(output: true) else { return nil }
    let environment = ProcessInfo.processInfo.environment
    if let found = named(by: environment) { return found }
    // A terminal multiplexer drops what it does not understand, but sixel support it reports itself.
    return TerminalAttributes.include(4) ? .sixel : nil
  }()

  /// The way that the variables of a terminal imply; nil where they do not tell.
  static func named(by environment: [String: String]) -> GraphicsProtocol? {
    let term = environment["TERM"] ?? ""
    // Multiplexers inherit the variables of the terminal around them, but pass no graphics on.
    if term.hasPrefix("screen") || term.hasPrefix("tmux") || environment["TMUX"] != nil {
      return nil
    }
    let program = environment["TERM_PROGRAM"] ?? ""
    if term == "xterm-kitty" || term == "xterm-ghostty" || environment["KITTY_WINDOW_ID"] != nil
      || program == "ghostty"
    {
      return .kitty
    }
    if ["iTerm.app", "WezTerm", "mintty"].contains(program)
      || environment["LC_TERMINAL"] == "iTerm2"
    {
      return .iTerm2
    }
    if ["mlterm", "foot", "foot-extra", "contour"].contains(term) || term.contains("sixel") {
      return .sixel
    }
    return nil
  }
}

/// The answer of a terminal to "primary device attributes" (`ESC [ c`).
enum TerminalAttributes {
  /// Whether the controlling terminal lists an attribute; 4 is sixel graphics.
  ///
  /// Waits at most 0.2 s: every terminal of the last decades answers at once, and one that does not
  /// has no graphics either.
  static func include(_ attribute: Int) -> Bool {
    let terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard terminal >= 0 else { return false }
    defer { close(terminal) }
    var settings = termios()
    // A process in the background would be stopped by the change.
    guard tcgetpgrp(terminal) == getpgrp(), tcgetattr(terminal, &settings) == 0 else {
      return false
    }
    var raw = settings
    raw.c_lflag &= ~tcflag_t(ECHO | ICANON)
    guard tcsetattr(terminal, TCSANOW, &raw) == 0 else { return false }
    defer { tcsetattr(terminal, TCSANOW, &settings) }
    let question = Array("\u{1B}[c".utf8)
    guard write(terminal, question, question.count) == question.count else { return false }
    return attributes(in: answer(of: terminal)).contains(attribute)
  }

  /// The bytes up to the `c` that ends the answer.
  private static func answer(of terminal: Int32) -> [UInt8] {
    var answer: [UInt8] = []
    let deadline = ContinuousClock.now + .milliseconds(200)
    while answer.last != UInt8(ascii: "c"), answer.count < 64 {
      let remaining = Int32((deadline - .now) / .milliseconds(1))
      var event = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
      var byte: UInt8 = 0
      guard remaining > 0, poll(&event, 1, remaining) == 1, read(terminal, &byte, 1) == 1 else {
        break
      }
      answer.append(byte)
    }
    return answer
  }

  /// The numbers of an answer such as `ESC [ ? 62 ; 4 ; 22 c`.
  static func attributes(in answer: [UInt8]) -> [Int] {
    guard answer.starts(with: "\u{1B}[?".utf8), answer.last == UInt8(ascii: "c") else { return [] }
    return answer.dropFirst(3).dropLast().split(separator: UInt8(ascii: ";")).compactMap {
      Int(String(decoding: $0, as: UTF8.self))
    }
  }
}
