import Foundation
import Kernels
import Models

/// A spoken sentence, and the bundled detector of speech.
enum SpeechFixtures {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// JFK's first words, 2.5 seconds at 16 kHz.
  static func samples() throws -> [Int16] {
    let wave = try Data(contentsOf: root.appending(path: "Tests/Fixtures/silero/jfk.wav"))
    let bytes = Array(wave.dropFirst(44))
    return stride(from: 0, to: bytes.count, by: 2).map {
      Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)
    }
  }

  /// Silero's detector.
  static func silero() throws -> SileroModel {
    try SileroModel(
      path: root.appending(path: "Sources/SwiftRAG/SpeechData/silero-v6.2.0-vad-ggml.bin").path(),
      compute: ComputeContext(threadCount: 1))
  }
}
