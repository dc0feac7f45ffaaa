import Foundation

/// The files that tests read.
enum Assets {
  static let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let fixtures = packageRoot.appending(path: "Tests/Fixtures/bert")

  /// The model that is part of the repository.
  static let bundledModel = packageRoot.appending(
    path: "models/embeddings/all-MiniLM-L6-v2/all-MiniLM-L6-v2-Q8_0.gguf"
  ).path()

  /// The original all-MiniLM-L6-v2, which is not in the repository.
  ///
  /// Looked for under `SWIFTRAG_ASSETS`, then beside the package; nil where there is none.
  static let originalModel: String? = {
    let environment = ProcessInfo.processInfo.environment["SWIFTRAG_ASSETS"]
    let directories =
      [environment, packageRoot.appending(path: "../shared/assets").standardized.path()]
      .compactMap(\.self)
    return directories.map { $0 + "/minilm" }
      .first { FileManager.default.fileExists(atPath: $0 + "/model.safetensors") }
  }()

  /// A file of the assets that are not in the repository, or nil where there is none.
  static func shared(_ name: String) -> String? {
    let environment = ProcessInfo.processInfo.environment["SWIFTRAG_ASSETS"]
    return [environment, packageRoot.appending(path: "../shared/assets").standardized.path()]
      .compactMap { $0.map { $0 + "/" + name } }
      .first { FileManager.default.fileExists(atPath: $0) }
  }

  static let missingOriginal: String =
    "needs the original all-MiniLM-L6-v2 under SWIFTRAG_ASSETS or ../shared/assets"

  /// A new empty directory for one test.
  static func temporaryDirectory() throws -> URL {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "swiftrag-models-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    return directory
  }
}
