import Foundation

@testable import Documents

/// The files of Tests/Fixtures/documents and temporary ones.
enum DocumentFixture {
  static let packageRoot = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func path(_ name: String) -> String {
    packageRoot.appendingPathComponent("Tests/Fixtures/documents/\(name)").path
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  static func read(_ text: String, _ name: String) throws(DocumentError) -> ExtractedDocument {
    try DocumentReader().read(contents: Array(text.utf8), path: name)
  }

  /// Runs `body` with a new folder, which is removed afterwards.
  static func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("documents-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
  }

  static func write(_ bytes: [UInt8], to path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  static func slice(_ document: ExtractedDocument, _ range: Range<Int>) -> String {
    String(decoding: Array(document.text.utf8)[range], as: UTF8.self)
  }
}

/// A small seeded generator: xorshift64* (Vigna 2016), so that failures can be repeated.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 0x2545_F491_4F6C_DD1D
  }
}
