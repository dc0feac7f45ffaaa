import Checkpoints
import Foundation
import Kernels
import Testing

@testable import Models

/// Folders and files that do not fit: an error that names the place, never a trap.
@Suite struct WhisperLoadingTests {
  private let compute = ComputeContext(path: .reference, threadCount: 1)

  /// A copy of the Hugging Face folder with one entry of config.json changed.
  private func folder(_ key: String, _ value: Any) throws -> String {
    let copy = try Assets.temporaryDirectory().appending(path: "model")
    try FileManager.default.copyItem(at: WhisperGoldens.folder.appending(path: "tiny-hf"), to: copy)
    let url = copy.appending(path: "config.json")
    var object = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
    object[key] = value
    try JSONSerialization.data(withJSONObject: object).write(to: url)
    return copy.path()
  }

  @Test(arguments: [
    ("encoder_layers", 3), ("decoder_layers", 1), ("vocab_size", 61), ("num_mel_bins", 9),
    ("max_source_positions", 13), ("max_target_positions", 15),
  ])
  func sizesThatContradictTheTensors(_ key: String, _ value: Int) throws {
    let path = try folder(key, value)
    #expect {
      try WhisperModel(path: path, compute: compute)
    } throws: { error in
      switch error as? ModelError {
      case .shape, .missing, .unsupported: true
      default: false
      }
    }
  }

  @Test(arguments: [
    ("encoder_attention_heads", 5), ("decoder_layers", 0), ("num_mel_bins", 1 << 20),
    ("max_target_positions", -1), ("vocab_size", 1 << 40),
  ])
  func sizesThatCannotBe(_ key: String, _ value: Int) throws {
    let path = try folder(key, value)
    #expect {
      try WhisperModel(path: path, compute: compute)
    } throws: { error in
      if case .invalid = error as? ModelError { true } else { false }
    }
  }

  @Test(arguments: [("encoder_ffn_dim", 64), ("decoder_ffn_dim", 1), ("d_model", 1 << 62)])
  func feedForwardWidthsThatAreNotSupported(_ key: String, _ value: Int) throws {
    let path = try folder(key, value)
    #expect {
      try WhisperModel(path: path, compute: compute)
    } throws: { error in
      if case .unsupported = error as? ModelError { true } else { false }
    }
  }

  @Test func anotherActivationFunctionIsRefused() throws {
    let path = try folder("activation_function", "relu")
    #expect {
      try WhisperModel(path: path, compute: compute)
    } throws: {
      "\($0)".contains("activation_function")
    }
  }

  /// whisper.cpp's stubs for its own tests have a header and no tensors.
  @Test(
    .enabled(if: Assets.shared("whisper/for-tests-ggml-tiny.bin") != nil, "needs the assets"),
    arguments: ["tiny", "tiny.en"])
  func stubsSayWhatIsMissing(_ name: String) throws {
    let path = try #require(Assets.shared("whisper/for-tests-ggml-\(name).bin"))
    let config = try WhisperConfig(checkpoint: Checkpoint.open(path: path))
    #expect(config.isMultilingual == (name == "tiny") && config.languageCount == 99)
    #expect {
      try WhisperModel(path: path, compute: compute)
    } throws: {
      "\($0)".contains("a header alone")
    }
  }

  @Test func inputsThatDoNotFit() throws {
    let model = try WhisperModel(path: WhisperGoldens.path("tiny.pt"), compute: compute)
    let session = try WhisperSession(model, hypothesisLimit: 2)
    #expect(throws: ModelError.self) { try session.encode([1, 2, 3]) }
    try session.encode(WhisperGoldens.load().window())
    #expect(throws: ModelError.emptySequence(index: 0)) { try session.start([]) }
    #expect {
      try session.start([0, 60])
    } throws: { error in
      if case .tokenOutsideVocabulary(60, 0, 1, 60) = error as? ModelError { true } else { false }
    }
    try session.start([Int32](repeating: 1, count: 16))
    #expect(throws: ModelError.contextFull(tokenCount: 16, adding: 1, limit: 16)) {
      try session.step([1])
    }
  }

  /// More hypotheses than the text has positions: 16 in the tiny model.
  @Test func moreHypothesesThanPositions() throws {
    let model = try WhisperModel(path: WhisperGoldens.path("tiny.pt"), compute: compute)
    let session = try WhisperSession(model, hypothesisLimit: 20)
    try session.encode(WhisperGoldens.load().window())
    try session.start([1], hypotheses: 20)
    try session.step([Int32](repeating: 2, count: 20))
    #expect(session.logits(19) == session.logits(0))
  }

  /// Published sizes with another number of heads do not have the published alignment heads.
  @Test func alignmentHeadsExist() throws {
    var config = try WhisperConfig(
      checkpoint: Checkpoint.open(path: WhisperGoldens.path("tiny.pt")))
    config.vocab = WhisperConfig.multilingualVocab
    (config.decoder.layers, config.decoder.embed, config.decoder.heads) = (4, 384, 6)
    #expect(config.alignmentHeads.contains(.init(3, 5)) && config.alignmentHeads.count == 6)
    config.decoder.heads = 2
    #expect(config.alignmentHeads.allSatisfy { $0.head < 2 } && config.alignmentHeads.count == 4)
    config.decoder.context = 1
    #expect(throws: ModelError.self) { try config.validate(source: "test") }
  }

  /// A converted file with the same numbers gives the bits of its source, and a quantised one gives
  /// close numbers.
  @Test func convertedFiles() throws {
    let goldens = try WhisperGoldens.load()
    func logits(_ path: String) throws -> [Float] {
      let session = try WhisperSession(
        WhisperModel(path: path, compute: ComputeContext(threadCount: 2)))
      try session.encode(goldens.window())
      try session.start(goldens.tokens)
      return session.logits(0)
    }
    let expected = try logits(WhisperGoldens.path("tiny.pt"))
    let largest = expected.reduce(0) { max($0, abs($1)) }
    let folder = try Assets.temporaryDirectory()
    for recipe in WhisperConverter.recipes {
      let path = folder.appending(path: "\(recipe.rawValue).gguf").path()
      try WhisperConverter(Checkpoint.open(path: WhisperGoldens.path("tiny-ct2")))
        .write(to: path, recipe: recipe)
      let actual = try logits(path)
      switch recipe {
      case .f32, .f16: #expect(actual == expected, "\(recipe)")
      default:
        let difference = maximumDifference(actual, expected)
        #expect(difference > 0 && difference < 0.5 * largest, "\(recipe): \(difference)")
      }
    }
  }

  /// Quantised weights become `Q8_0`, with keys and values in Float16; the bits are the same for any
  /// number of threads, and token by token among other hypotheses.
  @Test(arguments: [ConversionRecipe.q80, .q51, .q5KM]) func quantisedFiles(
    _ recipe: ConversionRecipe
  ) throws {
    let goldens = try WhisperGoldens.load()
    let tokens = goldens.tokens
    let path = try Assets.temporaryDirectory().appending(path: "tiny.gguf").path()
    try WhisperConverter(Checkpoint.open(path: WhisperGoldens.path("tiny-ct2")))
      .write(to: path, recipe: recipe)
    func logits(_ backend: KernelBackend, threadCount: Int) throws -> [[Float]] {
      let model = try WhisperModel(
        path: path, compute: ComputeContext(path: backend, threadCount: threadCount))
      #expect(model.weights.cacheType == .f16 && model.weights.output.weights.isQuantized)
      let session = try WhisperSession(model)
      try session.encode(goldens.window())
      try session.start(tokens, logitRows: tokens.count)
      return (0..<tokens.count).map { session.logits($0) }
    }
    let expected = try logits(.simd, threadCount: 1)
    #expect(try logits(.simd, threadCount: 2) == expected)
    let largest = expected.joined().reduce(0) { max($0, abs($1)) }
    // An activation that differs in its last bit may become the next of 255 steps, or of 127 with AVX2;
    // the twin has as many.
    let twin = try logits(.reference, threadCount: 2)
    #expect(
      maximumDifference(Array(twin.joined()), Array(expected.joined())) < 0.02 * largest)

    let session = try WhisperSession(
      WhisperModel(path: path, compute: ComputeContext(threadCount: 2)), hypothesisLimit: 3)
    try session.encode(goldens.window())
    try session.start([tokens[0]], hypotheses: 3)
    for index in 1..<tokens.count {
      // The text changes its place with every token; the others go on from it.
      var next = [Int32](repeating: 3, count: 3)
      next[index % 3] = tokens[index]
      try session.step(next, sources: [Int](repeating: (index + 2) % 3, count: 3))
      #expect(session.logits(index % 3) == expected[index])
    }
  }

  /// Plain weights are those of the reference, and so are keys and values that follow from them.
  @Test(arguments: WhisperGoldens.layouts) func plainFilesKeepFloat32(_ layout: String) throws {
    let model = try WhisperModel(path: WhisperGoldens.path(layout), compute: compute)
    #expect(model.weights.cacheType == .f32)
  }
}
