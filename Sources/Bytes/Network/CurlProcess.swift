/// One request by the program curl, whose output is read while it arrives.
///
/// Nothing secret is on a command line, where other users of the machine could read it: URL and
/// headers go to curl's standard input, and a body is a private file without a name. `~/.curlrc`
/// is not read and redirections are not followed.
package final class CurlProcess {
  /// The exit status of curl and the server's answer.
  package struct Ending: Equatable, Sendable {
    /// curl's exit code; -1 where a signal ended it.
    package var code: Int32
    /// The server's answer; 0 where there was none.
    package var httpStatus: Int
    /// curl's own message, without its prefix.
    package var message: String
  }

  private let process: ChildProcess

  /// Starts a request.
  ///
  /// - Parameters:
  ///   - program: full path of curl.
  ///   - address: where the request goes.
  ///   - options: further lines of curl's configuration; strings in them are `quoted(_:)`.
  ///   - files: contents that the options name as `/dev/fd/3` and so on.
  /// - Throws: `ChildProcess.Failure.cannotRun`.
  package init(
    program: String, address: WebAddress, options: [String], files: [[UInt8]] = []
  ) throws(ChildProcess.Failure) {
    let configuration = Self.configuration(address: address, options: options)
    process = try ChildProcess(
      .init(
        [program, "--disable", "--config", "-"], input: Array(configuration.utf8), files: files))
  }

  /// The text of a string option, quoted as curl(1) says under `--config`.
  package static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  /// curl's options, one on a line.
  package static func configuration(address: WebAddress, options: [String]) -> String {
    var lines = [
      "url = \(quoted(address.url))", "proto = \"=http,https\"", "globoff", "silent",
      "show-error", "no-buffer", "connect-timeout = 10",
      "write-out = \"%{stderr}\\n%{http_code}\\n\"",
    ]
    // A proxy of the environment must not see requests to this machine.
    if address.isLoopback { lines.append("noproxy = \"*\"") }
    return (lines + options).map { $0 + "\n" }.joined()
  }

  /// Reads what has arrived, or waits for it.
  ///
  /// - Parameters:
  ///   - buffer: filled from its beginning.
  ///   - milliseconds: the longest wait.
  /// - Returns: how many bytes were read, if any.
  /// - Throws: `ChildProcess.Failure.cannotRun`.
  package func read(
    into buffer: inout [UInt8], waitingAtMost milliseconds: Int
  ) throws(ChildProcess.Failure) -> ChildProcess.Reading {
    try process.read(into: &buffer, waitingAtMost: milliseconds)
  }

  /// Waits for curl's own end, after the end of its output.
  ///
  /// - Returns: curl's exit code, the status of the answer, and curl's message.
  /// - Throws: `ChildProcess.Failure.cannotRun`.
  package func wait() throws(ChildProcess.Failure) -> Ending {
    let code: Int32 = if case .exited(let status) = try process.wait() { status } else { -1 }
    let lines = process.errorText.split(separator: "\n")
    let message = lines.first { $0.hasPrefix("curl: ") } ?? ""
    // "curl: (7) Failed to connect …"
    let words = message.drop { $0 != ")" }.dropFirst(2)
    return Ending(
      code: code, httpStatus: lines.last.flatMap { Int($0) } ?? 0, message: String(words))
  }

  /// Ends curl; nothing more is read.
  package func stop() { process.stop() }
}
