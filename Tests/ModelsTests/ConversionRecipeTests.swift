import Checkpoints
import Kernels
import Testing

@testable import Models

/// Which tensor gets which type, against the counts of published files and llama.cpp's rule.
@Suite struct ConversionRecipeTests {
  private func counts(
    _ recipe: ConversionRecipe, _ tensors: [(String, [Int])], layers: Int, isTied: Bool = false
  ) -> [WeightType: Int] {
    let model = ConversionRecipe.ModelShape(layerCount: layers, isTied: isTied)
    return tensors.reduce(into: [:]) { counts, tensor in
      counts[recipe.type(ofTensor: tensor.0, shape: tensor.1, in: model), default: 0] += 1
    }
  }

  /// Tensors of a model as large as its name says.
  private func tensors(_ matrices: [(String, [Int])], width: Int, vocabulary: Int)
    -> [(String, [Int])]
  {
    var all: [(String, [Int])] = [
      ("token_embd.weight", [vocabulary, width]), ("output.weight", [vocabulary, width]),
      ("output_norm.weight", [width]),
    ]
    for layer in 0..<32 {
      all += ["attn_norm", "ffn_norm"].map { ("blk.\(layer).\($0).weight", [width]) }
      all += matrices.map { ("blk.\(layer).\($0.0).weight", $0.1) }
    }
    return all
  }

  private var mistral: [(String, [Int])] {
    tensors(
      [
        ("attn_q", [4096, 4096]), ("attn_k", [1024, 4096]), ("attn_v", [1024, 4096]),
        ("attn_output", [4096, 4096]), ("ffn_gate", [14336, 4096]), ("ffn_up", [14336, 4096]),
        ("ffn_down", [4096, 14336]),
      ], width: 4096, vocabulary: 32000)
  }

  private var phi3: [(String, [Int])] {
    tensors(
      [
        ("attn_qkv", [9216, 3072]), ("attn_output", [3072, 3072]), ("ffn_up", [16384, 3072]),
        ("ffn_down", [3072, 8192]),
      ], width: 3072, vocabulary: 32064)
  }

  /// `mistral-7b-instruct-v0.2.Q4_K_M.gguf` and `Phi-3-mini-4k-instruct-q4.gguf` as published.
  @Test func publishedFilesHaveTheseCounts() {
    #expect(counts(.q4KM, mistral, layers: 32) == [.f32: 65, .q4K: 193, .q6K: 33])
    #expect(counts(.q4KM, phi3, layers: 32) == [.f32: 65, .q4K: 81, .q5K: 32, .q6K: 17])
  }

  @Test func otherRecipes() {
    #expect(counts(.q5KM, mistral, layers: 32) == [.f32: 65, .q5K: 193, .q6K: 33])
    #expect(counts(.q6K, mistral, layers: 32) == [.f32: 65, .q6K: 226])
    #expect(counts(.q40, mistral, layers: 32) == [.f32: 65, .q40: 225, .q6K: 1])
    #expect(counts(.q80, mistral, layers: 32) == [.f32: 65, .q80: 226])
    #expect(counts(.f16, mistral, layers: 32) == [.f32: 65, .f16: 226])
  }

  @Test func layersWithMoreBits() {
    let layers = (0..<32).filter { ConversionRecipe.getsMoreBits(layer: $0, of: 32) }
    #expect(layers == [0, 1, 2, 3, 6, 9, 12, 15, 18, 21, 24, 27, 28, 29, 30, 31])
    #expect((0..<2).filter { ConversionRecipe.getsMoreBits(layer: $0, of: 2) } == [1])
  }

  @Test func tiedOutputAndOddRows() {
    let tied = ConversionRecipe.ModelShape(layerCount: 2, isTied: true)
    let type = { (recipe: ConversionRecipe, name: String, columns: Int) in
      recipe.type(ofTensor: name, shape: [8, columns], in: tied)
    }
    #expect(type(.q4KM, "token_embd.weight", 256) == .q6K)
    #expect(type(.q40, "token_embd.weight", 96) == .q80)
    #expect(type(.q4KM, "blk.0.attn_q.weight", 288) == .q50)
    #expect(type(.q5KM, "blk.0.attn_q.weight", 288) == .q51)
    #expect(type(.q4KM, "blk.1.ffn_down.weight", 288) == .q80)
    #expect(type(.q40, "blk.0.attn_q.weight", 288) == .q40)
    #expect(type(.q40, "blk.0.attn_q.weight", 100) == .f16)
    #expect(type(.q4KM, "blk.0.attn_q.weight", 100) == .f16)
    #expect(type(.q4KM, "blk.0.attn_q.bias", 256) == .f32)
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
