import Foundation
import Testing

/// A process has one pool of compute threads: only a few places make one.
@Suite struct OnePoolTests {
  /// The files that may construct a `WorkerPool` or a `ComputeContext`, with the reason.
  static let allowed: [String: String] = [
    "ComputeContext.swift": "owns the pool",
    "Runtime.swift": "makes the context of the process",
    "IndexStore.swift": "a pool of one, which starts no thread, for a store without an encoder",
    "EncodedModelWriter.swift": "a conversion opens neither a model nor an index",
  ]

  @Test func poolsAreMadeInFewPlaces() throws {
    let construction = /\b(?:WorkerPool|ComputeContext)\(\s*(?:path|threadCount|\))/
    var files: Set<String> = []
    for file in ImportArrowsTests.swiftFiles(
      below: ImportArrowsTests.packageRoot.appending(path: "Sources"))
    {
      let code = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        .filter { !$0.contains("///") }.joined(separator: "\n")
      if code.contains(construction) { files.insert(file.lastPathComponent) }
    }
    #expect(files.subtracting(Self.allowed.keys) == [])
    #expect(files.contains("Runtime.swift"), "the pattern finds the construction")
  }
}
