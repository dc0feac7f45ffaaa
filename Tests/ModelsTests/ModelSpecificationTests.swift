import Bytes
import Checkpoints
import Foundation
import Kernels
import Testing

@testable import Models

/// The text of `swiftrag inspect --spec` against the documentation.
@Suite struct ModelSpecificationTests {
  /// A page of the documentation.
  private func page(_ name: String) throws -> String {
    let root = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try String(
      contentsOf: root.appending(path: "Sources/SwiftRAG/SwiftRAG.docc/\(name).md"),
      encoding: .utf8)
  }

  private let miniLM = BERTConfig(
    layers: 6, embed: 384, heads: 12, ffn: 1536, vocab: 30522, context: 512, tokenTypes: 2,
    layerNormEpsilon: 1e-12, maximumTokenCount: 256)

  private let mistral = LlamaConfig(
    architecture: .llama, layers: 32, embed: 4096, heads: 32, keyValueHeads: 8, ffn: 14336,
    vocab: 32000, context: 32768, epsilon: 1e-5, ropeBase: 1e6)

  private let phi3 = LlamaConfig(
    architecture: .phi3, layers: 32, embed: 3072, heads: 32, ffn: 8192, vocab: 32064,
    context: 4096, epsilon: 1e-5)

  private let gemma = LlamaConfig(
    architecture: .gemma3, layers: 26, embed: 1152, heads: 4, keyValueHeads: 1, headDim: 256,
    ffn: 6912, vocab: 262_144, context: 32768, epsilon: 1e-6, ropeBase: 1e6, slidingWindow: 512)

  private let clip = CLIPConfig(
    vision: .init(layers: 12, embed: 768, heads: 12, ffn: 3072),
    text: .init(layers: 12, embed: 512, heads: 8, ffn: 2048), imageSize: 224, patchSize: 32,
    vocab: 49408, context: 77, projection: 512)

  @Test func documentationHasThePrintedText() throws {
    let picture = clip.specification.text
    #expect(try page("CLIP").contains("```\n\(picture)\n```"), "CLIP.md lacks:\n\(picture)")
    let bert = miniLM.specification.text
    #expect(try page("MiniLM").contains("```\n\(bert)\n```"), "MiniLM.md lacks:\n\(bert)")
    for text in [mistral, phi3, gemma].map(\.specification.text) {
      #expect(try page("Llama").contains("```\n\(text)\n```"), "Llama.md lacks:\n\(text)")
    }
  }

  @Test func whisperPageHasThePrintedText() throws {
    let tower = WhisperConfig.Tower(layers: 6, embed: 512, heads: 8, context: 1_500)
    var decoder = tower
    decoder.context = 448
    let text = WhisperConfig(encoder: tower, decoder: decoder, melCount: 80, vocab: 51_865)
      .specification.text
    #expect(try page("Whisper").contains("```\n\(text)\n```"), "Whisper.md lacks:\n\(text)")
  }

  @Test func whispersStepsAreTheTaps() throws {
    let checkpoint = try Checkpoint.open(path: WhisperGoldens.path("tiny-ct2"))
    let specification = try ModelSpecification(whisper: checkpoint)
    let model = try WhisperModel(
      path: checkpoint.path, compute: ComputeContext(path: .reference, threadCount: 1))
    let goldens = try WhisperGoldens.load()
    let session = try WhisperSession(model)
    let (sound, text) = (Recorder(), Recorder())
    try session.encode(goldens.window(), tap: sound.tap)
    try session.start(goldens.tokens, tap: text.tap)
    let names =
      sound.activations.filter { $0.layer ?? 0 == 0 }.map { "encoder \($0.name)" }
      + text.activations.filter { $0.layer ?? 0 == 0 }.map { "decoder \($0.name)" }
    #expect(names == specification.steps.map(\.name))
  }

  /// Every tap of a forward pass is a step, and the taps of layers are the steps of layers.
  @Test(arguments: LlamaGoldens.names) func stepsAreTheTaps(_ name: String) throws {
    let path = LlamaGoldens.path(name)
    let checkpoint = try Checkpoint.open(path: path)
    let specification = try ModelSpecification(gguf: checkpoint)
    let model = try LlamaModel(
      gguf: checkpoint, compute: ComputeContext(path: .reference, threadCount: 1))
    let recorder = Recorder()
    let session = try LlamaSession(model: model, contextTokenCount: 8)
    try session.evaluate([1, 5, 9], tap: recorder.tap)
    let first = recorder.activations.filter { $0.layer == nil || $0.layer == 0 }
    #expect(first.map(\.name) == specification.steps.map(\.name))
    #expect(first.map { $0.layer != nil } == specification.steps.map(\.isPerLayer))
  }

  @Test func unknownArchitecturesAreNamed() throws {
    var writer = try GGUFWriter()
    try writer.setMetadata("general.architecture", .string("mamba"))
    let file = MappedFile(bytes: try writer.encoded(), name: "mamba.gguf")
    #expect {
      try ModelSpecification(gguf: Checkpoint.open(file: file))
    } throws: {
      "\($0)".contains("mamba.gguf: general.architecture is mamba")
    }
  }
}
