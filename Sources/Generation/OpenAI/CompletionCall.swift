internal import Bytes

/// One POST request to an OpenAI-compatible server, answered by a stream of events.
struct CompletionCall {
  private let curl: CurlProcess

  /// Starts the request.
  ///
  /// - Parameters:
  ///   - program: full path of curl.
  ///   - address: the server.
  ///   - path: added to the server's base URL.
  ///   - key: sent as bearer token; visible ASCII.
  ///   - body: JSON.
  /// - Throws: `OpenAIError.cannotRunCurl`.
  init(
    program: String, address: WebAddress, path: String, key: String?, body: [UInt8]
  ) throws(OpenAIError) {
    let target: WebAddress
    do throws(WebAddress.Invalid) { target = try WebAddress(address.url + path) } catch {
      throw .invalidURL(error.text, reason: error.reason)
    }
    curl = try Self.mappingErrors { () throws(ChildProcess.Failure) in
      try CurlProcess(
        program: program, address: target, options: Self.options(key: key), files: [body])
    }
  }

  private static func options(key: String?) -> [String] {
    var options = [
      "fail-with-body", "header = \"Content-Type: application/json\"",
      "header = \"Accept: text/event-stream\"",
      // Or curl waits a second for the server's permission to send a long body.
      "header = \"Expect:\"", "data-binary = \"@/dev/fd/3\"",
    ]
    if let key {
      options.append("header = \(CurlProcess.quoted("Authorization: Bearer \(key)"))")
    }
    return options
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
      return try curl.read(into: &buffer, waitingAtMost: milliseconds)
    } catch {
      throw Self.openAIError(error)
    }
  }

  /// Waits for curl's own end, after the end of its output.
  ///
  /// - Throws: `OpenAIError.cannotRunCurl`.
  func wait() throws(OpenAIError) -> CurlProcess.Ending {
    try Self.mappingErrors { () throws(ChildProcess.Failure) in try curl.wait() }
  }

  /// Ends the request; nothing more is read.
  func stop() { curl.stop() }

  private static func mappingErrors<Result>(
    _ body: () throws(ChildProcess.Failure) -> Result
  ) throws(OpenAIError) -> Result {
    do throws(ChildProcess.Failure) { return try body() } catch { throw openAIError(error) }
  }

  private static func openAIError(_ failure: ChildProcess.Failure) -> OpenAIError {
    .cannotRunCurl(reason: failure.description)
  }
}
