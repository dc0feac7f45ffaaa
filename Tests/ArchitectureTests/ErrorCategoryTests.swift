import Foundation
import Testing

/// Every error type of the package says which category it belongs to, so that no error of ours ends
/// in an exit code that says nothing.
@Suite struct ErrorCategoryTests {
  /// Errors that their own module catches, each thrown by a typed `throws`.
  static let caughtInside: Set<String> = [
    "NotText",
    "XMLPullReader.Malformed",
    "EventStreamReader.Failure",
    "CompletionChunk.Failure",
    "PromptCacheFile.Problem",
    "ModelFailure",
    "WaitingPictures.Unreadable",
    "RegistryModel.Invalid",
    "ModelInstaller.NotAModel",
    "RecordingIntake.Changed",
    "WhisperRecognizer.Stopped",
  ]

  /// The error types that a source declares, and the types that it makes conform to
  /// `CategorizedError`, by their qualified names.
  ///
  /// The formatter indents by two spaces a level, which gives the enclosing types.
  static func scan(_ source: String) -> (errors: Set<String>, categorized: Set<String>) {
    var (errors, categorized): (Set<String>, Set<String>) = ([], [])
    var enclosing: [String] = []
    let declaration =
      /^( *)(?:(?:package|public|private|fileprivate|final|indirect|@unchecked) )*(?:struct|class|enum|actor|extension) ([\w.]+)(?:<[^>]*>)?(: [^{]*)?/
    for line in source.split(separator: "\n") {
      guard let match = line.prefixMatch(of: declaration) else { continue }
      enclosing = Array(enclosing.prefix(match.1.count / 2)) + [String(match.2)]
      let name = enclosing.joined(separator: ".")
      let protocols = (match.3 ?? "").split(whereSeparator: { ": ,".contains($0) })
      if protocols.contains("CategorizedError") { categorized.insert(name) }
      if protocols.contains("Error") { errors.insert(name) }
    }
    return (errors, categorized)
  }

  @Test func everyErrorHasACategory() throws {
    let files = ImportArrowsTests.swiftFiles(
      below: ImportArrowsTests.packageRoot.appending(path: "Sources"))
    var (errors, categorized): (Set<String>, Set<String>) = ([], [])
    for file in files {
      let found = Self.scan(try String(contentsOf: file, encoding: .utf8))
      errors.formUnion(found.errors)
      categorized.formUnion(found.categorized)
    }
    #expect(errors.count > 15, "the scan finds the declarations")
    #expect(errors.subtracting(categorized) == Self.caughtInside)
  }

  @Test func theScanFindsNestedTypes() {
    let found = Self.scan(
      """
      package struct Reader {
        package enum Failure: Error, Equatable {
          case empty
        }
        struct Row: Sendable {}
      }
      package enum StoreError: Error, Sendable {
      }
      extension Reader.Failure: CategorizedError {
      }
      struct CommandFailure: CategorizedError, CustomStringConvertible {
      """)
    #expect(found.errors == ["Reader.Failure", "StoreError"])
    #expect(found.categorized == ["Reader.Failure", "CommandFailure"])
  }
}
