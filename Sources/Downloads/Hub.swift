package import Bytes

/// The Hugging Face hub, or a mirror of it.
package struct Hub: Sendable {
  /// The server, without a trailing slash.
  package let endpoint: WebAddress
  /// The token of the environment; only the endpoint receives it.
  package let token: TransferOptions.Token?

  /// The hub that the environment names.
  ///
  /// - Parameter environment: `HF_ENDPOINT`; `HF_TOKEN`, `HUGGING_FACE_HUB_TOKEN`, or the file that
  ///   `hf auth login` writes: `HF_TOKEN_PATH`, `$HF_HOME/token` or `~/.cache/huggingface/token`.
  /// - Throws: `DownloadError.invalidEndpoint` and `.invalidToken`.
  /// - Source: `constants.py` and `utils/_auth.py` of `huggingface_hub`.
  package init(environment: [String: String]) throws(DownloadError) {
    let text = environment["HF_ENDPOINT"].flatMap { $0.isEmpty ? nil : $0 }
    do throws(WebAddress.Invalid) {
      endpoint = try WebAddress(text ?? "https://huggingface.co")
    } catch {
      throw .invalidEndpoint(error.text, reason: error.reason)
    }
    guard let found = Self.token(environment) else {
      token = nil
      return
    }
    token = try TransferOptions.Token(found.text, for: endpoint, variable: found.variable)
  }

  private static func token(_ environment: [String: String]) -> (text: String, variable: String)? {
    for name in ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"] {
      if let text = environment[name]?.trimmed, !text.isEmpty { return (text, name) }
    }
    if isSwitchedOn("HF_HUB_DISABLE_IMPLICIT_TOKEN", in: environment) { return nil }
    let path =
      environment["HF_TOKEN_PATH"] ?? cacheFolder(environment: environment).map { $0 + "/token" }
    guard let path, let bytes = MappedFile.smallContents(path: path, below: 4_096) else {
      return nil
    }
    let text = String(decoding: bytes, as: UTF8.self).trimmed
    return text.isEmpty ? nil : (text, path)
  }

  /// The folder of Hugging Face's own tools: `HF_HOME`, or `huggingface` in the cache folder.
  package static func cacheFolder(environment: [String: String]) -> String? {
    if let home = environment["HF_HOME"], !home.isEmpty { return home }
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
      return cache + "/huggingface"
    }
    return environment["HOME"].map { $0 + "/.cache/huggingface" }
  }

  /// The address of a file.
  ///
  /// - Throws: `DownloadError.invalidAddress`.
  package func address(
    repository: String, revision: String, path: String
  ) throws(DownloadError) -> WebAddress {
    try address(
      "/\(repository)/resolve/\(Self.escaped(revision, keeping: ""))/\(Self.escaped(path))")
  }

  /// The address of the list of a repository's files.
  func listAddress(repository: String, revision: String) throws(DownloadError) -> WebAddress {
    try address(
      "/api/models/\(repository)/tree/\(Self.escaped(revision, keeping: ""))?recursive=true")
  }

  private func address(_ path: String) throws(DownloadError) -> WebAddress {
    do throws(WebAddress.Invalid) {
      return try WebAddress(endpoint.url + path, allowsQuery: true)
    } catch {
      throw .invalidAddress(error.text, reason: error.reason)
    }
  }

  /// Percent-encodes everything but the unreserved characters of RFC 3986 and `kept`.
  private static func escaped(_ text: String, keeping kept: String = "/") -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        result.append(byte)
      default:
        if "-._~".utf8.contains(byte) || kept.utf8.contains(byte) {
          result.append(byte)
        } else {
          result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}

extension String {
  /// Without white space at its ends.
  var trimmed: String {
    let rest = drop { $0.isWhitespace }
    let end = rest.lastIndex { !$0.isWhitespace }
    return end.map { String(rest[...$0]) } ?? ""
  }
}
