import Glibc
import KernelInterface
import KernelsReference
import Testing

@testable import Kernels

/// Attention with a cache: against its scalar twin, and the same bits however rows are cut.
@Suite struct CachedAttentionTests {
  /// A call of attention, and what it needs.
  private struct Case: CustomStringConvertible {
    var shape: AttentionShape
    var past = 0
    var rows: Int
    var window: Int?
    var type = KVCacheType.f16
    var scale: Float = 1
    /// Whether every query sees all positions.
    var isFull = false

    var mask: AttentionMask { isFull ? .full : .causal(window: window) }

    var description: String {
      "\(shape.heads)/\(shape.keyValueHeads) heads of \(shape.headDim), \(past) + \(rows), "
        + "\(mask), \(type)"
    }
  }

  private static let shapes = [
    AttentionShape(heads: 4, keyValueHeads: 1, headDim: 32),
    AttentionShape(heads: 2, keyValueHeads: 2, headDim: 24),
    AttentionShape(heads: 6, keyValueHeads: 2, headDim: 40),
    AttentionShape(heads: 8, keyValueHeads: 1, headDim: 8),
    AttentionShape(heads: 7, keyValueHeads: 1, headDim: 128),
  ]

  /// Fills a cache with NaN, then appends `past + rows` positions.
  private func filledCache(_ test: Case, _ x: borrowing Matrix, _ compute: ComputeContext) throws
    -> KVCache
  {
    let cache = try #require(
      KVCache(
        layers: 2, heads: test.shape.keyValueHeads, headDim: test.shape.headDim, capacity: 320,
        type: test.type))
    cache.forEachPiece(positions: 320) { bytes in
      for index in bytes.indices { bytes[index] = 0xff }
    }
    compute.append(x, shape: test.shape, to: cache, layer: 1, firstPosition: 0)
    return cache
  }

  private func result(_ test: Case, _ compute: ComputeContext) throws -> [Float] {
    let count = test.past + test.rows
    let values = samples(count * test.shape.columns, seed: 5, scale: test.scale)
    let all = matrix(values, columns: test.shape.columns)
    let cache = try filledCache(test, all, compute)
    let queries = matrix(
      Array(values[(test.past * test.shape.columns)...]), columns: test.shape.columns)
    var y = Matrix(rows: test.rows, columns: test.shape.heads * test.shape.headDim)
    compute.attention(
      queries, shape: test.shape, cache: cache, layer: 1, positions: count, mask: test.mask,
      into: &y)
    return y.array()
  }

  /// As in AttentionTests: a score is a sum of `headDim` products whose error the exponential turns
  /// into a relative one, and the result sums all positions; both sides read the same cache.
  private func check(_ test: Case, _ compute: ComputeContext, _ twin: ComputeContext) throws {
    let actual = try result(test, compute)
    let expected = try result(test, twin)
    let unit = 0x1p-24
    let largest = Double(test.scale)
    let headDim = Double(test.shape.headDim)
    let scoreError = (headDim + 3) * unit * largest * largest * headDim.squareRoot()
    let bound =
      2 * largest * (2 * scoreError + Double(test.past + test.rows + 16) * unit)
    let difference = zip(actual, expected).reduce(0.0) {
      max($0, abs(Double($1.0) - Double($1.1)))
    }
    #expect(actual.allSatisfy(\.isFinite) && difference <= bound, "\(test): \(difference)")
  }

  @Test(arguments: vectorInstructionSets, KVCacheType.allCases) func withinBoundOfTwin(
    instructionSet: InstructionSet, type: KVCacheType
  ) throws {
    let compute = ComputeContext(threadCount: 2, instructionSet: instructionSet)
    let twin = ComputeContext(path: .reference, threadCount: 2)
    for shape in Self.shapes {
      for (past, rows) in [
        (0, 1), (0, 2), (0, 17), (0, 33), (15, 1), (16, 1), (31, 2), (40, 9), (63, 66), (200, 1),
      ] {
        try check(Case(shape: shape, past: past, rows: rows, type: type), compute, twin)
      }
      for (past, rows, window) in [
        (0, 40, 1), (0, 40, 5), (100, 1, 16), (90, 50, 33), (70, 20, 80),
      ] {
        try check(
          Case(shape: shape, past: past, rows: rows, window: window, type: type), compute, twin)
      }
    }
    // More and fewer queries than keys of their own.
    for (past, rows) in [(0, 1), (0, 40), (31, 2), (63, 1), (90, 50), (250, 3)] {
      for shape in Self.shapes {
        try check(
          Case(shape: shape, past: past, rows: rows, type: type, isFull: true), compute, twin)
      }
    }
    // One key takes almost all; all keys alike.
    try check(Case(shape: Self.shapes[0], past: 30, rows: 40, type: type, scale: 6), compute, twin)
    try check(Case(shape: Self.shapes[0], past: 30, rows: 4, type: type, scale: 0), compute, twin)
  }

  /// A query's bits do not depend on the rows it is computed with, nor on the threads.
  @Test(arguments: vectorInstructionSets, KVCacheType.allCases) func rowsAreIndependent(
    instructionSet: InstructionSet, type: KVCacheType
  ) throws {
    for shape in Self.shapes {
      for window in [nil, 20] {
        let test = Case(shape: shape, past: 0, rows: 150, window: window, type: type)
        let together = try result(
          test, ComputeContext(threadCount: 3, instructionSet: instructionSet))
        let values = samples(test.rows * shape.columns, seed: 5)
        for step in [1, 7, 64] {
          let compute = ComputeContext(threadCount: 2, instructionSet: instructionSet)
          let all = matrix(values, columns: shape.columns)
          let cache = try filledCache(test, all, compute)
          var pieces: [Float] = []
          for start in stride(from: 0, to: test.rows, by: step) {
            let end = min(test.rows, start + step)
            let part = matrix(
              Array(values[(start * shape.columns)..<(end * shape.columns)]),
              columns: shape.columns)
            var y = Matrix(rows: end - start, columns: shape.heads * shape.headDim)
            compute.attention(
              part, shape: shape, cache: cache, layer: 1, positions: end,
              mask: .causal(window: window), into: &y)
            pieces += y.array()
          }
          #expect(sameBits(pieces, together), "\(test) in steps of \(step)")
        }
      }
    }
  }

  /// Both instruction sets give the same bits: every chain has one order, whatever the lanes.
  @Test(.enabled(if: vectorInstructionSets.count == 2)) func instructionSetsAgree() throws {
    for shape in Self.shapes {
      let test = Case(shape: shape, past: 50, rows: 70)
      let results = try vectorInstructionSets.map {
        try result(test, ComputeContext(threadCount: 1, instructionSet: $0))
      }
      #expect(sameBits(results[0], results[1]), "\(test)")
    }
  }

  /// Float16 is rounded like the twin's, and what was there before or beside stays.
  @Test(arguments: vectorInstructionSets) func appendedHalvesEqualTheTwins(
    instructionSet: InstructionSet
  ) throws {
    let shape = AttentionShape(heads: 2, keyValueHeads: 2, headDim: 20)
    let values = samples(40 * shape.columns, seed: 9, scale: 100)
    let caches = try [
      ComputeContext(threadCount: 2, instructionSet: instructionSet),
      ComputeContext(path: .reference, threadCount: 1),
    ].map { compute in
      let cache = try #require(
        KVCache(layers: 1, heads: 2, headDim: 20, capacity: 64, type: .f16))
      let x = matrix(values, columns: shape.columns)
      compute.append(x, shape: shape, to: cache, layer: 0, firstPosition: 5)
      return cache
    }
    let pieces = caches.map { cache in
      var bytes: [UInt8] = []
      cache.forEachPiece(positions: 64) { bytes += Array($0) }
      return bytes
    }
    #expect(pieces[0] == pieces[1])
    let column = (shape.heads + 1) * shape.headDim + 3
    withExtendedLifetime(caches) {
      let head = caches[0].head(layer: 0, head: 1)
      #expect(cachedKey(head, position: 4, dim: 3) == 0)
      #expect(cachedValue(head, position: 45, dim: 3) == 0)
      let wanted = Float(Float16(values[4 * shape.columns + column]))
      #expect(cachedKey(head, position: 9, dim: 3) == wanted)
    }
  }

  /// Eight bits keep every element within half a step of its block, and the scale's rounding.
  @Test func quantisedElementsAreNear() throws {
    let shape = AttentionShape(heads: 1, keyValueHeads: 1, headDim: 40)
    var values = samples(33 * shape.columns, seed: 2, scale: 3)
    values[40] = .nan  // an element of the first key: its block reads as NaN, nothing traps
    let cache = try #require(KVCache(layers: 1, heads: 1, headDim: 40, capacity: 33, type: .q80))
    let x = matrix(values, columns: shape.columns)
    ComputeContext(threadCount: 1).append(x, shape: shape, to: cache, layer: 0, firstPosition: 0)
    withExtendedLifetime(cache) {
      let head = cache.head(layer: 0, head: 0)
      #expect(cachedKey(head, position: 0, dim: 1).isNaN)
      #expect(cachedKey(head, position: 0, dim: 33).isFinite)
      for position in 1..<33 {
        for dim in 0..<40 {
          let key = values[position * shape.columns + 40 + dim]
          let value = values[position * shape.columns + 80 + dim]
          let bound: Float = 3 * (1.001 / 254 + 0x1p-11)
          #expect(abs(cachedKey(head, position: position, dim: dim) - key) <= bound)
          #expect(abs(cachedValue(head, position: position, dim: dim) - value) <= bound)
        }
      }
    }
  }

  @Test func sizesOutOfRangeAreRefused() {
    func cache(_ layers: Int, _ heads: Int, _ headDim: Int, _ capacity: Int) -> KVCache? {
      KVCache(layers: layers, heads: heads, headDim: headDim, capacity: capacity, type: .f16)
    }
    #expect(cache(0, 1, 1, 1) == nil && cache(1, 0, 1, 1) == nil && cache(1, 1, 0, 1) == nil)
    #expect(cache(1, 1, 1, 0) == nil && cache(1, 1, 1, .max) == nil && cache(.max, 1, 1, 1) == nil)
    #expect(cache(1, 1, 1, 1)?.pieceByteCount(positions: 1) == 16 * 2 + 32 * 2)
  }

  /// Positions that were never written take no memory: a cache of 64 MB with one position in every
  /// head has a page or two for each head's keys and values.
  @Test func unwrittenPositionsTakeNoMemory() throws {
    let (layers, heads, headDim) = (4, 8, 128)
    let cache = try #require(
      KVCache(layers: layers, heads: heads, headDim: headDim, capacity: 4096, type: .f16))
    for layer in 0..<layers {
      for index in 0..<heads {
        let head = cache.head(layer: layer, head: index)
        head.keys.storeBytes(of: 1, as: UInt16.self)
        head.values.storeBytes(of: 1, as: UInt16.self)
      }
    }
    let pageByteCount = sysconf(Int32(_SC_PAGESIZE))
    var pages = [UInt8](repeating: 0, count: (cache.byteCount + pageByteCount - 1) / pageByteCount)
    let start = cache.head(layer: 0, head: 0).keys
    try #require(mincore(start, cache.byteCount, &pages) == 0)
    let resident = pages.count { $0 & 1 == 1 }
    #expect(resident >= layers * heads * 2)
    #expect(resident <= layers * heads * 4)
  }

  /// Copied positions are those of the other layer, from the start of a block of keys on; the others
  /// stay.
  @Test(arguments: KVCacheType.allCases) func copiesOnlySomePositions(type: KVCacheType) throws {
    let shape = AttentionShape(heads: 2, headDim: 40)
    let compute = ComputeContext(path: .reference, threadCount: 1)
    let count = 50
    let from = samples(count * shape.columns, seed: 1)
    let to = samples(count * shape.columns, seed: 2)
    func cache(_ second: [Float]) throws -> KVCache {
      let cache = try #require(
        KVCache(layers: 2, heads: 2, headDim: 40, capacity: count, type: type))
      for (layer, values) in [from, second].enumerated() {
        compute.append(
          matrix(values, columns: shape.columns), shape: shape, to: cache, layer: layer,
          firstPosition: 0)
      }
      return cache
    }
    func bytes(_ cache: KVCache) -> [UInt8] {
      var all: [UInt8] = []
      cache.forEachPiece(positions: count) { all += $0 }
      return all
    }
    for (positions, copied) in [
      (0..<count, 0..<count), (20..<48, 16..<48), (32..<48, 32..<48), (49..<50, 48..<50),
      (7..<7, 7..<7),
    ] {
      let actual = try cache(to)
      actual.copy(layers: 0..<1, to: 1, positions: positions)
      var expected = to
      let elements =
        (copied.lowerBound * shape.columns)..<(copied.upperBound * shape.columns)
      expected.replaceSubrange(elements, with: from[elements])
      #expect(bytes(actual) == bytes(try cache(expected)), "\(positions)")
    }
  }
}
