import Bytes
import Checkpoints
import Foundation
import Generation
import Kernels
import Media
import Models
import SwiftRAG
import Testing
import Tokenizers

/// A Whisper whose weights are a formula, against openai-whisper; make_whisper_synthetic.py.
///
/// It has 128 mel bands, large-v3's vocabulary and more layers in the decoder than in the encoder, and
/// its texts have times, silence and unfinished windows.
@Suite struct SyntheticWhisperTests {
  private static let config = WhisperConfig(
    encoder: .init(layers: 2, embed: 32, heads: 2, context: 1_500),
    decoder: .init(layers: 3, embed: 32, heads: 2, context: 448), melCount: 128, vocab: 51_866)

  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  // MARK: The model

  private static func numbers(_ seed: Int, _ count: Int, _ scale: Double) -> [Float] {
    (0..<count).map { index in
      var x = UInt64(index) * 2_654_435_761 + UInt64(seed) * 40_503 + 1
      x &= 0xFFFF_FFFF
      x ^= x >> 15
      x = (x * 2_246_822_519) & 0xFFFF_FFFF
      x ^= x >> 13
      return Float((Double(x) / 4_294_967_296 - 0.5) * 2 * scale)
    }
  }

  private static func scale(_ name: String, _ shape: [Int]) -> Double {
    if name.hasSuffix("ln.weight") || name.hasSuffix("ln_post.weight") { return 0.3 }
    if name == "decoder.ln.bias" { return 1 }
    if name.hasSuffix("bias") { return 0.1 }
    if name.hasSuffix("token_embedding.weight") { return 0.6 }
    if name.contains("positional") { return 0.5 }
    return 1.7 / Double(shape.dropFirst().reduce(1, *)).squareRoot()
  }

  /// The tensors in the order of the script.
  private static func weights() -> [(name: String, shape: [Int], values: [Float])] {
    let specs = WhisperTensors(config: config).all
      .map { (name: $0.name(.openAI), shape: $0.shape) }.sorted { $0.name < $1.name }
    var bias: [Double] = []
    return specs.enumerated().map { seed, spec in
      let (name, shape) = spec
      var values = numbers(seed, shape.reduce(1, *), scale(name, shape))
      if name.hasSuffix("ln.weight") || name.hasSuffix("ln_post.weight") {
        values = values.map { $0 + 1 }
      }
      if name == "decoder.ln.bias" { bias = values.map(Double.init) }
      if name == "decoder.token_embedding.weight" {
        let width = config.decoder.embed
        for index in (50_365 * width)..<values.count { values[index] *= 1.1 }
        for index in (50_257 * width)..<(50_258 * width) { values[index] *= 1.9 }
        let share = 8 / bias.reduce(0) { $0 + $1 * $1 }
        for column in 0..<width { values[50_363 * width + column] = Float(share * bias[column]) }
      }
      return (name, shape, values)
    }
  }

  private static let transcriber = Result<Transcriber, any Error> {
    var writer = SafetensorsWriter()
    for (name, shape, values) in weights() {
      var builder = ByteBuilder()
      for value in values { builder.append(value) }
      try writer.addTensor(name: name, type: .f32, shape: shape, source: .bytes(builder.bytes))
    }
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "swiftrag-synthetic-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "model.safetensors").path()
    try writer.write(to: path)
    let list = root.appending(path: "Sources/SwiftRAG/TokenizerData/multilingual.tiktoken").path()
    return try Transcriber(
      model: WhisperModel(
        config: config, checkpoint: Checkpoint.open(path: path),
        compute: ComputeContext(threadCount: 2)),
      tokenizer: Transcriber.tokenizer(listPath: list, vocabularyCount: config.vocab))
  }

  // MARK: The sound

  private final class Tones: SoundStream {
    let format = SoundFormat.wav
    let (fileSampleRate, fileChannelCount) = (16_000, 1)
    let remark: String? = nil
    private(set) var seconds = 0.0

    func next() -> [Float]? {
      guard seconds < 40 else { return nil }
      let second = Int(seconds)
      let period = 20 + 13 * second % 97
      seconds += 1
      return (second * 16_000..<(second + 1) * 16_000).map { n in
        Float(Double((n % period) * 2 - period) / Double(period * 4))
      }
    }
  }

  private func recording() throws -> Recording { try Recording(bandCount: 128) { Tones() } }

  // MARK: Tests

  private struct Goldens: Decodable {
    struct Segment: Decodable {
      var seek: Int
      var start: Double
      var end: Double
      var tokens: [Int32]
      var avg_logprob: Double
      var compression_ratio: Double
      var no_speech_prob: Double
    }
    struct Case: Decodable {
      var name: String
      var segments: [Segment]
    }
    var cases: [Case]
    var languages: [String: Double]
  }

  private func goldens() throws -> Goldens {
    try JSONDecoder().decode(
      Goldens.self,
      from: Data(
        contentsOf: Self.root.appending(path: "Tests/Fixtures/whisper/synthetic.json")))
  }

  private func options(_ name: String) -> TranscriptionOptions {
    var options = TranscriptionOptions()
    options.language = "en"
    options.temperatures = [0]
    switch name {
    case "beam": options.beamSize = 5
    case "translate": (options.task, options.language) = (.translate, "de")
    case "without times": options.hasTimestamps = false
    case "first text": options.initialPrompt = "Names: Ada, Grace."
    case "clips": options.clips = [3..<12.5, 30..<1e9]
    case "no context": options.conditionsOnPreviousText = false
    case "silence": options.noSpeechThreshold = 0.1
    default: break
    }
    return options
  }

  @Test(arguments: [
    "greedy", "beam", "translate", "without times", "first text", "clips", "no context", "silence",
  ])
  func transcriptsAreThoseOfTheReference(_ name: String) throws {
    let golden = try #require(try goldens().cases.first { $0.name == name })
    let found = try Self.transcriber.get().transcribe(recording(), options: options(name)).segments
    #expect(found.map(\.tokens) == golden.segments.map(\.tokens))
    for (a, b) in zip(found, golden.segments) {
      #expect(a.seek == b.seek)
      #expect(abs(a.start - b.start) < 0.0051 && abs(a.end - b.end) < 0.0051)
      #expect(abs(a.averageLogProbability - b.avg_logprob) < 1e-3)
      #expect(abs(a.compressionRatio - b.compression_ratio) < 1e-3)
      #expect(abs(a.noSpeechProbability - b.no_speech_prob) < 1e-3)
    }
  }

  /// The paths that the goldens are there for were taken.
  @Test func everyKindOfTokenOccurs() throws {
    let cases = try goldens().cases
    let all = cases.flatMap(\.segments)
    #expect(all.contains { $0.tokens.count { $0 >= 50_365 } == 2 })
    #expect(all.contains { !$0.tokens.contains { $0 >= 50_365 } })
    #expect(Set(all.map(\.seek)).count > 3)
    let silent = try #require(cases.first { $0.name == "silence" }).segments
    #expect(!silent.isEmpty && silent.allSatisfy { $0.seek == 3_000 })
  }

  @Test func languagesAreThoseOfTheReference() throws {
    var options = options("greedy")
    options.language = nil
    var found: (code: String, probability: Double)?
    let expected = try #require(try goldens().languages.max { $0.value < $1.value })
    _ = try Self.transcriber.get().transcribe(recording(), options: options) { event in
      if case .language(let code, let probability) = event { found = (code, probability) }
    } shouldStop: {
      found != nil
    }
    #expect(found?.code == expected.key)
    #expect(abs((found?.probability ?? 0) - expected.value) < 1e-3)
  }

  /// A repetitive or improbable text is tried again at the next temperature, reproducibly.
  @Test func improbableTextFallsBack() throws {
    var options = options("greedy")
    options.temperatures = [0, 0.4, 0.8]
    options.clips = [0..<8]
    let transcriber = try Self.transcriber.get()
    let first = try transcriber.transcribe(recording(), options: options).segments
    #expect(!first.isEmpty && first.allSatisfy { $0.temperature == 0.8 })
    #expect(try transcriber.transcribe(recording(), options: options).segments == first)
    options.seed = 1
    #expect(try transcriber.transcribe(recording(), options: options).segments != first)
    (options.logProbabilityThreshold, options.compressionRatioThreshold) = (nil, nil)
    #expect(
      try transcriber.transcribe(recording(), options: options).segments
        .allSatisfy { $0.temperature == 0 })
  }

  /// An interrupted transcription continues to the same result.
  @Test(arguments: ["greedy", "beam", "clips", "first text"]) func interruptionsChangeNothing(
    _ name: String
  ) throws {
    let transcriber = try Self.transcriber.get()
    var positions: [TranscriptionPosition] = []
    var counts: [Int] = []
    var done = 0
    let whole = try transcriber.transcribe(
      recording(), options: options(name),
      emit: { if case .segments(let segments) = $0 { done += segments.count } },
      didReach: {
        positions.append($0)
        counts.append(done)
      })
    #expect(positions.count >= 2)
    for (position, count) in zip(positions, counts) {
      var state = TranscriptionState(
        position: position, segments: Array(whole.segments.prefix(count)))
      let rest = try transcriber.transcribe(
        recording(), options: options(name), resuming: state)
      #expect(rest == whole)
      // The position is enough for the segments that follow, also as it is stored.
      state = TranscriptionState(
        position: try JSONDecoder().decode(
          TranscriptionPosition.self, from: JSONEncoder().encode(position)))
      let alone = try transcriber.transcribe(
        recording(), options: options(name), resuming: state)
      #expect(alone.segments.map(\.tokens) == whole.segments.dropFirst(count).map(\.tokens))
      #expect(alone.segments.map(\.start) == whole.segments.dropFirst(count).map(\.start))
    }
  }

  /// An error of keeping a position ends the transcription.
  @Test func anErrorOfKeepingEndsTheTranscription() throws {
    struct Full: Error {}
    let transcriber = try Self.transcriber.get()
    var count = 0
    #expect(throws: Full.self) {
      _ = try transcriber.transcribe(
        recording(), options: options("clips"),
        didReach: { _ in
          count += 1
          throw Full()
        })
    }
    #expect(count == 1)
  }

  /// A position from a damaged file gives a transcript or an error.
  @Test(arguments: [Int.min, -1, Int.max]) func damagedPositions(_ number: Int) throws {
    let transcriber = try Self.transcriber.get()
    func resume(_ prompt: [Int32]) throws -> Transcript {
      let json =
        #"{"language":"en","seek":\#(number),"clip":\#(number),"windowCount":\#(number),"#
        + #""prompt":\#(prompt),"lastSpeech":-1e300}"#
      let position = try JSONDecoder().decode(TranscriptionPosition.self, from: Data(json.utf8))
      return try transcriber.transcribe(
        recording(), options: options("clips"), resuming: TranscriptionState(position: position))
    }
    #expect(try resume([]).segments.isEmpty == (number == Int.max))
    if number < 0 { #expect(throws: TranscriptionError.self) { try resume([-1]) } }
  }

  /// The windows of a batch have the text that each has alone.
  @Test(arguments: [nil, 3]) func batchesDoNotChangeTheirWindows(_ beam: Int?) throws {
    let transcriber = try Self.transcriber.get()
    var options = options("greedy")
    options.beamSize = beam
    options.clips = [0..<10, 12..<20, 21..<40]
    options.batchSize = 2
    let two = try transcriber.transcribe(recording(), options: options).segments
    options.batchSize = 3
    let three = try transcriber.transcribe(recording(), options: options).segments
    #expect(three == two)
    #expect(Set(two.map(\.seek)) == [0, 1_200, 2_100])
    // One window after the other: the first segments of each window are the same.
    options.batchSize = 1
    options.conditionsOnPreviousText = false
    let single = try transcriber.transcribe(recording(), options: options).segments
    for seek in [0, 1_200, 2_100] {
      let expected = single.filter { $0.seek == seek }.map(\.tokens)
      #expect(!expected.isEmpty)
      #expect(two.filter { $0.seek == seek }.map(\.tokens).starts(with: expected))
    }
  }

  /// Hotwords are in every prompt, and are not part of the text.
  @Test func hotwordsChangeTheText() throws {
    let transcriber = try Self.transcriber.get()
    var options = options("no context")
    let without = try transcriber.transcribe(recording(), options: options).segments
    options.hotwords = "  "
    #expect(try transcriber.transcribe(recording(), options: options).segments == without)
    options.hotwords = "Ada, Grace"
    #expect(try transcriber.transcribe(recording(), options: options).segments != without)
    // More hotwords than a prompt holds.
    options.hotwords = String(repeating: "Ada, Grace ", count: 400)
    #expect(try !transcriber.transcribe(recording(), options: options).segments.isEmpty)
  }
}
