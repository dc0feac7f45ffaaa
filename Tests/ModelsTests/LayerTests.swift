import Bytes
import Checkpoints
import Foundation
import KernelInterface
import Kernels
import Testing

@testable import Models

/// The layers of `Models/Layers`, loaded from a checkpoint through `ModelTensors`, against PyTorch's;
/// Tests/Reference/make_layer_goldens.py.
@Suite struct LayerTests {
  /// One array of the goldens.
  struct Values: Decodable {
    var shape: [Int]
    var values: [Float]

    /// As a matrix whose columns are the last dimension.
    var matrix: Matrix {
      var matrix = Matrix(rows: values.count / shape[shape.count - 1], columns: shape.last ?? 0)
      matrix.withMutableElements { elements in
        for index in values.indices { elements[index] = values[index] }
      }
      return matrix
    }
  }

  /// A table of the tensors that a layer has.
  struct Table: TensorTable {
    let architectureName = "layer"
    var all: [TensorSpec]

    static func isIgnored(_ name: String, in scheme: NamingScheme) -> Bool { false }
  }

  static let computes = [
    ComputeContext(path: .reference, threadCount: 1), ComputeContext(threadCount: 2),
    ComputeContext(path: .blas, threadCount: 1),
  ]

  private func goldens(_ name: String) throws -> [String: Values] {
    let file = Assets.packageRoot.appending(path: "Tests/Fixtures/layers/layers.json")
    let all = try JSONDecoder().decode(
      [String: [String: Values]].self, from: Data(contentsOf: file))
    return try #require(all[name])
  }

  /// The layer's tensors from a safetensors file in memory.
  private func tensors(
    _ goldens: [String: Values], _ specs: [TensorSpec], _ compute: ComputeContext
  ) throws -> ModelTensors {
    var writer = SafetensorsWriter()
    for spec in specs {
      let name = spec.name(.huggingFace)
      let values = try #require(goldens[name])
      try writer.addTensor(
        name: name, type: .f32, shape: values.shape,
        source: .bytes(values.values.withUnsafeBytes { Array($0) }))
    }
    let checkpoint = try Checkpoint.open(
      file: MappedFile(bytes: writer.encoded(), name: "layer.safetensors"))
    return try ModelTensors(
      checkpoint, Table(all: specs), loader: WeightLoader(checkpoint, compute: compute))
  }

  private func linear(
    _ name: String, _ outputs: Int, _ inputs: Int, filter: [Int] = [], hasBias: Bool = true
  ) -> LinearSpec {
    LinearSpec(
      TensorNames(huggingFace: name), outputs: outputs, inputs: inputs, filter: filter,
      role: filter.isEmpty ? .ffnUp : .convolution, hasBias: hasBias)
  }

  /// Agreement to 64 units in the last place of the largest number, as the models' own goldens.
  private func expectEqual(
    _ y: borrowing Matrix, _ expected: Values, _ compute: ComputeContext
  ) {
    let result = y.array()
    let largest = expected.values.map(abs).max() ?? 0
    let difference = zip(result, expected.values).map { abs($0 - $1) }.max() ?? .infinity
    let count = result.count
    #expect(count == expected.values.count && difference <= 64 * 0x1p-24 * largest)
  }

  @Test(arguments: [1, 2], computes.indices)
  func convolutionWithGELU(stride: Int, index: Int) throws {
    let compute = Self.computes[index]
    let goldens = try goldens("convolutionStride\(stride)")
    let spec = linear("conv", 4, 3, filter: [3])
    let layer = try tensors(goldens, spec.tensors, compute)
      .convolution1D(spec, stride: stride, padding: 1, activation: .gelu)
    var y = Matrix(rows: 7, columns: 4)
    compute.convolution1D(try #require(goldens["x"]).matrix, layer, into: &y)
    expectEqual(y, try #require(goldens["y"]), compute)
    #expect(y.rows == (stride == 1 ? 7 : 4))
  }

  @Test(arguments: computes.indices) func patchEmbedding(index: Int) throws {
    let compute = Self.computes[index]
    let goldens = try goldens("patches")
    let spec = linear("patch", 5, 3, filter: [2, 2], hasBias: false)
    let layer = try tensors(goldens, spec.tensors, compute)
      .patchEmbedding(spec, height: 4, width: 6)
    var y = Matrix(rows: 12, columns: 5)
    compute.patchEmbedding(try #require(goldens["x"]).matrix, layer, into: &y)
    expectEqual(y, try #require(goldens["y"]), compute)
  }

  /// Keys and values of five rows are written into the cache once; three queries read them, together
  /// and one by one, with the same bits.
  @Test(arguments: computes.indices) func crossAttention(index: Int) throws {
    let compute = Self.computes[index]
    let goldens = try goldens("crossAttention")
    let specs = ["query", "key", "value", "out"].map { linear($0, 8, 8) }
    let tensors = try tensors(goldens, specs.flatMap(\.tensors), compute)
    let layer = CrossAttention(
      query: try tensors.linear(specs[0]), keyValue: try tensors.linear([specs[1], specs[2]]),
      output: try tensors.linear(specs[3]), shape: AttentionShape(heads: 2, headDim: 4))
    let cache = try #require(KVCache(layers: 1, heads: 2, headDim: 4, capacity: 5, type: .f32))
    var room = Matrix(rows: 5, columns: 16)
    compute.appendKeysAndValues(
      try #require(goldens["encoded"]).matrix, layer, room: &room, to: cache, index: 0)

    func decode(_ x: borrowing Matrix) -> Matrix {
      var queries = Matrix(rows: 3, columns: 8)
      var mixed = Matrix(rows: 3, columns: 8)
      var y = Matrix(rows: 3, columns: 8)
      compute.linear(x, layer.query, into: &queries)
      compute.attention(queries, layer, cache: cache, index: 0, positions: 5, into: &mixed)
      compute.linear(mixed, layer.output, into: &y)
      return y
    }
    let x = try #require(goldens["x"])
    let together = decode(x.matrix)
    expectEqual(together, try #require(goldens["y"]), compute)
    guard compute.path != .blas else { return }
    let apart = (0..<3).flatMap { row in
      decode(Values(shape: [1, 8], values: Array(x.values[row * 8..<(row + 1) * 8])).matrix)
        .array()
    }
    #expect(together.array() == apart)
  }

  /// CLIP's text encoder: causal attention without a cache.
  @Test(arguments: computes.indices) func causalSelfAttention(index: Int) throws {
    let compute = Self.computes[index]
    let goldens = try goldens("causalAttention")
    let specs = ["query", "key", "value", "out"].map { linear($0, 8, 8) }
    let tensors = try tensors(goldens, specs.flatMap(\.tensors), compute)
    let layer = SelfAttention(
      queryKeyValue: try tensors.linear(Array(specs[..<3])), output: try tensors.linear(specs[3]),
      shape: AttentionShape(heads: 2, headDim: 4))
    var packed = Matrix(rows: 3, columns: 24)
    var mixed = Matrix(rows: 3, columns: 8)
    var y = Matrix(rows: 3, columns: 8)
    compute.linear(try #require(goldens["x"]).matrix, layer.queryKeyValue, into: &packed)
    compute.attention(packed, layer, offsets: [0, 3], mask: .causal(window: nil), into: &mixed)
    compute.linear(mixed, layer.output, into: &y)
    expectEqual(y, try #require(goldens["y"]), compute)
  }

  /// A pre-norm feed-forward block with its residual, as in CLIP (quick GELU) and Whisper (GELU).
  @Test(arguments: ["mlpGELU", "mlpQuickGELU"], computes.indices)
  func preNormFeedForward(name: String, index: Int) throws {
    let compute = Self.computes[index]
    let goldens = try goldens(name)
    let norm = NormSpec(TensorNames(huggingFace: "norm"), width: 6, hasBias: true)
    let (up, down) = (linear("up", 10, 6), linear("down", 6, 10))
    let tensors = try tensors(goldens, norm.tensors + up.tensors + down.tensors, compute)
    let layerNorm = try tensors.layerNorm(norm, epsilon: 1e-5)
    let mlp = MLP(
      up: try tensors.linear(up, activation: name == "mlpGELU" ? .gelu : .quickGELU),
      down: try tensors.linear(down))
    var x = try #require(goldens["x"]).matrix
    var normed = Matrix(rows: 4, columns: 6)
    var hidden = Matrix(rows: 4, columns: 10)
    compute.layerNorm(x, layerNorm, into: &normed)
    compute.linear(normed, mlp.up, into: &hidden)
    compute.linear(hidden, mlp.down, addingTo: &x)
    expectEqual(x, try #require(goldens["y"]), compute)
  }

  /// Layers of a stack without a bias get zeros, if others have one (the keys of Whisper).
  @Test func missingBiasesOfAStackAreZero() throws {
    let compute = Self.computes[0]
    let goldens = [
      "query.weight": Values(shape: [2, 2], values: [1, 0, 0, 1]),
      "query.bias": Values(shape: [2], values: [3, 4]),
      "key.weight": Values(shape: [1, 2], values: [1, 1]),
    ]
    let specs = [linear("query", 2, 2), linear("key", 1, 2, hasBias: false)]
    let layer = try tensors(goldens, specs.flatMap(\.tensors), compute).linear(specs)
    var y = Matrix(rows: 1, columns: 3)
    compute.linear(Values(shape: [1, 2], values: [10, 20]).matrix, layer, into: &y)
    #expect(y.array() == [13, 24, 30])
  }
}
