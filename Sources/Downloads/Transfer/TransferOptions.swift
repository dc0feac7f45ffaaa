package import Bytes

/// The settings of all downloads of one command.
package struct TransferOptions: Sendable {
  /// Full path of curl.
  package var curlPath: String
  /// The token of the hub.
  package var token: Token?
  /// Seconds without a byte after which a connection is given up.
  package var stallSeconds = 30
  /// Attempts without a new byte before a download fails.
  package var attemptLimit = 5
  /// The longest pause that a server may ask for, in seconds.
  package var longestPause = 120
  /// The first pause after a failure, in milliseconds; each following one is twice as long.
  package var firstPauseMilliseconds = 1_000
  /// Checked about every 50 ms; `true` ends the download.
  package var isCancelled: @Sendable () -> Bool = { false }

  package init(curlPath: String, token: Token? = nil) {
    self.curlPath = curlPath
    self.token = token
  }

  /// A secret that only one server receives.
  package struct Token: Sendable {
    let text: String
    /// The server.
    let server: WebAddress

    /// - Parameters:
    ///   - text: the token; visible ASCII.
    ///   - server: the only server that receives it, encrypted or on this machine.
    ///   - variable: the name of its variable, for the error.
    /// - Throws: `DownloadError.invalidToken`.
    package init(
      _ text: String, for server: WebAddress, variable: String
    ) throws(DownloadError) {
      guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
        throw .invalidToken(variable: variable)
      }
      self.text = text
      self.server = server
    }

    /// Whether an address receives the token.
    func belongs(to address: WebAddress) -> Bool {
      server.isSameServer(as: address) && (address.isEncrypted || address.isLoopback)
    }
  }

  /// The options of curl(1) for a GET request.
  func curlOptions(for address: WebAddress, range: [String]) -> [String] {
    var options = [
      // The head comes before the body, so that a part is cut before the first byte is written.
      "include", "suppress-connect-headers", "speed-limit = 1", "speed-time = \(stallSeconds)",
      "header = \"Accept-Encoding: identity\"", "user-agent = \"swiftrag\"",
    ]
    options += range.map { "header = \(CurlProcess.quoted($0))" }
    if let token, token.belongs(to: address) {
      options.append("header = \(CurlProcess.quoted("Authorization: Bearer \(token.text)"))")
    }
    return options
  }
}
