import Checkpoints
import Foundation
import Kernels
import Testing

@testable import Models

/// Layer by layer against openai-whisper, from every published layout.
///
/// Tolerance: 32 × 2⁻²⁴ of the largest number of the activation, as for CLIP. openai-whisper scales
/// queries and keys by the fourth root of the width of a head, this program their product, which
/// differs in the last bit.
@Suite struct WhisperGoldenTests {
  static let tolerance: Float = 32 * 0x1p-24

  private func session(
    _ layout: String, path: KernelBackend = .simd, threadCount: Int = 2, hypotheses: Int = 1
  ) throws -> WhisperSession {
    try WhisperSession(
      try WhisperModel(
        path: WhisperGoldens.path(layout),
        compute: ComputeContext(path: path, threadCount: threadCount)),
      hypothesisLimit: hypotheses)
  }

  @Test(arguments: KernelBackend.allCases, WhisperGoldens.layouts)
  func encoderAndDecoderAgreeInEveryActivation(_ path: KernelBackend, _ layout: String) throws {
    let session = try session(layout, path: path)
    let goldens = try WhisperGoldens.load()
    let numbers = try WhisperGoldens.numbers()
    let sound = Recorder()
    try session.encode(goldens.window(), tap: sound.tap)
    try requireAgreement(sound.activations, goldens.encoder, numbers, tolerance: Self.tolerance)
    let text = Recorder()
    try session.start(goldens.tokens, logitRows: goldens.tokens.count, tap: text.tap)
    try requireAgreement(text.activations, goldens.decoder, numbers, tolerance: Self.tolerance)
  }

  /// The layouts hold the same numbers, so they give the same bits.
  @Test func everyLayoutHasTheSameConfigurationAndBits() throws {
    let goldens = try WhisperGoldens.load()
    var results: [[Float]] = []
    var configs: [WhisperConfig] = []
    for layout in WhisperGoldens.layouts {
      let session = try session(layout)
      try session.encode(goldens.window())
      try session.start(goldens.tokens, logitRows: goldens.tokens.count)
      results.append(session.encoded + (0..<goldens.tokens.count).flatMap { session.logits($0) })
      configs.append(session.model.config)
    }
    #expect(results.allSatisfy { $0 == results[0] })
    #expect(configs.allSatisfy { $0 == configs[0] })
  }

  @Test func threadsGiveTheSameBits() throws {
    let goldens = try WhisperGoldens.load()
    var results: [[Float]] = []
    for threadCount in 1...3 {
      let session = try session("tiny.pt", threadCount: threadCount)
      try session.encode(goldens.window())
      try session.start(goldens.tokens, logitRows: goldens.tokens.count)
      results.append(session.encoded + (0..<goldens.tokens.count).flatMap { session.logits($0) })
    }
    #expect(results[1] == results[0] && results[2] == results[0])
  }

  /// Token by token, alone or among other hypotheses that change places, the logits are those of the
  /// whole text at once.
  @Test func stepsAndHypothesesGiveTheSameBits() throws {
    let goldens = try WhisperGoldens.load()
    let tokens = goldens.tokens
    let whole = try session("tiny.pt")
    try whole.encode(goldens.window())
    try whole.start(tokens, logitRows: tokens.count)
    let expected = (0..<tokens.count).map { whole.logits($0) }

    let session = try session("tiny.pt", hypotheses: 3)
    try session.encode(goldens.window())
    try session.start(Array(tokens.prefix(2)), hypotheses: 3, logitRows: 2)
    #expect(session.logits(1) == expected[1])
    // The place of the right text among the others, before and after each step.
    var place = 0
    for (index, next) in [2, 0, 1, 1, 2].enumerated() {
      var sources = [0, 1, 2]
      var continuation: [Int32] = [5, 6, 7]
      for hypothesis in 0..<3 where index.isMultiple(of: 2) { sources[hypothesis] = place }
      sources[next] = place
      continuation[next] = tokens[index + 2]
      try session.step(continuation, sources: sources)
      #expect(session.logits(next) == expected[index + 2])
      place = next
    }
  }

  /// A swapped weight is seen: the goldens can fail.
  @Test func exchangedWeightsAreDetected() throws {
    let folder = try Assets.temporaryDirectory()
    let original = try Checkpoint.open(path: WhisperGoldens.path("tiny-hf"))
    var writer = SafetensorsWriter()
    let (query, value) = (
      "model.decoder.layers.1.encoder_attn.q_proj.weight",
      "model.decoder.layers.1.encoder_attn.v_proj.weight"
    )
    for tensor in original.tensors {
      let name = tensor.name == query ? value : tensor.name == value ? query : tensor.name
      try writer.addTensor(
        name: name, type: tensor.type, shape: tensor.shape, source: original.source(of: tensor))
    }
    try writer.write(to: folder.appending(path: "model.safetensors").path())
    try FileManager.default.copyItem(
      at: WhisperGoldens.folder.appending(path: "tiny-hf/config.json"),
      to: folder.appending(path: "config.json"))
    let model = try WhisperModel(path: folder.path(), compute: ComputeContext(threadCount: 1))
    let goldens = try WhisperGoldens.load()
    let session = try WhisperSession(model)
    try session.encode(goldens.window())
    let recorder = Recorder()
    try session.start(goldens.tokens, tap: recorder.tap)
    let numbers = try WhisperGoldens.numbers()
    let actual = try #require(recorder.activations.last { $0.name == "crossAttention" })
    let golden = try #require(goldens.decoder.last { $0.name == "crossAttention" })
    #expect(maximumDifference(actual.values, numbers[golden.range]) > 1e-3)
  }
}
