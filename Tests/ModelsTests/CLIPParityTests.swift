import Checkpoints
import Foundation
import Kernels
import Testing

@testable import Models

private let clipParityFolder: URL? = ProcessInfo.processInfo.environment["SWIFTRAG_CLIP_PARITY"]
  .map { URL(filePath: $0) }

/// Checkpoints of the true shape of ViT-B/32, written by the references themselves;
/// Tests/Reference/clip_parity.py writes them and names their folder.
///
/// Tolerance of an activation: 64 × 2⁻²⁴ of its largest number, twice that of the tiny models, since
/// sums have up to 3,072 terms and the residual stream passes 24 sublayers. Embeddings must agree
/// within 5e-6.
@Suite(
  .enabled(if: clipParityFolder != nil, "Tests/Reference/clip_parity.py runs it"), .serialized)
struct CLIPParityTests {
  private static let folder = clipParityFolder
  static let tolerance: Float = 64 * 0x1p-24

  private struct Format: Decodable {
    let name: String
    let path: String
    /// The golden file, by the precision of the weights.
    let goldens: String
  }

  private let compute = ComputeContext(path: .simd, threadCount: 2)

  private func formats() throws -> [Format] {
    let folder = try #require(Self.folder)
    return try JSONDecoder().decode(
      [Format].self, from: Data(contentsOf: folder.appending(path: "formats.json")))
  }

  private func goldens(_ name: String) throws -> (CLIPGoldens, [Float]) {
    let folder = try #require(Self.folder)
    let data = try Data(contentsOf: folder.appending(path: "\(name).json"))
    return (
      try JSONDecoder().decode(CLIPGoldens.self, from: data),
      try GoldenEntry.numbers(of: folder.appending(path: "\(name).f32"))
    )
  }

  private func images(_ goldens: CLIPGoldens, _ numbers: [Float]) -> [[Float]] {
    let count = goldens.pixels.range.count / goldens.imageCount
    return (0..<goldens.imageCount).map {
      Array(numbers[goldens.pixels.offset + $0 * count..<goldens.pixels.offset + ($0 + 1) * count])
    }
  }

  @Test func everyLayoutAgreesInEveryActivation() throws {
    for format in try formats() {
      let path = try #require(Self.folder).appending(path: format.path).path()
      do {
        let encoder = CLIPEncoder(try CLIPModel(path: path, compute: compute))
        let (goldens, numbers) = try goldens(format.goldens)
        let images = Recorder()
        _ = try encoder.embed(images: self.images(goldens, numbers), tap: images.tap)
        let texts = Recorder()
        _ = try encoder.embed(tokenIDs: goldens.texts, tap: texts.tap)
        for (tower, recorder, entries) in [
          ("image", images, goldens.images), ("text", texts, goldens.textActivations),
        ] {
          try compare(recorder.activations, entries, numbers, "\(format.name), \(tower) tower")
        }
      } catch {
        Issue.record("\(format.name): \(error)")
      }
    }
  }

  private func compare(
    _ activations: [Tap.Activation], _ goldens: [GoldenEntry], _ numbers: [Float], _ label: String
  ) throws {
    try #require(activations.map(\.label) == goldens.map(\.label))
    var worst: (ratio: Float, label: String) = (0, "")
    var embedding: Float = 0
    for (actual, golden) in zip(activations, goldens) {
      let expected = numbers[golden.range]
      let largest = expected.reduce(0) { max($0, abs($1)) }
      let difference = maximumDifference(actual.values, expected)
      if difference / largest > worst.ratio { worst = (difference / largest, golden.label) }
      if golden.name == "embedding" { embedding = difference }
    }
    print(
      "CLIP ViT-B/32, \(label): \(goldens.count) activations, at most "
        + "\(worst.ratio * 0x1p24) × 2^-24 of the largest number (\(worst.label)); "
        + "embeddings \(embedding)")
    #expect(worst.ratio <= Self.tolerance, "\(label): \(worst.label)")
    #expect(embedding <= 5e-6, "\(label)")
  }

  @Test(arguments: [(ConversionRecipe.q80, 0.9995), (.f16, 0.99999)])
  func convertedFilesKeepTheDirection(_ recipe: ConversionRecipe, _ bound: Double) throws {
    guard let format = try formats().first(where: { $0.goldens == "f32" }) else { return }
    let folder = try #require(Self.folder)
    let source = try Checkpoint.open(path: folder.appending(path: format.path).path())
    let path = try Assets.temporaryDirectory().appending(path: "clip.gguf").path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let tokens = StringArray((0..<49_408).map { "t\($0)" })
    try CLIPConverter(source).write(
      to: path, recipe: recipe,
      vocabulary: [("tokenizer.ggml.tokens", .array(.string(tokens)))])
    let encoder = CLIPEncoder(try CLIPModel(path: path, compute: compute))
    let (goldens, numbers) = try goldens("f32")
    for (tower, found, entries) in [
      ("image", try encoder.embed(images: images(goldens, numbers)), goldens.images),
      ("text", try encoder.embed(tokenIDs: goldens.texts), goldens.textActivations),
    ] {
      let golden = try #require(entries.last)
      let expected = numbers[golden.range]
      let cosines = (0..<golden.rows).map { row in
        cosine(
          found[row * golden.columns..<(row + 1) * golden.columns],
          expected[
            expected.startIndex + row * golden.columns..<expected.startIndex + (row + 1)
              * golden.columns])
      }
      let least = cosines.min() ?? 0
      print("CLIP ViT-B/32, \(recipe.rawValue), \(tower) tower: least cosine \(least)")
      #expect(least >= bound)
    }
  }
}
