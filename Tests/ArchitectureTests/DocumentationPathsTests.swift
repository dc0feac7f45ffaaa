import Foundation
import Testing

/// Checks that files and folders that the documentation names exist.
@Suite struct DocumentationPathsTests {
  /// Folders of the repository whose paths the pages write in full.
  static let folders = ["Sources/", "Tests/", "Benchmarks/"]

  /// The paths in code spans of a Markdown text that do not exist below `root`.
  ///
  /// A path followed by `(new)` is an example of a file to create, and `NAME` stands for any name.
  static func missingPaths(in markdown: String, below root: URL) -> [String] {
    let spans = markdown.split(separator: "`", omittingEmptySubsequences: false)
    return spans.indices.filter { !$0.isMultiple(of: 2) }.compactMap { index in
      let path = String(spans[index].split(separator: " ").first ?? "")
      let following = spans.indices.contains(index + 1) ? spans[index + 1] : ""
      guard folders.contains(where: path.hasPrefix), !path.contains("NAME"),
        !following.hasPrefix(" (new)"), !path.contains("*")
      else { return nil }
      let exists = FileManager.default.fileExists(atPath: root.appending(path: path).path)
      return exists ? nil : path
    }
  }

  /// README, CONTRIBUTING and all pages of the documentation.
  static func pages() throws -> [URL] {
    let root = ImportArrowsTests.packageRoot
    let documentation = root.appending(path: "Sources/SwiftRAG/SwiftRAG.docc")
    let walker = FileManager.default.enumerator(at: documentation, includingPropertiesForKeys: nil)
    let pages = (walker?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "md" }
    return ["README.md", "CONTRIBUTING.md"].map { root.appending(path: $0) } + pages
  }

  @Test func pathsExist() throws {
    let pages = try Self.pages()
    #expect(pages.count > 20)
    for page in pages {
      let text = try String(contentsOf: page, encoding: .utf8)
      let missing = Self.missingPaths(in: text, below: ImportArrowsTests.packageRoot)
      #expect(missing.isEmpty, "\(page.lastPathComponent)")
    }
  }

  @Test func aMissingPathIsFound() {
    let text = """
      `Sources/Bytes` and `Sources/Nowhere/X.swift`, `Sources/Y.swift` (new),
      `Tests/lint/check_english.sh --list`, `Sources/Models/NAME/`, `make test`
      """
    let missing = Self.missingPaths(in: text, below: ImportArrowsTests.packageRoot)
    #expect(missing == ["Sources/Nowhere/X.swift"])
  }
}
