import Foundation

@testable import Models

/// Activations of openai-whisper's model; Tests/Reference/make_whisper_goldens.py.
struct WhisperGoldens: Decodable {
  var tokens: [Int32]
  /// The window, `[frames, mels]`.
  var mel: GoldenEntry
  var encoder: [GoldenEntry]
  var decoder: [GoldenEntry]

  static let folder = Assets.packageRoot.appending(path: "Tests/Fixtures/whisper")

  /// The same weights as openai-whisper, transformers, whisper.cpp and CTranslate2 have them.
  static let layouts = ["tiny.pt", "tiny-hf", "tiny-ggml.bin", "tiny-ct2"]

  static func path(_ layout: String) -> String { folder.appending(path: layout).path() }

  static func load() throws -> WhisperGoldens {
    let data = try Data(contentsOf: folder.appending(path: "tiny.json"))
    return try JSONDecoder().decode(WhisperGoldens.self, from: data)
  }

  static func numbers() throws -> [Float] {
    try GoldenEntry.numbers(of: folder.appending(path: "tiny.f32"))
  }

  func window() throws -> [Float] { Array(try Self.numbers()[mel.range]) }
}
