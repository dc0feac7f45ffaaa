internal import Bytes
internal import ArgumentParser
internal import Foundation
internal import Synchronization

/// Standard output for answers, standard error for everything else, and the capabilities of both.
enum Terminal {
  /// The values of `--color`.
  enum ColorChoice: String, CaseIterable {
    case auto, always, never
  }

  private static let colorChoice = Mutex(ColorChoice.auto)
  private static let quietness = Atomic<Bool>(false)

  static func configure(color: ColorChoice, quiet: Bool) {
    colorChoice.withLock { $0 = color }
    quietness.store(quiet, ordering: .relaxed)
  }

  static var isQuiet: Bool { quietness.load(ordering: .relaxed) }
  static var outputIsTerminal: Bool { isatty(1) == 1 }
  static var errorIsTerminal: Bool { isatty(2) == 1 }
  static var inputIsTerminal: Bool { isatty(0) == 1 }

  /// Whether a stream gets colour.
  ///
  /// `--color` decides, then NO_COLOR (no-color.org), FORCE_COLOR and TERM=dumb, then whether it is
  /// a terminal.
  static func hasColor(output: Bool) -> Bool {
    switch colorChoice.withLock({ $0 }) {
    case .always: return true
    case .never: return false
    case .auto: break
    }
    let environment = ProcessInfo.processInfo.environment
    if let value = environment["NO_COLOR"], !value.isEmpty { return false }
    if let value = environment["FORCE_COLOR"], !value.isEmpty { return true }
    if environment["TERM"] == "dumb" { return false }
    return output ? outputIsTerminal : errorIsTerminal
  }

  /// The width of the terminal of a stream, or 80.
  static func columns(fileDescriptor: Int32) -> Int {
    var size = winsize()
    guard ioctl(fileDescriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Prints an answer to standard output.
  static func answer(_ text: String, terminator: String = "\n") {
    write(text + terminator, to: 1)
  }

  /// Prints a message to standard error, unless `--quiet`.
  static func note(_ text: String) {
    guard !isQuiet else { return }
    ProgressBar.withBarHidden { write(text + "\n", to: 2) }
  }

  /// Prints a warning or an error to standard error, even with `--quiet`.
  static func complain(_ text: String) {
    ProgressBar.withBarHidden { write(text + "\n", to: 2) }
  }

  /// Writes all of the text; a closed pipe ends the process silently, as SIGPIPE does.
  static func write(_ text: String, to fileDescriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
      var start = 0
      while start < bytes.count {
        let rest = UnsafeBufferPointer(rebasing: bytes[start...])
        let written = Foundation.write(fileDescriptor, rest.baseAddress, rest.count)
        if written < 0 {
          if errno == EINTR { continue }
          guard fileDescriptor == 1 else { return }
          if errno == EPIPE { endProcess(ExitCode(128 + SIGPIPE)) }
          let reason = String(cString: strerror(errno))
          complain("error: cannot write to standard output: \(reason)")
          endProcess(ExitCode(.inputOutput))
        }
        start += written
      }
    }
  }
}

/// The style of a piece of text on a stream that has colour.
enum Style: String {
  case bold = "1"
  case dim = "2"
  case highlight = "1;33"
  case red = "1;31"
  case green = "32"
  case yellow = "33"

  /// The text in this style, or unchanged if the stream has no colour.
  func apply(_ text: some StringProtocol, output: Bool = true) -> String {
    Terminal.hasColor(output: output) ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : String(text)
  }
}
