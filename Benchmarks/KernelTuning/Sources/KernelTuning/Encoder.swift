import Glibc
import KernelInterface
import Kernels

/// MiniLM-L6's six layers with invented weights: the time of a forward pass and of its parts.
struct Encoder {
  private struct Layer {
    let queryKeyValue, output, up, down: WeightStack
  }

  private let compute: ComputeContext
  private let type: WeightType
  private let layers: [Layer]
  private let ones = WeightVector([Float](repeating: 1, count: 384))
  private let narrowBias = WeightVector([Float](repeating: 0.01, count: 384))
  private let packedBias = WeightVector([Float](repeating: 0.01, count: 1152))
  private let wideBias = WeightVector([Float](repeating: 0.01, count: 1536))

  init(type: WeightType, compute: ComputeContext) throws {
    self.type = type
    self.compute = compute
    layers = try (0..<6).map { _ in
      try Layer(
        queryKeyValue: Self.weight(type, 1152, 384, compute),
        output: Self.weight(type, 384, 384, compute), up: Self.weight(type, 1536, 384, compute),
        down: Self.weight(type, 384, 1536, compute))
    }
  }

  static func weight(
    _ type: WeightType, _ outputs: Int, _ inputs: Int, _ compute: ComputeContext
  ) throws -> WeightStack {
    let count = outputs * inputs
    let bytes: [UInt8]
    switch type {
    case .f32:
      bytes = (0..<count).map { Float($0 &* 2_654_435_761 & 1023) / 10_240 - 0.05 }
        .withUnsafeBytes { Array($0) }
    case .f16:
      bytes = (0..<count).map { Float16(Float($0 &* 2_654_435_761 & 1023) / 10_240 - 0.05) }
        .withUnsafeBytes { Array($0) }
    default:
      bytes = (0..<(count / 32)).flatMap { block in
        withUnsafeBytes(of: Float16(0.0005)) { Array($0) }
          + (0..<32).map { UInt8(truncatingIfNeeded: block &* 31 &+ $0 &* 7) }
      }
    }
    return try bytes.withUnsafeBytes {
      WeightStack(
        try WeightMatrix(
          type: type, outputs: outputs, inputs: inputs, bytes: $0, compute: compute))
    }
  }

  /// Prints a table row: the best and the median time, and where the time goes.
  func measure(batch: Int, length: Int) {
    let rows = batch * length
    var hidden = Matrix(rows: rows, columns: 384)
    var packed = Matrix(rows: rows, columns: 1152)
    var attended = Matrix(rows: rows, columns: 384)
    var dense = Matrix(rows: rows, columns: 384)
    var wide = Matrix(rows: rows, columns: 1536)
    var pooled = Matrix(rows: batch, columns: 384)
    hidden.withMutableElements { elements in
      for index in 0..<elements.count { elements[index] = Float(index &* 40_503 & 255) / 128 - 1 }
    }
    let offsets = (0...batch).map { $0 * length }
    // One thread is timed by its own clock, several by the wall clock.
    let clock = compute.pool.threadCount == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC
    let names = ["qkv", "attention", "output", "up, GELU", "down", "norm", "pool"]
    var parts = [Double](repeating: 0, count: names.count)
    var times: [Double] = []
    for _ in 0..<max(5, min(200, 10_000 / rows)) {
      let start = clockSeconds(clock)
      var last = start
      func mark(_ part: Int) {
        let now = clockSeconds(clock)
        parts[part] += now - last
        last = now
      }
      for layer in layers {
        compute.linear(hidden, layer.queryKeyValue, bias: packedBias, into: &packed)
        mark(0)
        compute.attention(
          queryKeyValue: packed, shape: AttentionShape(heads: 12, headDim: 32), offsets: offsets,
          mask: .full, into: &attended)
        mark(1)
        compute.linear(attended, layer.output, bias: narrowBias, into: &dense)
        mark(2)
        compute.addLayerNorm(
          &hidden, residual: dense, weight: ones, bias: narrowBias, epsilon: 1e-12)
        mark(5)
        compute.linear(hidden, layer.up, bias: wideBias, activation: .gelu, into: &wide)
        mark(3)
        compute.linear(wide, layer.down, bias: narrowBias, into: &dense)
        mark(4)
        compute.addLayerNorm(
          &hidden, residual: dense, weight: ones, bias: narrowBias, epsilon: 1e-12)
        mark(5)
      }
      compute.meanPool(hidden, sequenceOffsets: offsets, into: &pooled)
      compute.l2Normalize(&pooled)
      mark(6)
      times.append(last - start)
    }
    times.sort()
    let total = parts.reduce(0, +)
    let shares = zip(names, parts).map { "\($0) \(Int((100 * $1 / total).rounded())) %" }
    print(
      "| \(type.rawValue) \(compute.path) \(compute.instructionSet) | \(batch) x \(length) "
        + "| \(Int(times[0] * 1e6)) | \(Int(times[times.count / 2] * 1e6)) "
        + "| \(shares.joined(separator: ", ")) |")
  }
}
