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

  /// The kernel reads and writes only its own columns.
  @Test(arguments: vectorInstructionSets, [false, true]) func staysInBounds(
    instructionSet: InstructionSet, isCausal: Bool
  ) throws {
    let kernels = try #require(VectorKernels.kernels(for: instructionSet))
    for headDim in [8, 24, 32, 40] {
      for tokens in [1, 5, 17, 33] {
        let source = GuardedFloats(samples(tokens * 3 * headDim, seed: 1), misalignment: 1)
        let y = GuardedFloats(count: tokens * headDim, misalignment: 3)
        let scratch = GuardedFloats(count: kernels.attentionScratchCount(tokens, headDim))
        for query in stride(from: 0, to: tokens, by: kernels.attentionQueryCount) {
          kernels.attention(
            AttentionBlock(
              queries: source.start + query * 3 * headDim, queryStride: 3 * headDim,
              keys: source.start + headDim, keyStride: 3 * headDim,
              values: source.start + 2 * headDim, valueStride: 3 * headDim,
              queryCount: min(kernels.attentionQueryCount, tokens - query), keyCount: tokens,
              firstPosition: isCausal ? query : tokens, window: tokens, headDim: headDim,
              y: y.start + query * headDim, yStride: headDim, scratch: scratch.start))
        }
        #expect(y.isIntact && scratch.isIntact && source.isIntact)
        #expect(y.isFinite)
      }
    }
  }
}
