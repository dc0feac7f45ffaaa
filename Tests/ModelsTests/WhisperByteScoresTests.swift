import Checkpoints
import Foundation
import Kernels
import Testing

@testable import Models

/// Scores of the encoder by products of bytes: with quantised weights alone, and close to Float32's.
@Suite struct WhisperByteScoresTests {
  /// The tiny model as a GGUF of a type.
  private func quantised(_ recipe: ConversionRecipe) throws -> String {
    let path = try Assets.temporaryDirectory().appending(path: "tiny.gguf").path()
    try WhisperConverter(Checkpoint.open(path: WhisperGoldens.path("tiny-ct2")))
      .write(to: path, recipe: recipe)
    return path
  }

  /// The attention of every layer follows from its queries, keys and values as with exact scores, but
  /// for half a step of each byte: that of a query is 1/255 of its range (1/127 on AVX2), that of a key
  /// 1/127 of its largest element.
  @Test(arguments: [ConversionRecipe.q80, .q51], [KernelBackend.simd, .reference])
  func attentionErrsByTheStepsOfItsBytes(
    _ recipe: ConversionRecipe, _ backend: KernelBackend
  ) throws {
    let model = try WhisperModel(
      path: quantised(recipe), compute: ComputeContext(path: backend, threadCount: 2))
    #expect(model.weights.scorePrecision == .bytes)
    let recorder = Recorder()
    try WhisperSession(model).encode(WhisperGoldens.load().window(), tap: recorder.tap)
    let rows = recorder.activations.filter { $0.name == "queryKeyValue" }
    let results = recorder.activations.filter { $0.name == "attention" }
    #expect(rows.count == model.config.encoder.layers && results.count == rows.count)
    for (row, result) in zip(rows, results) {
      let tower = model.config.encoder
      for head in 0..<tower.heads {
        check(row.values, result.values, embed: tower.embed, heads: tower.heads, head: head)
      }
    }
  }

  /// Compares one head of all positions with Float64.
  private func check(
    _ rows: [Float], _ results: [Float], embed: Int, heads: Int, head: Int
  ) {
    let (headDim, count) = (embed / heads, results.count / embed)
    func part(_ row: Int, _ kind: Int) -> [Double] {
      let start = row * 3 * embed + kind * embed + head * headDim
      return rows[start..<(start + headDim)].map(Double.init)
    }
    let root = Double(headDim).squareRoot()
    var differs = false
    for query in 0..<count {
      let q = part(query, 0)
      let step = ((q.max() ?? 0) - (q.min() ?? 0)) / 127
      var (scores, error) = ([Double](), 0.0)
      for key in 0..<count {
        let k = part(key, 1)
        let keyStep = (k.map(abs).max() ?? 0) / 127
        scores.append(zip(q, k).reduce(0) { $0 + $1.0 * $1.1 } / root)
        let bound = zip(q, k).reduce(0) {
          $0 + step / 2 * (abs($1.1) + keyStep) + abs($1.0) * keyStep / 2
        }
        error = max(error, bound / root)
      }
      let weights = scores.map { exp($0 - (scores.max() ?? 0)) }
      let sum = weights.reduce(0, +)
      for dim in 0..<headDim {
        let values = (0..<count).map { part($0, 2)[dim] }
        let exact = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 } / sum
        let spread = (values.max() ?? 0) - (values.min() ?? 0)
        // Each weight changes by a factor of at most e^(2 · error), and Float32 rounds.
        let bound = (exp(2 * error) - 1) * spread + 64 * 0x1p-24 * (abs(exact) + spread)
        let actual = Double(results[query * embed + head * headDim + dim])
        #expect(abs(actual - exact) <= bound, "query \(query), dimension \(dim)")
        differs = differs || abs(actual - exact) > 64 * 0x1p-24 * (abs(exact) + spread)
      }
    }
    #expect(differs, "the scores were Float32")
  }

  /// The bits of the encoder do not depend on the number of threads.
  @Test(arguments: [KernelBackend.simd, .reference]) func threadsGiveTheSameBits(
    _ backend: KernelBackend
  ) throws {
    let (path, window) = (try quantised(.q80), try WhisperGoldens.load().window())
    let results = try (1...3).map { threadCount in
      let session = try WhisperSession(
        WhisperModel(
          path: path, compute: ComputeContext(path: backend, threadCount: threadCount)))
      try session.encode(window)
      return session.encoded
    }
    #expect(results[1] == results[0] && results[2] == results[0])
  }

  /// Plain weights keep Float32 scores; `WhisperGoldenTests` holds them to openai-whisper's.
  @Test(arguments: WhisperGoldens.layouts) func plainWeightsKeepFloat32(_ layout: String) throws {
    let model = try WhisperModel(
      path: WhisperGoldens.path(layout), compute: ComputeContext(threadCount: 1))
    #expect(model.weights.scorePrecision == .float32)
  }
}
