internal import Foundation
internal import Synchronization

/// The modes of the terminal while a line is edited, and the bytes that it sends.
enum TerminalState {
  private static let saved = Mutex<termios?>(nil)

  /// Runs `body`, which may change the terminal's modes; afterwards, and when a signal ends the
  /// process, they are as before.
  ///
  /// - Returns: what `body` returns.
  static func whileEditing<Result>(_ body: () -> Result) -> Result {
    var modes = termios()
    if tcgetattr(0, &modes) == 0 { saved.withLock { $0 = modes } }
    Interrupts.onExit { restore() }
    bracketsPastes(true)
    defer {
      bracketsPastes(false)
      saved.withLock { $0 = nil }
    }
    return body()
  }

  /// Puts the modes back, if a line is being edited.
  private static func restore() {
    guard var modes = saved.withLock({ $0 }) else { return }
    tcsetattr(0, TCSANOW, &modes)
    bracketsPastes(false)
    Terminal.write("\n", to: 2)
  }

  /// Whether the terminal marks the beginning and the end of a pasted text.
  static func bracketsPastes(_ isOn: Bool) {
    Terminal.write("\u{1B}[?2004\(isOn ? "h" : "l")", to: 2)
  }

  /// The next byte of standard input.
  ///
  /// - Parameters:
  ///   - patience: how long to wait.
  ///   - onResize: called when a signal arrives meanwhile and the window's size has changed.
  /// - Returns: nil at the end of the input, and when no byte arrives in time.
  static func readByte(waiting patience: KeyReader.Patience, onResize: () -> Void) -> UInt8? {
    // The signal of a changed size is ignored otherwise and would not end the wait.
    signal(SIGWINCH) { _ in }
    let width = Terminal.columns(fileDescriptor: 0)
    while true {
      var entry = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
      let count = poll(&entry, 1, patience.milliseconds)
      if count == 0 { return nil }
      if count < 0 {
        guard errno == EINTR else { return nil }
        if Terminal.columns(fileDescriptor: 0) != width { onResize() }
        continue
      }
      var byte: UInt8 = 0
      let byteCount = Foundation.read(0, &byte, 1)
      if byteCount < 0, errno == EINTR || errno == EAGAIN { continue }
      return byteCount == 1 ? byte : nil
    }
  }
}
