import Glibc
import KernelInterface
import Kernels
import PeaksAVX2
import PeaksAVX512

/// The encoders' products and attention as shares of the machine's own peak.
///
/// Kernels and peaks are measured in turns, since a shared machine changes its speed from second to
/// second.
struct ShareTable {
  private let compute: ComputeContext
  private let threadCount: Int
  /// One thread is timed by its own clock, which other programs do not advance.
  private let clock: clockid_t

  init(compute: ComputeContext) {
    self.compute = compute
    threadCount = compute.pool.threadCount
    clock = threadCount == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC
  }

  /// The products of MiniLM, CLIP ViT-B/32 and Whisper: inputs, outputs, and numbers of rows.
  private static let shapes: [(model: String, inputs: Int, outputs: Int, rows: [Int])] = [
    ("MiniLM qkv", 384, 1152, [16, 128, 256, 512, 4096]),
    ("MiniLM output", 384, 384, [16, 128, 256, 512, 4096]),
    ("MiniLM up", 384, 1536, [16, 128, 256, 512, 4096]),
    ("MiniLM down", 1536, 384, [16, 128, 256, 512, 4096]),
    ("CLIP text qkv", 512, 1536, [1, 77]),
    ("CLIP picture qkv", 768, 2304, [50, 197, 400]),
    ("CLIP picture up", 768, 3072, [50, 197, 400]),
    ("CLIP picture down", 3072, 768, [50, 197, 400]),
    ("Whisper base qkv", 512, 1536, [1, 1500]),
    ("Whisper base down", 2048, 512, [1, 1500]),
    ("Whisper small up", 768, 3072, [1, 1500]),
  ]

  /// Prints a row for each shape: 10⁹ operations a second and the share of the peak.
  func products(only wanted: String? = nil) throws {
    print("| product | rows | F32 | of FMA | Q8_0 | of bytes | Q8_0 / F32 |")
    print("|---|---|---|---|---|---|---|")
    for (model, inputs, outputs, rowCounts) in Self.shapes {
      if let wanted, !model.contains(wanted) { continue }
      let floats = try Encoder.weight(.f32, outputs, inputs, compute)
      let blocks = try Encoder.weight(.q80, outputs, inputs, compute)
      let bias = WeightVector([Float](repeating: 0.01, count: outputs))
      for rows in rowCounts {
        let x = filled(rows: rows, columns: inputs)
        var y = Matrix(rows: rows, columns: outputs)
        let operations = 2 * Double(rows * inputs * outputs)
        let rates = turns(operations: operations) { turn in
          compute.linear(x, turn == 0 ? floats : blocks, bias: bias, into: &y)
        }
        print(
          "| \(model) \(inputs) x \(outputs) | \(rows) | \(Int(rates[0].kernel)) "
            + "| \(percent(rates[0].kernel / rates[0].peak)) | \(Int(rates[1].kernel)) "
            + "| \(percent(rates[1].kernel / rates[1].peak)) "
            + "| \(percent(rates[1].kernel / rates[0].kernel)) |")
      }
    }
  }

  /// Prints a row for each length of attention without a cache.
  func attention() {
    print("| attention | batch x positions | F32 | of FMA |\n|---|---|---|---|")
    for (model, heads, headDim, batch, length) in [
      ("MiniLM", 12, 32, 32, 16), ("MiniLM", 12, 32, 1, 128), ("MiniLM", 12, 32, 32, 128),
      ("MiniLM", 12, 32, 1, 256), ("CLIP picture", 12, 64, 1, 50), ("CLIP picture", 12, 64, 8, 50),
      ("CLIP B/16", 12, 64, 1, 197), ("CLIP text", 8, 64, 1, 77), ("Whisper base", 8, 64, 1, 1500),
      ("Whisper small", 12, 64, 1, 1500),
    ] {
      let width = heads * headDim
      let packed = filled(rows: batch * length, columns: 3 * width)
      var y = Matrix(rows: batch * length, columns: width)
      let offsets = (0...batch).map { $0 * length }
      let rates = turns(operations: 4 * Double(batch * length * length * width), count: 1) { _ in
        compute.attention(
          queryKeyValue: packed, shape: AttentionShape(heads: heads, headDim: headDim),
          offsets: offsets, mask: .full, into: &y)
      }
      print(
        "| \(model), \(heads) heads of \(headDim) | \(batch) x \(length) | \(Int(rates[0].kernel)) "
          + "| \(percent(rates[0].kernel / rates[0].peak)) |")
    }
  }

  /// The medians of kernels and their peaks, which take turns in stretches of some milliseconds.
  private func turns(operations: Double, count: Int = 2, _ body: (Int) -> Void)
    -> [(kernel: Double, peak: Double)]
  {
    let repeats = max(1, min(400, Int(1e9 / operations)))
    var kernels = [[Double]](repeating: [], count: count)
    var peaks = kernels
    for round in 0..<9 {
      for turn in 0..<count {
        let start = clockSeconds(clock)
        for _ in 0..<repeats { body(turn) }
        let seconds = clockSeconds(clock) - start
        // The first round touches memory for the first time.
        if round > 0 { kernels[turn].append(operations * Double(repeats) / seconds / 1e9) }
        peaks[turn].append(turn == 0 ? floatPeak() : bytePeak())
      }
    }
    return (0..<count).map { (median(kernels[$0]), median(peaks[$0])) }
  }

  private func floatPeak() -> Double {
    let isWide = compute.instructionSet >= .avx512
    return rate(
      operations: isWide
        ? PeaksAVX512.multiplyAddOperationCount : PeaksAVX2.multiplyAddOperationCount
    ) {
      isWide
        ? PeaksAVX512.multiplyAdd(rounds: $0, $1) : PeaksAVX2.multiplyAdd(rounds: $0, $1)
    }
  }

  private func bytePeak() -> Double {
    let isWide = compute.instructionSet >= .avx512
    return rate(
      operations: isWide
        ? PeaksAVX512.multiplyBytesOperationCount : PeaksAVX2.multiplyBytesOperationCount
    ) {
      isWide
        ? PeaksAVX512.multiplyBytes(rounds: $0, $1) : PeaksAVX2.multiplyBytes(rounds: $0, $1)
    }
  }

  /// The rate of a loop on all threads, over about 3 ms.
  private func rate(
    operations: Int, _ loop: @escaping @Sendable (Int, UnsafePointer<Float>) -> Float
  ) -> Double {
    let rounds = 500_000
    let numbers = peakNumbers
    let start = clockSeconds(clock)
    compute.pool.run(taskCount: threadCount) { _ in sink(loop(rounds, numbers)) }
    let seconds = clockSeconds(clock) - start
    return Double(threadCount * rounds * operations) / seconds / 1e9
  }

  private func filled(rows: Int, columns: Int) -> Matrix {
    var matrix = Matrix(rows: rows, columns: columns)
    matrix.withMutableElements { elements in
      for index in 0..<elements.count { elements[index] = Float(index &* 40_503 & 255) / 128 - 1 }
    }
    return matrix
  }

  private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

  private func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }
}

private nonisolated(unsafe) let peakNumbers = UnsafePointer(values(256))
