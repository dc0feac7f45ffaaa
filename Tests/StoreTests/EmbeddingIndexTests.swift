import Foundation
import Kernels
import Testing

@testable import Store

/// Compares the index with a brute-force search over the Float32 vectors in Float64.
@Suite struct EmbeddingIndexTests {
  /// Vectors in memory, searched by brute force.
  struct PlainVectors {
    let dimension: Int
    var rows: [[Float]]

    func scores(_ query: [Float]) -> [Double] {
      let wide = query.map(Double.init)
      return rows.map { row in row.withUnsafeBytes { innerProduct(wide, $0) } }
    }

    /// Ids start at 100.
    func best(
      _ query: [Float], limit: Int, where isAllowed: (Int) -> Bool = { _ in true }
    ) -> [EmbeddingIndex.Match] {
      Array(
        scores(query).enumerated().filter { isAllowed($0.offset) }
          .map { EmbeddingIndex.Match(id: Int64($0.offset + 100), score: $0.element) }
          .sorted { ($1.score, $0.id) < ($0.score, $1.id) }.prefix(limit))
    }

    func makeIndex(groupCount: Int, threads: Int = 2, _ set: InstructionSet) -> EmbeddingIndex {
      let index = EmbeddingIndex(
        dimension: dimension, pool: WorkerPool(threadCount: threads), instructionSet: set)
      for (group, start) in stride(from: 0, to: rows.count, by: groupCount).enumerated() {
        let end = min(start + groupCount, rows.count)
        index.append(
          key: Int64(group), firstID: Int64(100 + start), vectors: rows[start..<end].flatMap { $0 })
      }
      return index
    }

    func search(
      _ index: EmbeddingIndex, _ query: [Float], limit: Int, isAllowed: ((Int64) -> Bool)? = nil
    ) throws -> (matches: [EmbeddingIndex.Match], report: EmbeddingIndex.SearchReport) {
      try index.search(query, limit: limit, isAllowed: isAllowed) { id, body in
        rows[Int(id) - 100].withUnsafeBytes { body($0) }
      }
    }
  }

  static func random(_ count: Int, dimension: Int, seed: UInt64) -> PlainVectors {
    var generator = SeededGenerator(seed: seed)
    return PlainVectors(
      dimension: dimension,
      rows: (0..<count).map { _ in generator.nextUnitVector(dimension: dimension) })
  }

  /// Vectors clustered around a few centres, like passages about a few subjects.
  static func clustered(_ count: Int, dimension: Int, seed: UInt64) -> PlainVectors {
    var generator = SeededGenerator(seed: seed)
    let centres = (0..<10).map { _ in generator.nextUnitVector(dimension: dimension) }
    return PlainVectors(
      dimension: dimension,
      rows: (0..<count).map { number in
        let noise = generator.nextUnitVector(dimension: dimension)
        return normalized(
          zip(centres[number % 10], noise).map { Double($0) + 0.05 * Double($1) })
      })
  }

  @Test(arguments: InstructionSet.available)
  func findsWhatAPlainSearchFinds(instructionSet: InstructionSet) throws {
    var generator = SeededGenerator(seed: 9)
    for dimension in [8, 63, 384] {
      for plain in [
        Self.random(1_200, dimension: dimension, seed: 1),
        Self.clustered(1_200, dimension: dimension, seed: 2),
      ] {
        let index = plain.makeIndex(groupCount: 7, instructionSet)
        for limit in [1, 10, 50] {
          let query = generator.nextUnitVector(dimension: dimension)
          let (matches, report) = try plain.search(index, query, limit: limit)
          #expect(matches == plain.best(query, limit: limit))
          #expect(report.isProvedExact)
          #expect(report.scannedCount == 1_200)
        }
      }
    }
  }

  /// Adjacent scores differ by less than the int8 error, so the order is right only because of the
  /// bounds.
  @Test func tellsVectorsApartThatTheCodesCannot() throws {
    var generator = SeededGenerator(seed: 3)
    let query = generator.nextUnitVector(dimension: 64)
    let rows = (0..<500).map { number in
      let noise = generator.nextUnitVector(dimension: 64)
      return normalized(zip(query, noise).map { Double($0) + 1e-3 * Double($1) * Double(number) })
    }
    let plain = PlainVectors(dimension: 64, rows: rows.shuffled(using: &generator))
    let index = plain.makeIndex(groupCount: 5, .detected)
    let (matches, _) = try plain.search(index, query, limit: 20)
    #expect(matches == plain.best(query, limit: 20))
  }

  @Test func theNumberOfThreadsChangesNothing() throws {
    let plain = Self.clustered(10_000, dimension: 32, seed: 5)
    let query = plain.rows[17]
    let results = try [1, 2, 4].map {
      try plain.search(plain.makeIndex(groupCount: 11, threads: $0, .detected), query, limit: 10)
        .matches
    }
    #expect(results.allSatisfy { $0 == plain.best(query, limit: 10) })
  }

  @Test func filtersBeforeItRanks() throws {
    let plain = Self.random(5_000, dimension: 32, seed: 6)
    let index = plain.makeIndex(groupCount: 3, .detected)
    let query = plain.rows[0]
    let (matches, report) = try plain.search(index, query, limit: 10) { $0 % 100 == 7 }
    #expect(matches == plain.best(query, limit: 10) { $0 / 3 % 100 == 7 })
    #expect(report.scannedCount == 17 * 3)
    #expect(try plain.search(index, query, limit: 10) { _ in false }.matches.isEmpty)
  }

  @Test func removedGroupsAreNotFound() throws {
    let plain = Self.random(9_000, dimension: 16, seed: 7)
    let index = plain.makeIndex(groupCount: 10, .detected)
    index.keepGroups { $0 % 2 == 1 }
    #expect(index.count == 4_500)
    let query = plain.rows[0]
    let (matches, _) = try plain.search(index, query, limit: 20)
    #expect(matches == plain.best(query, limit: 20) { $0 / 10 % 2 == 1 })
    index.keepGroups { _ in false }
    #expect(try plain.search(index, query, limit: 20).matches.isEmpty)
  }

  @Test func equalVectorsComeInTheOrderOfTheirIDs() throws {
    let row = vector(for: "x", dimension: 16)
    let plain = PlainVectors(dimension: 16, rows: [[Float]](repeating: row, count: 2_000))
    let index = plain.makeIndex(groupCount: 10, .detected)
    let (matches, report) = try plain.search(index, row, limit: 5)
    #expect(matches.map(\.id) == [100, 101, 102, 103, 104])
    #expect(report.isProvedExact)
  }

  @Test func extremeVectorsAreFoundToo() throws {
    var spike = [Float](repeating: 0, count: 16)
    spike[3] = 1
    let rows: [[Float]] = [
      [Float](repeating: 0, count: 16), spike, spike.map { -$0 },
      [Float](repeating: .leastNonzeroMagnitude, count: 16), [Float](repeating: 0.25, count: 16),
      spike.map { $0 * 1e6 }, spike.map { $0 * 1e-30 },
    ]
    let plain = PlainVectors(dimension: 16, rows: rows)
    let index = plain.makeIndex(groupCount: 2, .detected)
    for query in rows {
      #expect(
        try plain.search(index, query, limit: 7).matches == plain.best(query, limit: 7),
        "\(query)")
    }
  }

  @Test func theErrorBoundHoldsAndIsNotIdle() {
    var generator = SeededGenerator(seed: 8)
    var worst = 0.0
    for _ in 0..<2_000 {
      let query = generator.nextUnitVector(dimension: 48)
      let stored = generator.nextUnitVector(dimension: 48)
      var codes = [UInt8](repeating: 0, count: 48)
      let quantized = stored.withUnsafeBufferPointer { stored in
        codes.withUnsafeMutableBufferPointer { VectorQuantizer.quantize(stored, into: $0) }
      }
      let integer = QuantizedQuery(query, stride: 64)
      let dot = zip(codes, integer.elements).reduce(0) { $0 + Int($1.0) * Int($1.1) }
      let score = Float(Int32(dot) - integer.offset) * (quantized.scale * integer.scale)
      let exact = zip(query, stored).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      let bound = integer.norm * quantized.residual + integer.slack * quantized.scale
      worst = max(worst, abs(Double(score) - exact) / Double(bound))
    }
    #expect(worst <= 1)
    #expect(worst > 0.2)
  }

  @Test func memoryIsWhatTheDocumentationSays() {
    let plain = PlainVectors(
      dimension: 384,
      rows: [[Float]](repeating: vector(for: "x", dimension: 384), count: 4_096))
    let index = plain.makeIndex(groupCount: 8, .detected)
    #expect(index.byteCount / 4_096 <= 400)
  }
}
