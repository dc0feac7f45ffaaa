import Checkpoints
import Foundation
import Kernels
import Testing

@testable import Models

/// Layer by layer against transformers, on the same weights.
///
/// Tolerance: 64 × 2⁻²⁴ of the largest number of the activation. Both sides compute in Float32 with
/// different orders of summation. The errors of a sum of n terms behave like a random walk of √n
/// halves of a unit in the last place (√40 / 2 ≈ 3); RMSNorm scales them with the numbers, but the
/// residual stream adds those of each of its four summands, and the gated product doubles them.
@Suite struct LlamaGoldenTests {
  static let tolerance: Float = 64 * 0x1p-24

  @Test(arguments: KernelBackend.allCases, LlamaGoldens.names)
  func tinyModelAgreesInEveryActivation(_ path: KernelBackend, _ name: String) throws {
    let session = try LlamaGoldens.session(
      name, compute: ComputeContext(path: path, threadCount: 2))
    let goldens = try LlamaGoldens.load(name)
    let numbers = try LlamaGoldens.numbers(name)
    let recorder = Recorder()
    try session.evaluate(goldens.tokens, logits: .all, tap: recorder.tap)

    try #require(recorder.activations.map(\.label) == goldens.activations.map(\.label))
    for (actual, golden) in zip(recorder.activations, goldens.activations) {
      try #require(actual.rows == golden.rows && actual.columns == golden.columns)
      try agree(actual.values, numbers[golden.range], golden.label)
    }
  }

  /// A session longer than the original context turns by the long factors, from the first token on.
  @Test(arguments: KernelBackend.allCases) func longSessionsUseTheLongFactors(
    _ path: KernelBackend
  ) throws {
    let goldens = try LlamaGoldens.load("phi3")
    let tokens = try #require(goldens.longTokens)
    let golden = try #require(goldens.longLogits)
    let numbers = try LlamaGoldens.numbers("phi3")
    let session = try LlamaGoldens.session(
      "phi3", compute: ComputeContext(path: path, threadCount: 2), contextTokenCount: 64)
    try session.evaluate(tokens, logits: .all)
    try agree(session.allLogits, numbers[golden.range], "logits of \(tokens.count) tokens")
  }

  /// A difference of Gemma 3 that is made wrong is found at the activation on which it acts.
  @Test(
    arguments: [
      (
        ChangedLlama(metadata: ["gemma3.attention.sliding_window": .uint32(5)]), "layer 0 attention"
      ),
      (
        ChangedLlama(metadata: ["gemma3.attention.sliding_window_pattern": .uint32(3)]),
        "layer 2 rotatedQueries"
      ),
      (
        ChangedLlama(metadata: ["gemma3.attention.sliding_window_pattern": .uint32(7)]),
        "layer 5 rotatedQueries"
      ),
      (
        ChangedLlama(metadata: ["gemma3.rope.freq_base_swa": .float32(1e6)]),
        "layer 0 rotatedQueries"
      ),
      (
        ChangedLlama(metadata: ["gemma3.rope.freq_base": .float32(10_000)]),
        "layer 5 rotatedQueries"
      ),
      (
        ChangedLlama(metadata: ["gemma3.rope.scaling.type": .string("none")]),
        "layer 5 rotatedQueries"
      ),
      (
        ChangedLlama(
          replaced: ["blk.0.post_attention_norm.weight": "blk.0.ffn_norm.weight"]),
        "layer 0 attentionResidual"
      ),
      (
        ChangedLlama(replaced: ["blk.3.post_ffw_norm.weight": "blk.3.ffn_norm.weight"]),
        "layer 3 layerOutput"
      ),
      (
        ChangedLlama(replaced: ["blk.0.attn_q_norm.weight": "blk.0.attn_k_norm.weight"]),
        "layer 0 queryNorm"
      ),
    ] as [(ChangedLlama, String)])
  func whatIsWrongInGemma3IsFound(_ change: ChangedLlama, _ label: String) throws {
    var change = change
    change.name = "gemma3"
    let goldens = try LlamaGoldens.load("gemma3")
    let numbers = try LlamaGoldens.numbers("gemma3")
    let recorder = Recorder()
    let session = try LlamaSession(
      model: change.load(), contextTokenCount: 16, cacheType: .f32)
    try session.evaluate(goldens.tokens, logits: .all, tap: recorder.tap)
    let first = zip(recorder.activations, goldens.activations).first { actual, golden in
      let expected = numbers[golden.range]
      return maximumDifference(actual.values, expected)
        > Self.tolerance * expected.reduce(0) { max($0, abs($1)) }
    }
    #expect(first?.1.label == label)
  }

  private func agree(_ actual: [Float], _ expected: ArraySlice<Float>, _ label: String) throws {
    let largest = expected.reduce(0) { max($0, abs($1)) }
    let difference = maximumDifference(actual, expected)
    // `#require` ends here, so the message names the first activation that diverges.
    try #require(
      actual.count == expected.count && difference <= Self.tolerance * largest,
      "first divergence: \(label), \(difference) of \(largest)")
  }

  /// Rounded keys and values change the digits, not the direction.
  @Test(arguments: [(KVCacheType.f16, 0.99999), (.q80, 0.9995)], LlamaGoldens.names)
  func smallerCachesKeepTheDirection(_ cache: (type: KVCacheType, bound: Double), _ name: String)
    throws
  {
    let goldens = try LlamaGoldens.load(name)
    let logits = try [KVCacheType.f32, cache.type].map { type in
      let session = try LlamaGoldens.session(name, cacheType: type)
      try session.evaluate(goldens.tokens, logits: .all)
      return session.allLogits
    }
    #expect(logits[0] != logits[1])
    #expect(cosine(logits[0], logits[1]) >= cache.bound)
  }

  static let stories: String? = Assets.shared("llm/stories260K-f32.derived.gguf")
  static let missingStories: String = "needs llm/stories260K-f32.derived.gguf of the assets"

  /// The trained model's 200 greedy steps give the text that its author's program gives.
  @Test(
    .enabled(if: stories != nil, "\(missingStories)"), arguments: [KVCacheType.f32, .f16])
  func storiesContinueAsTheGolden(_ type: KVCacheType) throws {
    let checkpoint = try Checkpoint.open(path: #require(Self.stories))
    let pieces = try #require(try checkpoint.metadata.strings("tokenizer.ggml.tokens"))
    let model = try LlamaModel(gguf: checkpoint, compute: ComputeContext(threadCount: 2))
    let session = try LlamaSession(model: model, contextTokenCount: 256, cacheType: type)
    var ids: [Int32] = [1]
    while ids.count <= 200 {
      try session.evaluate([ids[ids.count - 1]])
      ids.append(
        session.withLogits { logits in
          Int32(logits.indices.max { logits[$0] < logits[$1] } ?? 0)
        })
      if ids[ids.count - 1] == 1 { break }  // its author's program ends at BOS
    }
    var bytes: [UInt8] = []
    for id in ids.dropFirst() {
      let piece = pieces[Int(id)]
      if piece.hasPrefix("<0x"), let byte = UInt8(piece.dropFirst(3).dropLast(), radix: 16) {
        bytes.append(byte)
      } else {
        bytes += Array(piece.replacing("▁", with: " ").utf8)
      }
    }
    let text = String(decoding: bytes, as: UTF8.self).trimmingPrefix(" ")
    struct Golden: Decodable {
      struct Stories: Decodable { var text: String }
      var stories260K: Stories
    }
    let golden = try JSONDecoder().decode(
      Golden.self,
      from: Data(contentsOf: URL(filePath: #require(Assets.shared("golden/golden.json")))))
    #expect(text == golden.stories260K.text, "\(text.count) of \(golden.stories260K.text.count)")
  }
}
