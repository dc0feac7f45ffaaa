import Glibc
import KernelInterface
import KernelsReference
import Testing

@testable import Kernels

/// Attention against its scalar twin, and its independence of the batch.
@Suite struct AttentionTests {
  static let masks: [AttentionMask] = [
    .full, .causal(window: nil), .causal(window: 1), .causal(window: 7),
  ]

  /// The first-order error bound of the docstrings: a score is a sum of `headDim` products, the
  /// exponential turns its absolute error into a relative one, and the result sums `tokens` terms.
  @Test(arguments: vectorInstructionSets) func withinBoundOfTwin(
    instructionSet: InstructionSet
  ) {
    let compute = ComputeContext(threadCount: 2, instructionSet: instructionSet)
    for headDim in [8, 16, 24, 32, 40, 64] {
      for tokens in [1, 2, 3, 4, 5, 7, 8, 9, 13, 15, 16, 17, 31, 32, 33, 40, 65] {
        check(compute, tokens: tokens, heads: 2, headDim: headDim, scale: 1)
      }
    }
    check(compute, tokens: 20, heads: 3, headDim: 32, scale: 6)  // one key takes almost all
    check(compute, tokens: 9, heads: 1, headDim: 32, scale: 0)
  }

  /// The same bound with masks, whose windows begin and end inside and between blocks of queries.
  @Test(arguments: vectorInstructionSets) func maskedWithinBoundOfTwin(
    instructionSet: InstructionSet
  ) {
    let compute = ComputeContext(threadCount: 2, instructionSet: instructionSet)
    for tokens in [1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 77, 100] {
      for window in [nil, 1, 2, 16, 31, 32, 33, 200] {
        check(
          compute, tokens: tokens, heads: 2, headDim: 24, scale: 1, mask: .causal(window: window))
      }
    }
    check(compute, tokens: 40, heads: 3, headDim: 32, scale: 6, mask: .causal(window: nil))
  }

  private func check(
    _ compute: ComputeContext, tokens: Int, heads: Int, headDim: Int, scale: Float,
    mask: AttentionMask = .full
  ) {
    let width = heads * headDim
    let values = samples(tokens * 3 * width, seed: UInt64(tokens + headDim), scale: scale)
    var y = Matrix(rows: tokens, columns: width)
    compute.attention(
      queryKeyValue: matrix(values, columns: 3 * width),
      shape: AttentionShape(heads: heads, headDim: headDim), offsets: [0, tokens], mask: mask,
      into: &y)
    var expected = Matrix(rows: tokens, columns: width)
    ComputeContext(path: .reference, threadCount: 1).attention(
      queryKeyValue: matrix(values, columns: 3 * width),
      shape: AttentionShape(heads: heads, headDim: headDim), offsets: [0, tokens], mask: mask,
      into: &expected)
    let largest = Double(values.map(abs).max() ?? 0)
    let unit = 0x1p-24
    let scoreError =
      Double(headDim + 3) * unit * largest * largest * Double(headDim).squareRoot()
    // Both sides err; probabilities by twice a score's error and some roundings of exp and sums.
    let bound = 2 * largest * (2 * scoreError + Double(tokens + 16) * unit)
    for (result, wanted) in zip(y.array(), expected.array()) {
      #expect(abs(Double(result) - Double(wanted)) <= bound, "\(tokens) x \(headDim)")
    }
  }

  /// Two keys: the weights follow the logistic function of the score, which is exact here, so this
  /// holds the exponential and the scale to a few roundings.
  @Test(arguments: vectorInstructionSets) func twoKeysFollowTheLogistic(
    instructionSet: InstructionSet
  ) {
    let compute = ComputeContext(threadCount: 1, instructionSet: instructionSet)
    let headDim = 16  // 1/√16 is exact
    for step in 0..<1_600 {
      let score = -Float(step) * 0.05
      var rows = [Float](repeating: 0, count: 2 * 3 * headDim)
      rows[0] = score * 4  // query 0, first dimension
      rows[headDim] = 1  // key 0, first dimension; key 1 is zero
      rows[2 * headDim] = 1  // value 0, first dimension
      rows[3 * headDim + 2 * headDim + 1] = 1  // value 1, second dimension
      var y = Matrix(rows: 2, columns: headDim)
      compute.attention(
        queryKeyValue: matrix(rows, columns: 3 * headDim),
        shape: AttentionShape(heads: 1, headDim: headDim), offsets: [0, 2], mask: .full, into: &y)
      let power = exp(Double(score))
      let values = y.array()
      let first = power / (1 + power)
      let second = 1 / (1 + power)
      #expect(abs(Double(values[0]) - first) <= 0x1p-21 * first, "score \(score)")
      #expect(abs(Double(values[1]) - second) <= 0x1p-22 * second, "score \(score)")
    }
  }

  /// A sequence gets the same bits alone and in any batch, with any number of threads.
  @Test(arguments: vectorInstructionSets, masks) func sequencesAreIndependent(
    instructionSet: InstructionSet, mask: AttentionMask
  ) {
    let lengths = [5, 16, 1, 40, 0, 33, 16]
    let (heads, width) = (4, 64)
    var offsets = [0]
    for (index, length) in lengths.enumerated() { offsets.append(offsets[index] + length) }
    let values = samples(offsets[lengths.count] * 3 * width, seed: 3)
    for threadCount in [1, 2, 3] {
      let compute = ComputeContext(threadCount: threadCount, instructionSet: instructionSet)
      var together = Matrix(rows: values.count / (3 * width), columns: width)
      compute.attention(
        queryKeyValue: matrix(values, columns: 3 * width),
        shape: AttentionShape(heads: heads, headDim: width / heads), offsets: offsets, mask: mask,
        into: &together)
      for (index, length) in lengths.enumerated() {
        let start = offsets[index]
        let part = Array(values[(start * 3 * width)..<((start + length) * 3 * width)])
        var alone = Matrix(rows: length, columns: width)
        compute.attention(
          queryKeyValue: matrix(part, columns: 3 * width),
          shape: AttentionShape(heads: heads, headDim: width / heads), offsets: [0, length],
          mask: mask, into: &alone)
        let rows = together.array()[(start * width)..<((start + length) * width)]
        let same = sameBits(alone.array(), Array(rows))
        #expect(same, "sequence \(index), \(mask)")
      }
    }
  }

  /// Queries, keys and values in columns of three matrices, more or fewer queries than keys, and
  /// query heads that share keys.
  @Test(arguments: vectorInstructionSets) func crossAttentionWithinBoundOfTwin(
    instructionSet: InstructionSet
  ) {
    let compute = ComputeContext(threadCount: 2, instructionSet: instructionSet)
    let twin = ComputeContext(path: .reference, threadCount: 2)
    let shape = AttentionShape(heads: 4, keyValueHeads: 2, headDim: 24)
    for (queryCounts, keyCounts) in [
      ([1], [1]), ([3], [40]), ([40], [3]), ([1, 0, 33, 5], [16, 4, 1, 70]), ([2, 9], [33, 15]),
    ] {
      let (queryOffsets, keyOffsets) = (offsets(queryCounts), offsets(keyCounts))
      let queries = matrix(samples(queryOffsets[queryCounts.count] * 100, seed: 1), columns: 100)
      let keys = matrix(samples(keyOffsets[keyCounts.count] * 50, seed: 2), columns: 50)
      let values = matrix(samples(keyOffsets[keyCounts.count] * 60, seed: 3), columns: 60)
      var masks: [AttentionMask] = [.full]
      if zip(queryCounts, keyCounts).allSatisfy({ $0 <= $1 }) {
        masks += [.causal(window: nil), .causal(window: 3)]
      }
      for mask in masks {
        func result(_ compute: ComputeContext) -> [Float] {
          var y = Matrix(rows: queryOffsets[queryCounts.count], columns: shape.queryWidth)
          compute.attention(
            queries: queries, keys: keys, values: values,
            columns: AttentionColumns(queries: 4, keys: 2, values: 5), shape: shape,
            queryOffsets: queryOffsets, keyOffsets: keyOffsets, mask: mask, into: &y)
          return y.array()
        }
        // As in `check`, for numbers up to 1, heads of 24 elements and up to 70 keys.
        let scoreError = 27 * Float(24).squareRoot() * 0x1p-24
        let bound = 2 * (2 * scoreError + Float(70 + 16) * 0x1p-24)
        for (actual, expected) in zip(result(compute), result(twin)) {
          #expect(abs(actual - expected) <= bound, "\(queryCounts) to \(keyCounts), \(mask)")
        }
      }
    }
  }

  /// With a causal mask the last queries alone, or a shorter sequence, give the same bits.
  @Test(arguments: vectorInstructionSets, [nil, 5, 40]) func causalQueriesAreIndependent(
    instructionSet: InstructionSet, window: Int?
  ) {
    let compute = ComputeContext(threadCount: 2, instructionSet: instructionSet)
    let shape = AttentionShape(heads: 2, headDim: 20)
    let (tokens, columns) = (90, shape.columns)
    let rows = samples(tokens * columns, seed: 9)
    let all = matrix(rows, columns: columns)
    var together = Matrix(rows: tokens, columns: shape.queryWidth)
    compute.attention(
      queryKeyValue: all, shape: shape, offsets: [0, tokens], mask: .causal(window: window),
      into: &together)
    for (first, end) in [(0, 1), (0, 33), (89, 90), (57, 90), (1, 77)] {
      let queries = matrix(Array(rows[(first * columns)..<(end * columns)]), columns: columns)
      let keys = matrix(Array(rows[..<(end * columns)]), columns: columns)
      var y = Matrix(rows: end - first, columns: shape.queryWidth)
      compute.attention(
        queries: queries, keys: keys, values: keys, columns: shape.packedColumns, shape: shape,
        queryOffsets: [0, end - first], keyOffsets: [0, end], mask: .causal(window: window),
        into: &y)
      let expected = together.array()[(first * shape.queryWidth)..<(end * shape.queryWidth)]
      #expect(sameBits(y.array(), Array(expected)), "queries \(first)..<\(end)")
    }
  }

  private func offsets(_ counts: [Int]) -> [Int] {
    counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
  }

  /// The kernel reads and writes only its own columns.
  @Test(arguments: vectorInstructionSets, [false, true]) func staysInBounds(
    instructionSet: InstructionSet, isCausal: Bool
  ) throws {
    let kernels = try #require(instructionSet.packedKernels)
    for headDim in [8, 24, 32, 40] {
      for tokens in [1, 5, 17, 33] {
        let source = GuardedFloats(samples(tokens * 3 * headDim, seed: 1), misalignment: 1)
        let y = GuardedFloats(count: tokens * headDim, misalignment: 3)
        let scratch = GuardedFloats(
          count: kernels.attentionScratchCount(keyCount: tokens, headDim: headDim))
        for query in stride(from: 0, to: tokens, by: kernels.attentionQueryCount) {
          kernels.attention(
            AttentionBlock(
              queries: source.start + query * 3 * headDim, queryStride: 3 * headDim,
              keys: source.start + headDim, keyStride: 3 * headDim,
              values: source.start + 2 * headDim, valueStride: 3 * headDim,
              queryCount: min(kernels.attentionQueryCount, tokens - query), keyCount: tokens,
              firstPosition: isCausal ? query : tokens, window: Int.max / 2, headDim: headDim,
              y: y.start + query * headDim, yStride: headDim, scratch: scratch.start))
        }
        #expect(y.isIntact && scratch.isIntact && source.isIntact)
        #expect(y.isFinite)
      }
    }
  }
}
