import Glibc
import KernelInterface
import Kernels

/// A step of Whisper base's decoder by its parts: every layer has weights and caches of its own, so that
/// they come from memory as in the program.
struct DecoderTable {
  private let compute: ComputeContext
  private let rows: Int
  private let layers: [[WeightStack]]
  private let output: WeightStack
  private let shape = AttentionShape(heads: 8, headDim: 64)
  private static let positions = 1_500

  /// - Parameters:
  ///   - compute: what computes.
  ///   - rows: hypotheses.
  /// - Throws: `KernelError`, which these shapes do not cause.
  init(compute: ComputeContext, rows: Int) throws {
    self.compute = compute
    self.rows = rows
    layers = try (0..<6).map { _ in
      try [(512, 1_536), (512, 512), (512, 512), (512, 512), (512, 2_048), (2_048, 512)].map {
        try Encoder.weight(.q80, $1, $0, compute)
      }
    }
    output = try Encoder.weight(.q80, 51_865, 512, compute)
  }

  /// Prints the median of each part over some steps.
  func run(steps: Int = 60) throws {
    let caches = try KVCacheType.allCases.map { type in
      let cache = KVCache(
        layers: layers.count, heads: shape.heads, headDim: shape.headDim,
        capacity: Self.positions, type: type)
      guard let cache else { throw KernelError.shape(rows: Self.positions, columns: 512) }
      let sound = filled(rows: Self.positions, columns: 1_024)
      for layer in layers.indices {
        compute.append(
          sound, columns: AttentionColumns(keys: 0, values: 512), shape: shape, to: cache,
          layer: layer, firstPosition: 0)
      }
      return cache
    }
    let parts =
      ["layers", "logits"] + KVCacheType.allCases.map { "sound \($0.rawValue)" } + [
        "choice"
      ]
    var times = [[Double]](repeating: [], count: parts.count)
    var logits = Matrix(rows: rows, columns: 51_865)
    let hidden = filled(rows: rows, columns: 512)
    var attention = Matrix(rows: rows, columns: 512)
    for _ in 0..<steps {
      times[0].append(
        seconds { for layer in layers { for weights in layer { multiply(weights) } } })
      times[1].append(seconds { compute.linear(hidden, output, into: &logits) })
      for (index, cache) in caches.enumerated() {
        times[2 + index].append(
          seconds {
            for layer in layers.indices {
              compute.attention(
                hidden, shape: shape, cache: cache, layer: layer, positions: Self.positions,
                mask: .full, into: &attention)
            }
          })
      }
      let all = (0..<rows).map { logits.array(row: $0) }
      times[5].append(
        seconds {
          for row in all {
            let largest = row[indexOfLargestElement(row.span)]
            if sumOfExponentials(row.span, largest: largest) < 0 { print("") }
            if rows > 1, indicesOfLargestElements(row.span, count: rows + 1).isEmpty { print("") }
          }
        })
    }
    for (part, times) in zip(parts, times) {
      let sorted = times.sorted()
      print("| \(part) | \(Int(sorted[0] * 1e6)) | \(Int(sorted[steps / 2] * 1e6)) |")
    }
  }

  private func multiply(_ weights: WeightStack) {
    let x = filled(rows: rows, columns: weights.inputs)
    var y = Matrix(rows: rows, columns: weights.outputs)
    compute.linear(x, weights, into: &y)
  }

  private func seconds(_ body: () -> Void) -> Double {
    let start = clockSeconds(CLOCK_MONOTONIC)
    body()
    return clockSeconds(CLOCK_MONOTONIC) - start
  }

  private func filled(rows: Int, columns: Int) -> Matrix {
    var matrix = Matrix(rows: rows, columns: columns)
    matrix.withMutableElements { elements in
      for index in 0..<elements.count { elements[index] = Float(index &* 40_503 & 255) / 128 - 1 }
    }
    return matrix
  }
}
