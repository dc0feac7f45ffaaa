internal import ArgumentParser
internal import Foundation
internal import Synchronization

/// Standard output for answers, standard error for all else, and what each of them can show.
enum Terminal {
  /// How colour is chosen by `--color`.
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

  /// Whether the stream may carry colour: `--color`, then NO_COLOR, FORCE_COLOR and TERM=dumb
  /// (no-color.org), then whether it is a terminal.
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

  /// The width of the terminal on the given stream, or 80.
  static func columns(fileDescriptor: Int32) -> Int {
    var size = winsize()
    guard ioctl(fileDescriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// An answer: goes to standard output, whole.
  static func answer(_ text: String, terminator: String = "\n") {
    write(text + terminator, to: 1)
  }

  /// Anything that is no answer: goes to standard error, unless `--quiet`.
  static func note(_ text: String) {
    guard !isQuiet else { return }
    ProgressBar.withBarHidden { write(text + "\n", to: 2) }
  }

  /// A warning or an error: always goes to standard error.
  static func complain(_ text: String) {
    ProgressBar.withBarHidden { write(text + "\n", to: 2) }
  }

  /// Writes every byte; a closed pipe ends the process silently, as SIGPIPE does.
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
          if errno == EPIPE { exit(141) }
          let reason = String(cString: strerror(errno))
          complain("error: standard output cannot be written: \(reason)")
          exit(ExitStatus.ioError.rawValue)
        }
        start += written
      }
    }
  }
}

/// How a stretch of text is shown where the stream has colour.
enum Style: String {
  case bold = "1"
  case dim = "2"
  case highlight = "1;33"
  case red = "1;31"
  case green = "32"
  case yellow = "33"

  /// The text in this style, or as it is when the stream has no colour.
  func apply(_ text: some StringProtocol, output: Bool = true) -> String {
    Terminal.hasColor(output: output) ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : String(text)
  }
}

/// Text from documents, made harmless for a terminal.
///
/// Control characters could move the cursor or recolour what follows, bidirectional controls and
/// tag characters could make a line read as something that it is not (CVE-2021-42574). They are
/// dropped; line breaks and tabs stay.
func printable(_ text: some StringProtocol) -> String {
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    switch scalar.value {
    case 0x09, 0x0A: result.append(scalar)
    case 0x00..<0x20, 0x7F..<0xA0: continue
    case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0x061C: continue
    case 0xE0000...0xE007F: continue
    default: result.append(scalar)
    }
  }
  return String(result)
}
