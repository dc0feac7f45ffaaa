import Foundation
import Kernels
import Testing

@testable import Models

/// Silero's voice detector against PyTorch's layers in Float64; Tests/Reference/make_silero_goldens.py.
@Suite struct SileroTests {
  private static let root = Assets.packageRoot

  private func session(_ path: KernelBackend = .simd, threads: Int = 2) throws -> SileroSession {
    SileroSession(
      try SileroModel(
        path: Self.root.appending(
          path: "Sources/SwiftRAG/SpeechData/silero-v6.2.0-vad-ggml.bin"
        ).path(), compute: ComputeContext(path: path, threadCount: threads)))
  }

  private func goldens() throws -> [String: [Float]] {
    try JSONDecoder().decode(
      [String: [Float]].self,
      from: Data(contentsOf: Self.root.appending(path: "Tests/Fixtures/silero/goldens.json")))
  }

  /// The signals of the script.
  private func signals() throws -> [String: [Float]] {
    let wave = try Data(contentsOf: Self.root.appending(path: "Tests/Fixtures/silero/jfk.wav"))
      .dropFirst(44)
    let bytes = Array(wave)
    let speech = stride(from: 0, to: bytes.count, by: 2).map {
      Float(Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)) / 32_768
    }
    var state = 1
    let noise = (0..<16_000).map { _ -> Float in
      state = (state * 1_103_515_245 + 12_345) % (1 << 31)
      return Float((Double(state / 65_536) / 32_768 - 0.5) * 0.2)
    }
    let chord = (0..<16_000).map { n -> Float in
      let sum = [262.0, 330, 392].reduce(0) { $0 + sin(2 * Double.pi * $1 * Double(n) / 16_000) }
      return Float(sum * 0.1 * exp(-Double(n % 8_000) / 4_000))
    }
    return ["speech": speech, "noise": noise, "chord": chord]
  }

  @Test(arguments: KernelBackend.allCases) func probabilities(_ path: KernelBackend) throws {
    let goldens = try goldens()
    for (name, samples) in try signals() {
      let session = try session(path)
      let found = session.append(samples) + session.finish()
      let expected = try #require(goldens[name])
      try #require(found.count == expected.count, "\(name)")
      // Float32 along 79 steps of a recurrent state.
      for (a, b) in zip(found, expected) { #expect(abs(a - b) < 2e-4, "\(name)") }
    }
  }

  /// Pieces of any size, and threads, give the same bits.
  @Test func piecesGiveTheSameBits() throws {
    let samples = try #require(try signals()["speech"])
    let whole = try session(threads: 1)
    let expected = whole.append(samples) + whole.finish()
    let divided = try session(threads: 3)
    var (found, start, size) = ([Float](), 0, 1)
    while start < samples.count {
      let end = min(samples.count, start + size)
      found += divided.append(Array(samples[start..<end]))
      (start, size) = (end, size * 3 % 2_011 + 1)
    }
    found += divided.finish()
    #expect(found == expected)
  }

  /// A Whisper's file is not a voice detector, and a voice detector's is not a Whisper.
  @Test func foreignFilesAreRefused() throws {
    let compute = ComputeContext(threadCount: 1)
    #expect(throws: ModelError.self) {
      _ = try SileroModel(path: WhisperGoldens.path("tiny-ggml.bin"), compute: compute)
    }
    let detector = Self.root.appending(
      path: "Sources/SwiftRAG/SpeechData/silero-v6.2.0-vad-ggml.bin")
    #expect(throws: ModelError.self) {
      _ = try WhisperModel(path: detector.path(), compute: compute)
    }
    let folder = try Assets.temporaryDirectory()
    let bytes = try Data(contentsOf: detector)
    for count in [4, 17, 18, 60, 103, 5_000, bytes.count - 1] {
      let path = folder.appending(path: "cut.bin").path()
      try bytes.prefix(count).write(to: URL(filePath: path))
      #expect(throws: ModelError.self, "\(count) bytes") {
        _ = try SileroModel(path: path, compute: compute)
      }
    }
  }
}
