internal import Bytes

/// One request by the program curl, whose output is read while it arrives.
///
/// Nothing secret is on a command line, where other users of the machine could read it: URL and
/// headers go to curl's standard input, and the body is a private file without a name. `~/.curlrc`
/// is not read and redirections are not followed.
final class CurlProcess {
  /// The exit status of curl and the server's answer.
  struct Ending: Equatable {
    /// curl's exit code; -1 where a signal ended it.
    var code: Int32
    /// The server's answer; 0 where there was none.
    var httpStatus: Int
    /// curl's own message, without its prefix.
    var message: String
  }

  private let process: ChildProcess

  /// Starts a POST request.
  ///
  /// - Parameters:
  ///   - program: full path of curl.
  ///   - address: the server.
  ///   - path: added to the server's base URL.
  ///   - key: sent as bearer token; visible ASCII.
  ///   - body: JSON.
  /// - Throws: `OpenAIError.cannotRunCurl`.
  init(
    program: String, address: ServerAddress, path: String, key: String?, body: [UInt8]
  ) throws(OpenAIError) {
    let options = Self.configuration(address: address, path: path, key: key)
    do throws(ChildProcess.Failure) {
      process = try ChildProcess(
        .init(
          [program, "--disable", "--config", "-"], input: Array(options.utf8), files: [body]))
    } catch {
      throw Self.openAIError(error)
    }
  }

  /// curl's options, one on a line; strings are quoted as curl(1) says under `--config`.
  static func configuration(address: ServerAddress, path: String, key: String?) -> String {
    func quoted(_ text: String) -> String {
      "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
    var lines = [
      "url = \(quoted(address.url + path))", "proto = \"=http,https\"", "globoff", "silent",
      "show-error", "no-buffer", "fail-with-body", "connect-timeout = 10",
      "header = \"Content-Type: application/json\"", "header = \"Accept: text/event-stream\"",
      // Or curl waits a second for the server's permission to send a long body.
      "header = \"Expect:\"",
      "data-binary = \"@/dev/fd/3\"", "write-out = \"%{stderr}\\n%{http_code}\\n\"",
    ]
    if let key { lines.append("header = \(quoted("Authorization: Bearer \(key)"))") }
    // A proxy of the environment must not see requests to this machine.
    if address.isLoopback { lines.append("noproxy = \"*\"") }
    return lines.map { $0 + "\n" }.joined()
  }

  /// Reads what has arrived, or waits for it.
  ///
  /// - Parameters:
  ///   - buffer: filled from its beginning.
  ///   - milliseconds: the longest wait.
  /// - Returns: how many bytes were read, if any.
  /// - Throws: `OpenAIError.cannotRunCurl`.
  func read(
    into buffer: inout [UInt8], waitingAtMost milliseconds: Int
  ) throws(OpenAIError) -> ChildProcess.Reading {
    do throws(ChildProcess.Failure) {
      return try process.read(into: &buffer, waitingAtMost: milliseconds)
    } catch {
      throw Self.openAIError(error)
    }
  }

  /// Waits for curl's own end, after the end of its output.
  ///
  /// - Throws: `OpenAIError.cannotRunCurl`.
  func wait() throws(OpenAIError) -> Ending {
    let code: Int32
    do throws(ChildProcess.Failure) {
      code = if case .exited(let status) = try process.wait() { status } else { -1 }
    } catch {
      throw Self.openAIError(error)
    }
    let lines = process.errorText.split(separator: "\n")
    let message = lines.first { $0.hasPrefix("curl: ") } ?? ""
    // "curl: (7) Failed to connect …"
    let words = message.drop { $0 != ")" }.dropFirst(2)
    return Ending(
      code: code, httpStatus: lines.last.flatMap { Int($0) } ?? 0, message: String(words))
  }

  /// Ends curl; nothing more is read.
  func stop() { process.stop() }

  private static func openAIError(_ failure: ChildProcess.Failure) -> OpenAIError {
    .cannotRunCurl(reason: failure.description)
  }
}
