import Checkpoints
import Foundation
import Kernels
import Testing

@testable import Models
@testable import Evaluation

/// The trained model of the repository, beside llama.cpp's greedy answers on the same file.
@Suite struct PocketLlamaTests {
  private struct Golden: Decodable {
    struct Example: Decodable {
      let promptIDs: [Int32]
      let answerIDs: [Int32]
      let answer: String
    }
    let examples: [Example]
  }

  private static let folder = Assets.packageRoot.appending(path: "Tests/Fixtures/pocket")

  @Test func answersAreThoseOfLlamaCpp() throws {
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: Self.folder.appending(path: "golden.json")))
    #expect(golden.examples.count == 6)
    let checkpoint = try Checkpoint.open(
      path: Self.folder.appending(path: "pocket-Q4_K_M.gguf").path())
    let model = try LlamaModel(gguf: checkpoint, compute: ComputeContext(threadCount: 2))
    let session = try LlamaSession(model: model, contextTokenCount: 1024, cacheType: .f32)
    let benchmark = LlamaBenchmark(session: session)
    for example in golden.examples {
      let found = try benchmark.greedy(after: example.promptIDs, count: example.answerIDs.count)
      #expect(found == example.answerIDs, "\(example.answer)")
    }
  }
}
