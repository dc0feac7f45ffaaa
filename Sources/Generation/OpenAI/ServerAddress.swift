/// The validated base URL of an OpenAI-compatible server.
///
/// The parser is intentionally stricter than RFC 3986: it decides whether an address is this machine,
/// so curl must not read anything differently. User names, queries, fragments, escapes in the host and
/// characters outside ASCII are rejected.
package struct ServerAddress: Sendable, Equatable {
  /// The URL without a trailing slash, for example `http://127.0.0.1:8080/v1`.
  package let url: String
  /// Host name or IP address, without the brackets of IPv6.
  package let host: String
  /// Whether the connection is encrypted (https).
  package let isEncrypted: Bool

  /// - Parameter text: the base URL, to which `/chat/completions` is appended.
  /// - Throws: `OpenAIError.invalidURL`.
  package init(_ text: String) throws(OpenAIError) {
    let scheme: String
    if text.hasPrefix("https://") {
      scheme = "https://"
    } else if text.hasPrefix("http://") {
      scheme = "http://"
    } else {
      throw .invalidURL(text, reason: "must begin with http:// or https://")
    }
    guard text.utf8.allSatisfy({ Self.isPlain($0) }) else {
      throw .invalidURL(
        text,
        reason: "only letters, digits and - . _ ~ : / [ ] % are allowed, no query and no user name")
    }
    let rest = text.dropFirst(scheme.count)
    let authority = rest.prefix { $0 != "/" }
    guard let host = Self.host(of: authority) else {
      throw .invalidURL(text, reason: "'\(authority)' is not HOST or HOST:PORT")
    }
    self.host = host.lowercased()
    isEncrypted = scheme == "https://"
    var url = text
    while url.hasSuffix("/") { url.removeLast() }
    self.url = url
  }

  /// Whether the server is on this machine.
  package var isLoopback: Bool { ["127.0.0.1", "::1", "localhost"].contains(host) }

  /// The environment variable that switches the network off, if any: Hugging Face's two and ours.
  ///
  /// - Source: the values 1, on, yes and true are those in `constants.py` of `huggingface_hub`.
  package static func offlineVariable(in environment: [String: String]) -> String? {
    ["SWIFTRAG_OFFLINE", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"].first { name in
      environment[name].map { ["1", "on", "yes", "true"].contains($0.lowercased()) } ?? false
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-._~:/[]%".utf8.contains(byte)
    }
  }

  private static func host(of authority: Substring) -> String? {
    var host = authority
    var port: Substring?
    if authority.first == "[" {
      guard let end = authority.firstIndex(of: "]") else { return nil }
      host = authority[authority.index(after: authority.startIndex)..<end]
      let rest = authority[authority.index(after: end)...]
      guard rest.isEmpty || rest.first == ":" else { return nil }
      port = rest.isEmpty ? nil : rest.dropFirst()
      guard !host.isEmpty, host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
        return nil
      }
    } else {
      let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard let first = parts.first, !first.isEmpty else { return nil }
      host = first
      port = parts.count > 1 ? parts[1] : nil
      guard host.allSatisfy({ $0.isLetter || $0.isNumber || "-._".contains($0) }) else {
        return nil
      }
    }
    guard let port else { return String(host) }
    return port.allSatisfy(\.isNumber) && UInt16(port) != nil ? String(host) : nil
  }
}
