import Glibc
import KernelInterface
import KernelsReference
import Testing

@testable import Kernels

/// Scores by products of bytes: the scalar twins against their equations, the kernels against the
/// twins bit for bit, and attention with them.
@Suite struct ByteScoresTests {
  static let headDims = [1, 8, 20, 32, 40, 64, 80, 128]

  /// Kinds of keys and queries at the edges of the equations.
  enum Kind: CaseIterable {
    case random, shifted, equal, tiny, signs, huge

    func values(_ count: Int, seed: UInt64) -> [Float] {
      switch self {
      case .random: samples(count, seed: seed, scale: 3)
      // Far from zero on one side, as keys and queries with a bias are.
      case .shifted: samples(count, seed: seed).map { $0 + 9 }
      case .equal: [Float](repeating: -2.5, count: count)
      case .tiny: samples(count, seed: seed, scale: 0x1p-122)
      // Every quant is the least or the largest, and zeros have both signs.
      case .signs:
        samples(count, seed: seed).map { $0 > 0.5 ? 4 : $0 < -0.5 ? -4 : $0 > 0 ? 0 : -0 }
      case .huge: samples(count, seed: seed, scale: 0x1p55)
      }
    }
  }

  /// Keys as the scalar twin quantises them.
  private struct TwinKeys {
    var quants: [Int8]
    var scales: [Float]
    var sums: [Float]

    init(_ keys: [Float], count: Int, headDim: Int, stride: Int) {
      var quants = [Int8](
        repeating: 1, count: count * QuantizedKeys.rowByteCount(headDim: headDim))
      var scales = [Float](repeating: .nan, count: count)
      var sums = scales
      var quantSpan = quants.mutableSpan
      var scaleSpan = scales.mutableSpan
      var sumSpan = sums.mutableSpan
      quantizeKeys(
        keys.span, stride: stride, headDim: headDim, quants: &quantSpan, scales: &scaleSpan,
        sums: &sumSpan)
      (self.quants, self.scales, self.sums) = (quants, scales, sums)
    }

    func scores(_ query: [Float], largestQuant: Float) -> [Float] {
      var quants = [UInt8](repeating: 0, count: query.count)
      var scores = [Float](repeating: .nan, count: scales.count)
      var quantSpan = quants.mutableSpan
      var scoreSpan = scores.mutableSpan
      byteScores(
        query: query.span, largestQuant: largestQuant, keyQuants: self.quants.span,
        keyScales: scales.span, keySums: sums.span, quants: &quantSpan, scores: &scoreSpan)
      return scores
    }
  }

  /// Each score of the twin is that of the exact product of query and key, but for half a
  /// step of each of their elements; computed here in Float64.
  @Test(arguments: [Kind.random, .shifted, .signs, .equal], [Float(255), 127])
  func twinFollowsTheEquation(_ kind: Kind, _ largestQuant: Float) {
    for headDim in Self.headDims {
      let count = 13
      let keys = kind.values(count * headDim, seed: UInt64(headDim))
      let query = kind.values(headDim, seed: 77)
      let twin = TwinKeys(keys, count: count, headDim: headDim, stride: headDim)
      let scores = twin.scores(query, largestQuant: largestQuant)
      let step = Double((query.max() ?? 0) - (query.min() ?? 0)) / Double(largestQuant)
      for key in 0..<count {
        var (exact, bound) = (0.0, 0.0)
        let keyStep = Double(twin.scales[key])
        for dim in 0..<headDim {
          let q = Double(query[dim])
          let k = Double(keys[key * headDim + dim])
          exact += q * k
          bound += step / 2 * (abs(k) + keyStep / 2) + abs(q) * keyStep / 2
          // Some roundings of the sums and the scales.
          bound += 16 * 0x1p-24 * (abs(q) + step) * (abs(k) + keyStep)
        }
        let error = abs(Double(scores[key]) * Double(headDim).squareRoot() - exact)
        #expect(error <= bound, "\(headDim) dimensions, key \(key): \(error), allowed \(bound)")
      }
    }
  }

  /// Keys and scores equal the twins', whatever the numbers of dimensions, keys and queries.
  @Test(arguments: vectorInstructionSets, Kind.allCases) func kernelsEqualTwins(
    instructionSet: InstructionSet, kind: Kind
  ) throws {
    let kernels = try #require(instructionSet.packedKernels)
    let queryLimit = kernels.attentionQueryCount
    for headDim in Self.headDims {
      for (keyCount, queryCount) in [
        (1, 1), (3, queryLimit), (8, queryLimit / 2), (9, queryLimit / 2 + 1), (37, 3),
      ] {
        let stride = headDim + 3
        let source = kind.values(keyCount * stride, seed: UInt64(keyCount + headDim))
        let queries = kind.values(queryCount * headDim, seed: 5)
        let memory = UnsafeMutableRawPointer.allocate(
          byteCount: QuantizedKeys.byteCount(rows: keyCount, headDim: headDim), alignment: 64)
        defer { memory.deallocate() }
        let keys = QuantizedKeys(memory, rows: keyCount, headDim: headDim)
        let guarded = GuardedFloats(source, misalignment: 1)
        kernels.quantizeKeys(
          KeyRows(keys: guarded.start, stride: stride, rows: keyCount, target: keys))
        let twin = TwinKeys(source, count: keyCount, headDim: headDim, stride: stride)
        let quants = UnsafeRawBufferPointer(start: keys.quants, count: twin.quants.count)
        #expect(quants.map { Int8(bitPattern: $0) } == twin.quants, "\(keyCount) x \(headDim)")
        #expect(sameBits(array(keys.scales, keyCount), twin.scales))
        #expect(sameBits(array(keys.sums, keyCount), twin.sums))

        let rows = GuardedFloats(queries, misalignment: 3)
        let scratch = GuardedFloats(
          count: kernels.attentionScratchCount(keyCount: keyCount, headDim: headDim))
        let scores = GuardedFloats(count: keyCount * queryLimit)
        kernels.byteScores(
          AttentionBlock(
            queries: rows.start, queryStride: headDim, keys: guarded.start, keyStride: stride,
            quantizedKeys: keys, values: guarded.start, valueStride: stride,
            queryCount: queryCount, keyCount: keyCount, firstPosition: keyCount,
            window: Int.max / 2, headDim: headDim, y: scores.start, yStride: headDim,
            scratch: scratch.start), into: scores.start)
        #expect(scratch.isIntact && scores.isIntact && rows.isIntact)
        for query in 0..<queryCount {
          let expected = twin.scores(
            Array(queries[(query * headDim)..<((query + 1) * headDim)]),
            largestQuant: kernels.largestOffsetQuant)
          let actual = (0..<keyCount).map { scores.values[$0 * queryLimit + query] }
          let same = sameBits(actual, expected)
          #expect(same, "query \(query) of \(queryCount), \(keyCount) keys of \(headDim)")
        }
      }
    }
  }

  private func array(_ start: UnsafePointer<Float>, _ count: Int) -> [Float] {
    Array(UnsafeBufferPointer(start: start, count: count))
  }

  private func attention(
    _ rows: [Float], shape: AttentionShape, offsets: [Int], _ compute: ComputeContext,
    scores: ScorePrecision = .bytes
  ) -> [Float] {
    var y = Matrix(rows: rows.count / shape.columns, columns: shape.queryWidth)
    compute.attention(
      queryKeyValue: matrix(rows, columns: shape.columns), shape: shape, offsets: offsets,
      mask: .full, scores: scores, into: &y)
    return y.array()
  }

  /// A sequence gets the same bits alone and in a batch, with any number of threads; fewer tasks
  /// than threads cut it into blocks.
  @Test(arguments: vectorInstructionSets + [.scalar]) func sequencesAndThreadsAreIndependent(
    instructionSet: InstructionSet
  ) {
    let shape = AttentionShape(heads: 4, keyValueHeads: 2, headDim: 24)
    let lengths = [33, 1, 0, 70, 16]
    let offsets = lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    let rows = samples(120 * shape.columns, seed: 3, scale: 2)
    for threadCount in [1, 2, 3] {
      let compute = ComputeContext(threadCount: threadCount, instructionSet: instructionSet)
      let together = attention(rows, shape: shape, offsets: offsets, compute)
      let one = ComputeContext(threadCount: 1, instructionSet: instructionSet)
      for (index, length) in lengths.enumerated() {
        let part = offsets[index]..<offsets[index + 1]
        let alone = attention(
          Array(rows[(part.lowerBound * shape.columns)..<(part.upperBound * shape.columns)]),
          shape: shape, offsets: [0, length], one)
        let own = together[
          (part.lowerBound * shape.queryWidth)..<(part.upperBound * shape.queryWidth)]
        #expect(sameBits(Array(own), alone), "\(threadCount) threads, sequence \(index)")
      }
    }
  }

  /// The result differs from that with Float32 scores by what the steps of the bytes allow; queries
  /// and keys have offsets, which must not be lost.
  @Test(arguments: vectorInstructionSets + [.scalar]) func attentionIsCloseToFloat32(
    instructionSet: InstructionSet
  ) {
    let compute = ComputeContext(threadCount: 2, instructionSet: instructionSet)
    let largestQuant = instructionSet.packedKernels?.largestOffsetQuant ?? 255
    for (headDim, shift) in [(64, Float(0)), (64, 0.5), (24, -1), (32, 1)] {
      let shape = AttentionShape(heads: 2, headDim: headDim)
      let tokens = 75
      let rows = samples(tokens * shape.columns, seed: UInt64(headDim)).map { $0 + shift }
      let bytes = attention(rows, shape: shape, offsets: [0, tokens], compute)
      let exact = attention(
        rows, shape: shape, offsets: [0, tokens], compute, scores: .float32)
      // Elements are within 1 of the shift, so at most `largest`: a query's step is at most 2 / L, a
      // key's `largest` / 127.
      let largest = 1 + abs(shift)
      let (step, keyStep) = (2 / largestQuant, largest / 127)
      let score =
        Float(headDim).squareRoot() * (step / 2 * (largest + keyStep) + largest * keyStep / 2)
      // Weights change by a factor of at most e^(2 · score), and values are within 1 of the shift.
      let bound = exp(2 * score) - 1
      let difference = zip(bytes, exact).map { abs($0 - $1) }.max() ?? .nan
      #expect(difference <= bound && difference > 0, "\(difference), allowed \(bound)")
    }
  }
}
