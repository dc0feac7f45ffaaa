import Checkpoints
import Foundation
import Kernels
import Testing

@testable import Models

/// Conversion of a CLIP to a GGUF file, from both layouts.
@Suite struct CLIPConverterTests {
  private let compute = ComputeContext(path: .simd, threadCount: 2)

  /// Token spellings in place of a tokenizer, which this module does not know.
  private let vocabulary: [(key: String, value: MetadataValue)] = [
    ("tokenizer.ggml.tokens", .array(.string(StringArray((0..<528).map { "t\($0)" }))))
  ]

  private func converted(_ layout: String, _ recipe: ConversionRecipe) throws -> Checkpoint {
    let path = try Assets.temporaryDirectory().appending(path: "clip.gguf").path()
    try CLIPConverter(Checkpoint.open(path: CLIPGoldens.path(layout)))
      .write(to: path, recipe: recipe, vocabulary: vocabulary)
    return try Checkpoint.open(path: path)
  }

  private func embeddings(_ checkpoint: Checkpoint) throws -> (images: [Float], texts: [Float]) {
    let model = try CLIPModel(
      config: CLIPConfig(checkpoint: checkpoint), checkpoint: checkpoint, compute: compute)
    let goldens = try CLIPGoldens.load()
    let encoder = CLIPEncoder(model)
    return (
      try encoder.embed(images: goldens.imageValues()), try encoder.embed(tokenIDs: goldens.texts)
    )
  }

  /// The fixture has Float16, so F32 and F16 keep every bit, and so does the layout.
  @Test(arguments: CLIPGoldens.layouts, [ConversionRecipe.f32, .f16])
  func plainTypesKeepTheBits(_ layout: String, _ recipe: ConversionRecipe) throws {
    let original = try embeddings(Checkpoint.open(path: CLIPGoldens.path("tiny")))
    let copy = try embeddings(try converted(layout, recipe))
    #expect(copy.images == original.images)
    #expect(copy.texts == original.texts)
  }

  @Test func configurationSurvives() throws {
    for layout in CLIPGoldens.layouts {
      let original = try CLIPConfig(checkpoint: Checkpoint.open(path: CLIPGoldens.path(layout)))
      let copy = try converted(layout, .q80)
      #expect(try CLIPConfig(checkpoint: copy) == original)
      #expect(copy.tensors.count == 9 + 4 * 16 + 4)
      // A GGUF file is a source as well.
      let again = try CLIPConverter(copy)
      #expect(again.config == original)
    }
  }

  /// Rows of 32 are whole blocks of Q8_0; `q4_k_m` falls back to blocks of 32 and more bits.
  @Test(arguments: [(ConversionRecipe.q80, 0.999), (.q4KM, 0.98)])
  func quantisedTypesKeepTheDirection(_ recipe: ConversionRecipe, _ bound: Double) throws {
    let original = try embeddings(Checkpoint.open(path: CLIPGoldens.path("tiny")))
    let copy = try converted("tiny", recipe)
    let found = try embeddings(copy)
    #expect(copy.tensor(named: "v.blk.0.ffn_up.weight")?.type != .f32)
    for (a, b) in [(original.images, found.images), (original.texts, found.texts)] {
      for row in stride(from: 0, to: a.count, by: 24) {
        #expect(cosine(a[row..<row + 24], b[row..<row + 24]) >= bound)
      }
    }
  }

  @Test func otherTypesAreRefused() throws {
    let converter = try CLIPConverter(Checkpoint.open(path: CLIPGoldens.path("tiny")))
    #expect {
      try converter.write(to: "/tmp/never.gguf", recipe: .q5KM, vocabulary: vocabulary)
    } throws: {
      "\($0)".contains("supported: f32, f16, q8_0, q4_k_m")
    }
  }

  @Test func everyTapIsAStepOfTheSpecification() throws {
    let checkpoint = try Checkpoint.open(path: CLIPGoldens.path("tiny"))
    let steps = try ModelSpecification(clip: checkpoint).steps
    let goldens = try CLIPGoldens.load()
    let first = { (entries: [GoldenEntry]) in entries.filter { ($0.layer ?? 0) == 0 } }
    let expected =
      first(goldens.images).map { "image \($0.name)" }
      + first(goldens.textActivations).map { "text \($0.name)" }
    #expect(steps.map(\.name) == expected)
  }
}
