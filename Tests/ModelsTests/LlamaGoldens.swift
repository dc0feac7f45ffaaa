import Checkpoints
import Foundation
import Kernels

@testable import Models

/// Activations of transformers' models; Tests/Reference/make_llama_goldens.py.
struct LlamaGoldens: Decodable {
  var tokens: [Int32]
  var activations: [GoldenEntry]
  /// A sequence beyond the original context, with its logits.
  var longTokens: [Int32]?
  var longLogits: GoldenEntry?

  static let folder = Assets.packageRoot.appending(path: "Tests/Fixtures/llama")
  static let names = ["llama", "mistral", "phi3", "qwen2", "qwen3", "gemma3"]

  static func path(_ name: String) -> String { folder.appending(path: name + ".gguf").path() }

  static func load(_ name: String) throws -> LlamaGoldens {
    let data = try Data(contentsOf: folder.appending(path: name + ".json"))
    return try JSONDecoder().decode(LlamaGoldens.self, from: data)
  }

  static func numbers(_ name: String) throws -> [Float] {
    try GoldenEntry.numbers(of: folder.appending(path: name + ".f32"))
  }

  /// A session on one of the tiny models.
  static func session(
    _ name: String, compute: ComputeContext = ComputeContext(threadCount: 2),
    contextTokenCount: Int = 16,
    cacheType: KVCacheType = .f32, batchTokenCount: Int = 512
  ) throws -> LlamaSession {
    let model = try LlamaModel(gguf: Checkpoint.open(path: path(name)), compute: compute)
    return try LlamaSession(
      model: model, contextTokenCount: contextTokenCount, cacheType: cacheType,
      batchTokenCount: batchTokenCount)
  }
}

extension LlamaSession {
  /// The logits of the last call, row after row.
  var allLogits: [Float] {
    (0..<logitRowCount).flatMap { row in
      withLogits(row: row) { logits in logits.indices.map { logits[$0] } }
    }
  }
}
