/// A repository of the hub, or a file in one, as a person writes it.
package struct HubReference: Sendable, Equatable {
  /// `OWNER/NAME`.
  package let repository: String
  /// A branch, tag or commit.
  package let revision: String
  /// The path of a file; nil for the whole repository.
  package let path: String?

  /// Whether a text is `OWNER/NAME` with the hub's characters.
  package static func isRepository(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 2
      && parts.allSatisfy { part in
        PlainPath.isName(part) && part.utf8.count <= 96
          && part.unicodeScalars.allSatisfy {
            $0.isASCII
              && ($0.properties.isAlphabetic || $0.properties.numericType != nil
                || "-_.".unicodeScalars.contains($0))
          }
      }
  }

  /// Reads `hf:OWNER/NAME[@REVISION][/FILE]`, the same without `hf:`, or the address of a page of the
  /// hub: `https://huggingface.co/OWNER/NAME`, also with `/blob/`, `/resolve/` or `/tree/`; the initializer fails for other texts.
  ///
  /// - Parameters:
  ///   - text: as it was typed.
  ///   - server: the hub's address, such as `https://huggingface.co`.
  package init?(_ text: String, server: String = "https://huggingface.co") {
    var parts: [Substring]
    let prefix = [server + "/", "https://huggingface.co/", "https://hf.co/", "hf.co/", "hf:"].first
    {
      text.hasPrefix($0)
    }
    if prefix == nil, text.contains(":") { return nil }
    parts = text.dropFirst(prefix?.count ?? 0).split(separator: "/")
    guard parts.count >= 2 else { return nil }
    var name = parts[1]
    var revision = "main"
    if let mark = name.firstIndex(of: "@") {
      revision = String(name[name.index(after: mark)...])
      name = name[..<mark]
    }
    let repository = "\(parts[0])/\(name)"
    guard Self.isRepository(repository), !revision.isEmpty else { return nil }
    parts.removeFirst(2)
    if prefix?.hasPrefix("http") == true, parts.count >= 2,
      ["blob", "resolve", "tree"].contains(parts[0])
    {
      revision = String(parts[1])
      parts.removeFirst(2)
    }
    let path = parts.joined(separator: "/").prefix { $0 != "?" }
    guard path.isEmpty || PlainPath.isSafe(String(path)) else { return nil }
    self.repository = repository
    self.revision = revision
    self.path = path.isEmpty ? nil : String(path)
  }
}
