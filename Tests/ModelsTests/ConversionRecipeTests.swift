import Checkpoints
import Kernels
import Testing

@testable import Models

/// Which tensor gets which type, against the counts of published files and llama.cpp's rule.
@Suite struct ConversionRecipeTests {
  private func counts(_ recipe: ConversionRecipe, _ config: LlamaConfig) -> [WeightType: Int] {
    let model = ConversionRecipe.ModelShape(layerCount: config.layers, isTied: false)
    // The published files have none of the RoPE factors.
    return LlamaTensors(config: config).all.filter { $0.role != .ropeFactors }
      .reduce(into: [:]) { counts, spec in counts[recipe.type(of: spec, in: model), default: 0] += 1
      }
  }

  private let mistral = LlamaConfig(
    architecture: .llama, layers: 32, embed: 4096, heads: 32, keyValueHeads: 8, ffn: 14336,
    vocab: 32000, context: 32768, epsilon: 1e-5)

  private let phi3 = LlamaConfig(
    architecture: .phi3, layers: 32, embed: 3072, heads: 32, ffn: 8192, vocab: 32064,
    context: 4096, epsilon: 1e-5)

  /// `mistral-7b-instruct-v0.2.Q4_K_M.gguf` and `Phi-3-mini-4k-instruct-q4.gguf` as published.
  @Test func publishedFilesHaveTheseCounts() {
    #expect(counts(.q4KM, mistral) == [.f32: 65, .q4K: 193, .q6K: 33])
    #expect(counts(.q4KM, phi3) == [.f32: 65, .q4K: 81, .q5K: 32, .q6K: 17])
  }

  @Test func otherRecipes() {
    #expect(counts(.q5KM, mistral) == [.f32: 65, .q5K: 193, .q6K: 33])
    #expect(counts(.q6K, mistral) == [.f32: 65, .q6K: 226])
    #expect(counts(.q40, mistral) == [.f32: 65, .q40: 225, .q6K: 1])
    #expect(counts(.q51, mistral) == [.f32: 65, .q51: 226])
    #expect(counts(.q80, mistral) == [.f32: 65, .q80: 226])
    #expect(counts(.f16, mistral) == [.f32: 65, .f16: 226])
  }

  @Test func layersWithMoreBits() {
    let layers = (0..<32).filter { ConversionRecipe.getsMoreBits(layer: $0, of: 32) }
    #expect(layers == [0, 1, 2, 3, 6, 9, 12, 15, 18, 21, 24, 27, 28, 29, 30, 31])
    #expect((0..<2).filter { ConversionRecipe.getsMoreBits(layer: $0, of: 2) } == [1])
  }

  @Test func tiedOutputAndOddRows() {
    let tied = ConversionRecipe.ModelShape(layerCount: 2, isTied: true)
    func type(
      _ recipe: ConversionRecipe, _ role: TensorRole, layer: Int? = nil, _ columns: Int
    ) -> WeightType {
      let spec = TensorSpec(TensorNames(), shape: [8, columns], role: role, layer: layer)
      return recipe.type(of: spec, in: tied)
    }
    #expect(type(.q4KM, .tokenEmbedding, 256) == .q6K)
    #expect(type(.q40, .tokenEmbedding, 96) == .q80)
    #expect(type(.q51, .tokenEmbedding, 512) == .q51)
    #expect(type(.q4KM, .attentionQuery, layer: 0, 288) == .q50)
    #expect(type(.q5KM, .attentionQuery, layer: 0, 288) == .q51)
    #expect(type(.q4KM, .ffnDown, layer: 1, 288) == .q80)
    #expect(type(.q40, .attentionQuery, layer: 0, 288) == .q40)
    #expect(type(.q40, .attentionQuery, layer: 0, 100) == .f16)
    #expect(type(.q4KM, .attentionQuery, layer: 0, 100) == .f16)
    #expect(type(.q4KM, .bias, layer: 0, 256) == .f32)
  }

  /// Both modules say the same of every type.
  @Test func typesOfBothModulesAgree() {
    for type in WeightType.allCases {
      let stored = TensorType(type)
      #expect(WeightType(stored) == type)
      #expect(stored.name == type.rawValue)
      #expect(stored.blockElementCount == type.blockElementCount)
      #expect(stored.blockByteCount == type.blockByteCount)
    }
    #expect(WeightType(TensorType.iq2XS) == nil && WeightType(TensorType.i32) == nil)
  }
}
