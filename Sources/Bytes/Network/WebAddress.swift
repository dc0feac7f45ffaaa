/// A validated address of the web: `http` or `https`, a host and a path.
///
/// The parser is intentionally stricter than RFC 3986: it decides whether an address is this machine
/// and whether two addresses have the same host, so curl must not read anything differently. User
/// names, fragments, escapes in the host and characters outside ASCII are rejected, and so are
/// queries where a base URL is expected.
package struct WebAddress: Sendable, Equatable {
  /// The URL without a trailing slash, for example `http://127.0.0.1:8080/v1`.
  package let url: String
  /// Host name or IP address, without the brackets of IPv6, in lower case.
  package let host: String
  /// The port as it is written; nil for the scheme's own.
  package let port: UInt16?
  /// Whether the connection is encrypted (https).
  package let isEncrypted: Bool

  /// Why a text is not an address.
  package struct Invalid: Error, Equatable {
    /// The text.
    package let text: String
    /// The reason, as the end of a sentence about the text.
    package let reason: String
  }

  /// - Parameters:
  ///   - text: the address.
  ///   - allowsQuery: whether a query may follow the path, as in the signed addresses that a hub
  ///     redirects to. Then every visible ASCII character may be in the path and the query.
  /// - Throws: `Invalid`.
  package init(_ text: String, allowsQuery: Bool = false) throws(Invalid) {
    let scheme: String
    if text.hasPrefix("https://") {
      scheme = "https://"
    } else if text.hasPrefix("http://") {
      scheme = "http://"
    } else {
      throw Invalid(text: text, reason: "must begin with http:// or https://")
    }
    let rest = text.dropFirst(scheme.count)
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    let path = rest.dropFirst(authority.count).utf8
    guard authority.utf8.allSatisfy({ Self.isPlain($0) }),
      path.allSatisfy({ allowsQuery ? Self.isVisible($0) : Self.isPlain($0) })
    else {
      throw Invalid(
        text: text,
        reason: allowsQuery
          ? "only visible ASCII characters are allowed"
          : "only letters, digits and - . _ ~ : / [ ] % are allowed, no query and no user name")
    }
    guard let (host, port) = Self.hostAndPort(of: authority) else {
      throw Invalid(text: text, reason: "'\(authority)' is not HOST or HOST:PORT")
    }
    self.host = host.lowercased()
    self.port = port
    isEncrypted = scheme == "https://"
    var url = text
    while !allowsQuery, url.hasSuffix("/") { url.removeLast() }
    self.url = url
  }

  /// Whether the server is on this machine.
  package var isLoopback: Bool { ["127.0.0.1", "::1", "localhost"].contains(host) }

  /// Whether both addresses lead to the same server: scheme, host and port are equal.
  package func isSameServer(as other: WebAddress) -> Bool {
    isEncrypted == other.isEncrypted && host == other.host && effectivePort == other.effectivePort
  }

  private var effectivePort: UInt16 { port ?? (isEncrypted ? 443 : 80) }

  /// The scheme and the server, for example `https://huggingface.co`.
  package var root: String {
    let start = url.firstIndex(of: "/").map { url.index($0, offsetBy: 2) } ?? url.startIndex
    let end = url[start...].firstIndex { $0 == "/" || $0 == "?" } ?? url.endIndex
    return String(url[..<end])
  }

  /// The address without its query: signed addresses hold secrets there.
  package var withoutQuery: String { String(url.prefix { $0 != "?" }) }

  /// The environment variable that switches the network off, if any: Hugging Face's two and ours.
  package static func offlineVariable(in environment: [String: String]) -> String? {
    ["SWIFTRAG_OFFLINE", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"].first {
      isSwitchedOn($0, in: environment)
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

  /// A fragment is not sent to a server, and `\` is a slash for some programs.
  private static func isVisible(_ byte: UInt8) -> Bool {
    (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "#") && byte != UInt8(ascii: "\\")
  }

  private static func hostAndPort(of authority: Substring) -> (String, UInt16?)? {
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
    guard let port else { return (String(host), nil) }
    guard port.allSatisfy(\.isNumber), let number = UInt16(port) else { return nil }
    return (String(host), number)
  }
}
