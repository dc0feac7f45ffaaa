import Bytes
import Foundation

/// Files written by the formats' own Python packages (`make_fixtures.py` in their folder).
enum Fixtures {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/checkpoints")

  static func path(_ name: String) -> String { folder.appending(path: name).path }

  /// The record of the generator.
  struct Manifest: Decodable {
    struct File: Decodable {
      let bytes: Int
      let sha256: String
    }
    let files: [String: File]
    /// Name: id, numbers per block, bytes per block; from `gguf.constants.GGML_QUANT_SIZES`.
    let ggmlTypes: [String: [Int]]
  }

  static func manifest() throws -> Manifest {
    try JSONDecoder().decode(
      Manifest.self, from: Data(contentsOf: folder.appending(path: "MANIFEST.json")))
  }
}

/// Real model files, which are not part of the repository.
enum Assets {
  /// `SWIFTRAG_ASSETS`, or `shared/assets` next to the checkout.
  static let folder: URL = {
    if let path = ProcessInfo.processInfo.environment["SWIFTRAG_ASSETS"] {
      return URL(filePath: path)
    }
    return URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/assets")
  }()

  static func path(_ name: String) -> String { folder.appending(path: name).path }

  static func has(_ names: String...) -> Bool {
    names.allSatisfy { FileManager.default.fileExists(atPath: path($0)) }
  }
}
