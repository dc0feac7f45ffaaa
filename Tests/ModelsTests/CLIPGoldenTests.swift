import Checkpoints
import Foundation
import Kernels
import Testing

@testable import Models

/// Layer by layer against transformers, from both published layouts.
///
/// Tolerance: 32 × 2⁻²⁴ of the largest number of the activation, as for BERT; the residual stream is
/// not normalised between the layers, but it grows only by what the sublayers add.
@Suite struct CLIPGoldenTests {
  static let tolerance: Float = 32 * 0x1p-24

  private func encoder(
    _ layout: String, path: KernelBackend = .simd, threadCount: Int = 2
  ) throws -> CLIPEncoder {
    CLIPEncoder(
      try CLIPModel(
        path: CLIPGoldens.path(layout),
        compute: ComputeContext(path: path, threadCount: threadCount)))
  }

  @Test(arguments: KernelBackend.allCases, CLIPGoldens.layouts)
  func bothTowersAgreeInEveryActivation(_ path: KernelBackend, _ layout: String) throws {
    let encoder = try encoder(layout, path: path)
    let goldens = try CLIPGoldens.load()
    let numbers = try CLIPGoldens.numbers()
    let images = Recorder()
    _ = try encoder.embed(images: goldens.imageValues(), tap: images.tap)
    try requireAgreement(images.activations, goldens.images, numbers, tolerance: Self.tolerance)
    let texts = Recorder()
    _ = try encoder.embed(tokenIDs: goldens.texts, tap: texts.tap)
    try requireAgreement(
      texts.activations, goldens.textActivations, numbers, tolerance: Self.tolerance)
    #expect(abs(encoder.model.logitScale - 100) < 0.1)
  }

  /// The configuration is read from the shapes and `open_clip_config.json`, or from `config.json`.
  @Test func bothLayoutsHaveTheSameConfiguration() throws {
    var configs = try CLIPGoldens.layouts.map { try encoder($0).model.config }
    #expect(configs.map(\.preprocessing) == [.huggingFace, .openAI])
    configs[0].preprocessing = .openAI
    #expect(configs[0] == configs[1])
  }

  @Test func threadsAndBatchesGiveTheSameBits() throws {
    let goldens = try CLIPGoldens.load()
    let images = Array(repeating: try goldens.imageValues(), count: 6).flatMap { $0 }
    let one = try encoder("tiny", threadCount: 1)
    let expectedImages = try images.map { try one.embed(images: [$0]) }.flatMap { $0 }
    let expectedTexts = try goldens.texts.map { try one.embed(tokenIDs: [$0]) }.flatMap { $0 }
    for threadCount in 1...3 {
      let encoder = try encoder("tiny", threadCount: threadCount)
      #expect(try encoder.embed(images: images) == expectedImages)
      #expect(try encoder.embed(tokenIDs: goldens.texts) == expectedTexts)
    }
  }

  /// Without a tap the last layer computes only the pooled rows, with the same bits.
  @Test func aTapChangesNoBit() throws {
    let goldens = try CLIPGoldens.load()
    let encoder = try encoder("tiny")
    let recorder = Recorder()
    let images = try goldens.imageValues()
    #expect(
      try encoder.embed(images: images, tap: recorder.tap) == encoder.embed(images: images))
    #expect(
      try encoder.embed(tokenIDs: goldens.texts, tap: recorder.tap)
        == encoder.embed(tokenIDs: goldens.texts))
  }

  /// Tokens after the end of a text change nothing, as in the references, which pad.
  @Test func tokensAfterTheEndAreIgnored() throws {
    let goldens = try CLIPGoldens.load()
    let encoder = try encoder("tiny")
    let padded = goldens.texts.map { $0 + [Int32](repeating: 0, count: 12 - $0.count) }
    #expect(try encoder.embed(tokenIDs: padded) == encoder.embed(tokenIDs: goldens.texts))
    let end = Int32(encoder.model.config.vocab - 1)
    let twice = goldens.texts.map { $0.count < 12 ? $0 + [end] : $0 }
    #expect(try encoder.embed(tokenIDs: twice) == encoder.embed(tokenIDs: goldens.texts))
  }

  /// A wrong activation function is seen: the goldens can fail.
  @Test func anotherActivationFunctionIsDetected() throws {
    let checkpoint = try Checkpoint.open(path: CLIPGoldens.path("tiny"))
    var config = try CLIPConfig(checkpoint: checkpoint)
    config.activation = .gelu
    let model = try CLIPModel(
      config: config, checkpoint: checkpoint,
      compute: ComputeContext(path: .simd, threadCount: 1))
    let goldens = try CLIPGoldens.load()
    let recorder = Recorder()
    _ = try CLIPEncoder(model).embed(images: goldens.imageValues(), tap: recorder.tap)
    let numbers = try CLIPGoldens.numbers()
    let hidden = try #require(
      zip(recorder.activations, goldens.images).first { $0.0.name == "ffnHidden" })
    #expect(maximumDifference(hidden.0.values, numbers[hidden.1.range]) > 1e-3)
  }
}
