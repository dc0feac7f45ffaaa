import Checkpoints
import Foundation
import Kernels
import Testing

@testable import Models

/// Layer by layer against transformers.
///
/// Tolerance: 32 × 2⁻²⁴ of the largest number of the activation. Both sides compute in Float32 with
/// different orders of summation; the rounding errors of a sum of n terms behave like a random walk
/// of √n halves of a unit in the last place (√1536 / 2 ≈ 20), and every LayerNorm scales them back
/// with the numbers, so they do not grow with the layers.
@Suite struct BERTGoldenTests {
  static let tolerance: Float = 32 * 0x1p-24

  @Test(arguments: KernelBackend.allCases)
  func tinyModelAgreesInEveryActivation(_ path: KernelBackend) throws {
    let directory = Assets.fixtures.appending(path: "tiny").path()
    let model = try BERTModel(
      directory: directory, compute: ComputeContext(path: path, threadCount: 2))
    let goldens = try TinyGoldens.load()
    let numbers = try TinyGoldens.numbers()
    let recorder = Recorder()
    _ = try TextEmbedder(model).embed(tokenIDs: goldens.sequences, tap: recorder.tap)

    try requireAgreement(
      recorder.activations, goldens.activations, numbers, tolerance: Self.tolerance)
  }

  @Test(
    .enabled(if: Assets.originalModel != nil, "\(Assets.missingOriginal)"),
    arguments: KernelBackend.allCases)
  func originalModelAgreesInEveryActivation(_ path: KernelBackend) throws {
    let directory = try #require(Assets.originalModel)
    let model = try BERTModel(
      directory: directory, compute: ComputeContext(path: path, threadCount: 2))
    #expect(model.config.maximumTokenCount == 256)
    let embedder = TextEmbedder(model)
    for golden in try MiniLMGoldens.load().cases {
      let recorder = Recorder()
      let embedding = try embedder.embed(tokenIDs: [golden.tokenIDs], tap: recorder.tap)
      for (actual, expected) in zip(recorder.activations, golden.activations) {
        try #require(actual.label == expected.label)
        let lastRow = actual.values.suffix(actual.columns)
        let sample =
          actual.values.prefix(8) + actual.values[actual.columns - 8..<actual.columns]
          + lastRow.prefix(8) + lastRow.suffix(8)
        let largest = actual.values.reduce(0) { max($0, abs($1)) }
        let difference = maximumDifference(sample, expected.firstRow + expected.lastRow)
        try #require(
          difference <= Self.tolerance * largest,
          "first divergence: \(golden.text): \(expected.label), \(difference) of \(largest)")
        let squares = actual.values.reduce(0.0) { $0 + Double($1) * Double($1) }
        let rootMeanSquare = (squares / Double(actual.values.count)).squareRoot()
        try #require(
          abs(rootMeanSquare - expected.rootMeanSquare)
            <= Double(Self.tolerance) * expected.rootMeanSquare,
          "first divergence: \(golden.text): \(expected.label), root mean square")
      }
      #expect(maximumDifference(embedding, golden.embedding) <= 2e-6)
    }
  }

  /// Weights and activations of 8 bits: the direction stays, the digits do not.
  ///
  /// OpenBLAS multiplies the widened weights, so its bound is that of the weights alone. Over 1,000
  /// texts of XQuAD and STS-B the least cosine is 0.9996 there and 0.99937 with 8-bit activations
  /// (mean 0.9998, 1 % quantile 0.99965).
  ///
  /// Short texts, such as "Ö", take activations of 16 bits, since the mean of few tokens evens nothing
  /// out.
  @Test(arguments: KernelBackend.allCases)
  func bundledModelKeepsTheDirection(_ path: KernelBackend) throws {
    let model = try BERTModel(
      gguf: Checkpoint.open(path: Assets.bundledModel),
      compute: ComputeContext(path: path, threadCount: 2))
    let embedder = TextEmbedder(model)
    #expect(embedder.maximumTokenCount == 256)
    #expect(embedder.dimension == 384)
    for golden in try MiniLMGoldens.load().cases {
      let embedding = try embedder.embed(tokenIDs: [golden.tokenIDs])
      let bound = path == .blas ? 0.9995 : 0.999
      #expect(cosine(embedding, golden.embedding) >= bound, "\(golden.text)")
    }
  }
}
