internal import Bytes
package import Store
internal import Foundation
package import Kernels

/// Latency and memory of exact search over vectors from a file, without SQLite.
///
/// `swiftrag bench search` prints the result as JSON; `Benchmarks/peers/vector_search.py` compares
/// it with numpy and faiss on the same files.
package struct SearchBenchmark: Sendable, Encodable {
  package let vectorCount: Int
  package let dimension: Int
  package let queryCount: Int
  package let k: Int
  package let threadCount: Int
  package let instructionSet: String
  /// Time to quantise all vectors from the mapped file.
  package let buildSeconds: Double
  package let indexByteCount: Int
  /// The process's anonymous memory after the search, which excludes the mapped files.
  package let anonymousByteCount: Int
  package let p50Milliseconds: Double
  package let p99Milliseconds: Double
  package let meanMilliseconds: Double
  package let meanCandidateCount: Double
  package let meanRescoredCount: Double
  package let isProvedExact: Bool
  /// The rows found by each query, best first.
  package let rows: [[Int]]

  /// Builds an index from `vectorsPath` and runs every query of `queriesPath` once, one at a time.
  ///
  /// - Parameters:
  ///   - vectorsPath: a NumPy file, Float32 `[vectors, dimension]`.
  ///   - queriesPath: a NumPy file, Float32 `[queries, dimension]`.
  ///   - k: the number of vectors to find per query.
  ///   - pool: the threads of a search.
  /// - Returns: the figures.
  /// - Throws: ``StoreError/invalidInput(_:)`` for files that do not contain such arrays.
  package static func run(
    vectorsPath: String, queriesPath: String, k: Int, pool: WorkerPool
  ) throws(StoreError) -> SearchBenchmark {
    let vectors = try NumPyFile(path: vectorsPath)
    let queries = try NumPyFile(path: queriesPath)
    guard vectors.columns == queries.columns, queries.rows > 0, k > 0,
      vectors.columns <= VectorSpace.maximumDimension
    else { throw .invalidInput("the vectors and queries have different or unsupported sizes") }
    let start = currentNanoseconds()
    let index = build(vectors, pool: pool)
    let buildSeconds = Double(currentNanoseconds() - start) / 1e9
    do {
      return try measure(index, vectors, queries, k: k, pool, buildSeconds: buildSeconds)
    } catch {
      throw StoreError(error, path: vectorsPath)
    }
  }

  /// Quantises the vectors in parallel, in groups of the size of a document.
  private static func build(_ vectors: NumPyFile, pool: WorkerPool) -> EmbeddingIndex {
    let index = EmbeddingIndex(dimension: vectors.columns, pool: pool)
    let groupCount = 1_024
    var first = 0
    while first < vectors.rows {
      let groups = min(pool.threadCount * 4, (vectors.rows - first + groupCount - 1) / groupCount)
      let batch = EncodedBatch(count: groups)
      pool.run(taskCount: groups) { group in
        let start = first + group * groupCount
        let end = min(start + groupCount, vectors.rows)
        batch.set(
          group,
          EncodedVectors(
            (start..<end).flatMap { vectors.row($0) }, dimension: vectors.columns))
      }
      for group in 0..<groups {
        let start = first + group * groupCount
        index.append(key: Int64(start), firstID: Int64(start), encoded: batch.encoded(group))
      }
      first += groups * groupCount
    }
    return index
  }

  private static func measure(
    _ index: EmbeddingIndex, _ vectors: NumPyFile, _ queries: NumPyFile, k: Int, _ pool: WorkerPool,
    buildSeconds: Double
  ) throws -> SearchBenchmark {
    var milliseconds: [Double] = []
    var reports: [EmbeddingIndex.SearchReport] = []
    var rows: [[Int]] = []
    // The first query runs once more beforehand, to start the threads and load the file's pages.
    for number in [0] + Array(0..<queries.rows) {
      let query = queries.row(number)
      let start = currentNanoseconds()
      let (matches, report) = try index.search(query, limit: k) { id, body in
        vectors.withRow(Int(id), body)
      }
      milliseconds.append(Double(currentNanoseconds() - start) / 1e6)
      reports.append(report)
      rows.append(matches.map { Int($0.id) })
    }
    let sorted = milliseconds.dropFirst().sorted()
    func quantile(_ fraction: Double) -> Double {
      sorted[min(sorted.count - 1, Int(fraction * Double(sorted.count)))]
    }
    func mean(_ values: [Int]) -> Double { Double(values.reduce(0, +)) / Double(values.count) }
    return SearchBenchmark(
      vectorCount: vectors.rows, dimension: vectors.columns, queryCount: queries.rows, k: k,
      threadCount: pool.threadCount, instructionSet: InstructionSet.detected.rawValue,
      buildSeconds: buildSeconds, indexByteCount: index.byteCount,
      anonymousByteCount: ProcFile.anonymousResidentByteCount ?? 0, p50Milliseconds: quantile(0.5),
      p99Milliseconds: quantile(0.99),
      meanMilliseconds: sorted.reduce(0, +) / Double(sorted.count),
      meanCandidateCount: mean(reports.map(\.candidateCount)),
      meanRescoredCount: mean(reports.map(\.rescoredCount)),
      isProvedExact: reports.allSatisfy(\.isProvedExact), rows: Array(rows.dropFirst()))
  }
}

/// The results of parallel tasks: each task writes one element.
private final class EncodedBatch {
  private let places: UnsafeMutablePointer<EncodedVectors?>
  private let count: Int

  init(count: Int) {
    self.count = count
    places = .allocate(capacity: count)
    places.initialize(repeating: nil, count: count)
  }

  deinit {
    places.deinitialize(count: count)
    places.deallocate()
  }

  func set(_ place: Int, _ encoded: EncodedVectors) { places[place] = encoded }

  func encoded(_ place: Int) -> EncodedVectors {
    places[place] ?? EncodedVectors([], dimension: 1)
  }
}
