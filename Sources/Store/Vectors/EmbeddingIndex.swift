internal import Foundation
package import Kernels

/// An exact nearest-neighbour index in RAM: 8 bits an element, scanned whole, then rescored.
///
/// The scan computes each vector's score and a bound of its error from the int8 copies
/// (``QuantizedQuery``). Whatever can be among the k nearest by these bounds is scored again from
/// the Float32 vectors, which stay on the disk, in Float64. So the result is that of an exact
/// search, not an approximation. Of 1,000,000 random vectors of 384 elements about 30 are rescored.
///
/// Memory: `stride + 8` bytes a vector (392 for 384 elements) and 40 a group.
///
/// Vectors come in groups (the passages of one document), which can be removed and filtered.
/// The index is not thread-safe; a search uses the threads of the pool.
///
/// - Complexity: a search reads all codes of the allowed groups once.
package final class EmbeddingIndex {
  /// Consecutive vectors that belong together.
  struct Group {
    let key: Int64
    let firstID: Int64
    let firstSlot: Int
    let count: Int
  }

  /// A vector that a search found.
  package struct Match: Sendable, Equatable {
    package let id: Int64
    /// The inner product, from Float32 vectors in Float64; the cosine for normalised vectors.
    package let score: Double
  }

  /// What a search cost and whether it is proved.
  package struct SearchReport: Sendable, Equatable {
    /// Vectors that were scanned.
    package var scannedCount = 0
    /// Vectors whose bounds let them be among the nearest.
    package var candidateCount = 0
    /// Vectors that were scored from Float32.
    package var rescoredCount = 0
    /// False when more than ``EmbeddingIndex/maximumRescoredCount`` vectors lie within the error
    /// bounds of each other (thousands of equal vectors): then the best of these are returned.
    package var isProvedExact = true
  }

  /// Enough for any text collection; keeps a hostile or degenerate index from reading every vector.
  package static let maximumRescoredCount = 20_000

  /// Sums of an id and a count of vectors stay in Int64, whatever a damaged file says.
  static let maximumID = Int64.max / 2

  /// Vectors that one task scans: 384 KiB of codes of 384 elements, about 20 µs.
  static let tileCount = 1_024

  package let dimension: Int
  let pool: WorkerPool
  let instructionSet: InstructionSet
  private(set) var blocks: [VectorBlock] = []
  private(set) var groups: [Group] = []
  private(set) var slotCount = 0
  private var removedSlotCount = 0

  /// An empty index.
  package init(
    dimension: Int, pool: WorkerPool, instructionSet: InstructionSet = .detected
  ) {
    self.dimension = dimension
    self.pool = pool
    self.instructionSet = instructionSet
  }

  /// Vectors that a search may find.
  package var count: Int { slotCount - removedSlotCount }

  /// Bytes that the vectors take in RAM.
  package var byteCount: Int {
    blocks.count * VectorBlock.capacity * (VectorBlock.stride(dimension: dimension) + 8)
      + groups.capacity * MemoryLayout<Group>.stride
  }

  /// Slots whose groups were removed; they cost memory until the index is loaded again.
  var removedCount: Int { removedSlotCount }

  /// Appends a group of quantised vectors with ids `firstID`, `firstID + 1`, ...
  ///
  /// - Parameters:
  ///   - key: larger than those of all groups before.
  ///   - firstID: id of the first vector.
  ///   - codes: row-major `[vectors, dimension]`, as ``VectorQuantizer`` makes them.
  ///   - scales: `[vectors]`, Float32.
  ///   - residuals: `[vectors]`, Float32.
  /// - Returns: false, and nothing is appended, when the sizes do not fit together or the ids
  ///   are out of range.
  func append(
    key: Int64, firstID: Int64, codes: UnsafeRawBufferPointer, scales: UnsafeRawBufferPointer,
    residuals: UnsafeRawBufferPointer
  ) -> Bool {
    let vectorCount = scales.count / MemoryLayout<Float>.stride
    guard (0...EmbeddingIndex.maximumID).contains(firstID),
      scales.count == vectorCount * MemoryLayout<Float>.stride,
      residuals.count == scales.count, codes.count == vectorCount * dimension
    else { return false }
    groups.append(
      Group(key: key, firstID: firstID, firstSlot: slotCount, count: vectorCount))
    var appended = 0
    while appended < vectorCount {
      if blocks.last?.isFull ?? true { blocks.append(VectorBlock(dimension: dimension)) }
      appended += blocks[blocks.count - 1].append(
        codes: codes, scales: scales, residuals: residuals, dimension: dimension, from: appended)
    }
    slotCount += vectorCount
    return true
  }

  /// Quantises and appends a group of Float32 vectors, row-major `[vectors, dimension]`.
  package func append(key: Int64, firstID: Int64, vectors: [Float]) {
    append(
      key: key, firstID: firstID, encoded: EncodedVectors(vectors, dimension: dimension))
  }

  /// Appends a group of encoded vectors.
  package func append(key: Int64, firstID: Int64, encoded: EncodedVectors) {
    let isAppended = encoded.codes.withUnsafeBytes { codes in
      encoded.scales.withUnsafeBytes { scales in
        encoded.residuals.withUnsafeBytes { residuals in
          append(key: key, firstID: firstID, codes: codes, scales: scales, residuals: residuals)
        }
      }
    }
    precondition(isAppended, "vectors of another dimension")
  }

  /// The key of the last group; 0 without groups.
  var lastKey: Int64 { groups.last?.key ?? 0 }

  /// Removes the groups that `isKept` refuses.
  func keepGroups(where isKept: (Int64) -> Bool) {
    groups.removeAll { group in
      guard !isKept(group.key) else { return false }
      for slot in group.firstSlot..<group.firstSlot + group.count {
        blocks[slot / VectorBlock.capacity].clear(slot % VectorBlock.capacity)
      }
      removedSlotCount += group.count
      return true
    }
  }

  /// The k vectors of the largest inner product with `query`, the largest first, equal ones by id.
  ///
  /// - Parameters:
  ///   - query: `[dimension]`, finite.
  ///   - limit: k.
  ///   - isAllowed: whether a group may be found; nil for all.
  ///   - withVector: gives the closure the Float32 elements of the vector with an id; returns nil
  ///     when there is none (removed meanwhile), which is then left out.
  /// - Returns: the vectors, and what it cost to find them.
  /// - Throws: what `withVector` throws.
  package func search(
    _ query: [Float], limit: Int, isAllowed: ((Int64) -> Bool)? = nil,
    withVector: (Int64, (UnsafeRawBufferPointer) -> Double) throws -> Double?
  ) throws -> (matches: [Match], report: SearchReport) {
    precondition(query.count == dimension, "a query of another dimension")
    var report = SearchReport()
    let limit = min(limit, count)
    guard limit > 0 else { return ([], report) }
    let tiles = tiles(isAllowed: isAllowed)
    report.scannedCount = tiles.reduce(0) { $0 + $1.count }
    let quantized = QuantizedQuery(query, stride: VectorBlock.stride(dimension: dimension))
    let survivors = scan(tiles, quantized, limit: limit).survivors()
    report.candidateCount = survivors.count
    let matches = try rescore(
      survivors, query: query, limit: limit, report: &report, withVector: withVector)
    return (matches, report)
  }
}
