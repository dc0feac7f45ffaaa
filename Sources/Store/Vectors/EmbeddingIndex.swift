internal import Foundation
package import Kernels

/// An exact nearest-neighbour index in RAM: scans 8-bit codes of all vectors, then rescores the
/// candidates.
///
/// The scan computes each vector's approximate score and an error bound from the int8 codes
/// (``QuantizedQuery``). Every vector that can be among the k nearest by these bounds is scored
/// again in Float64, from the Float32 vectors, which stay on disk. So the result equals that of an
/// exact search. Of 1,000,000 random vectors of 384 elements about 30 are rescored.
///
/// Memory: `stride + 8` bytes per vector (392 for 384 elements) and 40 bytes per group.
///
/// Vectors are added in groups (the chunks of one document), which can be removed and filtered. The
/// index is not thread-safe; a search uses the threads of the pool.
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

  /// The cost of a search, and whether its result is proved exact.
  package struct SearchReport: Sendable, Equatable {
    /// Number of scanned vectors.
    package var scannedCount = 0
    /// Number of vectors that can be among the nearest by their bounds.
    package var candidateCount = 0
    /// Number of vectors that were rescored from Float32.
    package var rescoredCount = 0
    /// False when more than ``EmbeddingIndex/maximumRescoredCount`` vectors lie within the error
    /// bounds of each other (thousands of equal vectors); then the best of those that were rescored
    /// are returned.
    package var isProvedExact = true
  }

  /// Maximum number of rescored vectors: enough for any text collection, and a limit for a hostile
  /// or degenerate index, which would otherwise read every vector.
  package static let maximumRescoredCount = 20_000

  /// The largest id; the sum of an id and a vector count then fits Int64, even for a damaged file.
  static let maximumID = Int64.max / 2

  /// Number of vectors that one task scans: 384 KiB of codes of 384 elements, about 20 µs.
  static let tileCount = 1_024

  package let dimension: Int
  let pool: WorkerPool
  let instructionSet: InstructionSet
  private(set) var blocks: [VectorBlock] = []
  private(set) var groups: [Group] = []
  private(set) var slotCount = 0
  private var removedSlotCount = 0

  /// Creates an empty index.
  package init(
    dimension: Int, pool: WorkerPool, instructionSet: InstructionSet = .detected
  ) {
    self.dimension = dimension
    self.pool = pool
    self.instructionSet = instructionSet
  }

  /// Number of vectors that a search may find.
  package var count: Int { slotCount - removedSlotCount }

  /// Bytes of RAM that the vectors take.
  package var byteCount: Int {
    blocks.count * VectorBlock.capacity * (VectorBlock.stride(dimension: dimension) + 8)
      + groups.capacity * MemoryLayout<Group>.stride
  }

  /// Number of slots of removed groups; they take memory until the index is loaded again.
  var removedCount: Int { removedSlotCount }

  /// Appends a group of quantised vectors with ids `firstID`, `firstID + 1`, ...
  ///
  /// - Parameters:
  ///   - key: larger than the keys of all previous groups.
  ///   - firstID: id of the first vector.
  ///   - codes: row-major `[vectors, dimension]`, as ``VectorQuantizer`` makes them.
  ///   - scales: `[vectors]`, Float32.
  ///   - residuals: `[vectors]`, Float32.
  /// - Returns: false, and nothing is appended, if the sizes do not match or the ids are out of
  ///   range.
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

  /// The key of the last group; 0 if there are no groups.
  var lastKey: Int64 { groups.last?.key ?? 0 }

  /// Removes the groups for which `isKept` returns false.
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

  /// Finds the k vectors with the largest inner product with `query`, in descending order, ties by
  /// id.
  ///
  /// - Parameters:
  ///   - query: `[dimension]`, finite.
  ///   - limit: k.
  ///   - isAllowed: whether a group may be found; nil for all.
  ///   - withVector: passes the Float32 elements of the vector with an id to the closure; returns
  ///     nil for a vector that was removed meanwhile, which is then left out.
  /// - Returns: the vectors, and the cost of the search.
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
