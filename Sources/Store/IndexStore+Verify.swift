internal import Foundation
internal import GRDB

// Whether an index is whole.

/// What a verification found.
package struct VerificationReport: Sendable, Equatable {
  package var documentCount = 0
  package var contentCount = 0
  package var chunkCount = 0
  /// What is wrong, at most ``maximumProblemCount`` lines; empty for a whole index.
  package var problems: [String] = []
  /// Checks that could not be made, with the reason.
  package var notes: [String] = []

  package var isWhole: Bool { problems.isEmpty }

  /// More lines help nobody.
  package static let maximumProblemCount = 20

  mutating func add(_ problem: String) {
    if problems.count < VerificationReport.maximumProblemCount { problems.append(problem) }
  }
}

extension IndexStore {
  /// Reads the whole index and checks that its parts agree.
  ///
  /// SQLite's structure and foreign keys; the text index against the passages (only when the index
  /// is open for writing, as FTS5 takes the command as an insertion); that every content has its
  /// passages, in order, and every passage one vector, finite, of the right size and of length 1;
  /// and that the scanned int8 vectors are those of the Float32 vectors.
  ///
  /// - Returns: the problems; damage is reported, not thrown.
  /// - Throws: only when the file cannot be read at all.
  /// - Complexity: reads the file once or twice; about 3 s for 100,000 passages.
  package func verify() throws(StoreError) -> VerificationReport {
    var report = VerificationReport()
    do {
      try reader.read { database in
        try checkStructure(database, &report)
        try checkCounts(database, &report)
        try checkContents(database, &report)
      }
    } catch {
      let error = StoreError(error, path: path)
      guard case .corrupt = error else { throw error }
      report.add(error.description)
    }
    checkTextIndex(&report)
    return report
  }

  private func checkStructure(_ database: Database, _ report: inout VerificationReport) throws {
    let lines = try String.fetchAll(database, sql: "PRAGMA integrity_check(10)")
    for line in lines where line != "ok" { report.add("integrity: \(line)") }
    for row in try Row.fetchAll(database, sql: "PRAGMA foreign_key_check") {
      let table: String? = try row.decode(atIndex: 0)
      report.add("a row of \(table ?? "?") refers to nothing")
    }
  }

  private func checkCounts(_ database: Database, _ report: inout VerificationReport) throws {
    func count(_ sql: String) throws -> Int { try Int.fetchOne(database, sql: sql) ?? 0 }
    report.documentCount = try count("SELECT count(*) FROM document")
    report.contentCount = try count("SELECT count(*) FROM content")
    report.chunkCount = try count("SELECT count(*) FROM chunk")
    let checks = [
      ("passages without a vector", "chunk WHERE id NOT IN (SELECT chunkID FROM vector)"),
      ("vectors without a passage", "vector WHERE chunkID NOT IN (SELECT id FROM chunk)"),
      (
        "passages outside their content's range",
        """
        chunk JOIN content ON content.id = contentID
        WHERE chunk.id <> firstChunkID + ordinal OR ordinal < 0 OR ordinal >= chunkCount
        """
      ),
      (
        "contents with a wrong number of passages",
        """
        content WHERE chunkCount
          <> (SELECT count(*) FROM chunk WHERE contentID = content.id)
        """
      ),
      (
        "contents without scanned vectors",
        "content WHERE id NOT IN (SELECT contentID FROM quantizedVectors)"
      ),
      (
        "contents without a document",
        "content WHERE id NOT IN (SELECT contentID FROM document WHERE contentID IS NOT NULL)"
      ),
      ("passages that end before they start", "chunk WHERE byteStart > byteEnd"),
    ]
    for (problem, rows) in checks {
      let found = try count("SELECT count(*) FROM \(rows)")
      if found > 0 { report.add("\(found) \(problem)") }
    }
  }

  private func checkContents(_ database: Database, _ report: inout VerificationReport) throws {
    let dimension = try IndexState.fetch(database, path: path).identity.dimension
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT contentID, firstChunkID, chunkCount, codes, scales, residuals
        FROM quantizedVectors JOIN content ON content.id = contentID ORDER BY contentID
        """)
    while let row = try rows.next() {
      let content: Int64 = try row.decode(atIndex: 0)
      let first: Int64 = try row.decode(atIndex: 1)
      let count: Int = try row.decode(atIndex: 2)
      let vectors = try floatVectors(database, first: first, count: count, dimension: dimension)
      guard let vectors else {
        report.add("content \(content): a vector is missing, has a wrong size or is not finite")
        continue
      }
      for start in stride(from: 0, to: vectors.count, by: dimension) {
        let square = vectors[start..<start + dimension].reduce(0.0) {
          $0 + Double($1) * Double($1)
        }
        // A vector of zeros is what an embedder gives for a passage without tokens.
        if abs(square - 1) > 1e-3, square != 0 {
          report.add("content \(content): a vector has length \(square.squareRoot()), not 1")
        }
      }
      let expected = EncodedVectors(vectors, dimension: dimension)
      let stored: [Data?] = [
        try row.decode(atIndex: 3), try row.decode(atIndex: 4), try row.decode(atIndex: 5),
      ]
      if stored != [expected.codes, expected.scales, expected.residuals] {
        report.add("content \(content): its scanned vectors are not those of its passages")
      }
    }
  }

  /// The Float32 vectors of consecutive passages, row-major; nil when one is unusable.
  private func floatVectors(
    _ database: Database, first: Int64, count: Int, dimension: Int
  ) throws -> [Float]? {
    let (end, isTooLarge) = first.addingReportingOverflow(Int64(count))
    guard !isTooLarge else { return nil }
    var vectors: [Float] = []
    let rows = try Row.fetchCursor(
      database.cachedStatement(
        sql: "SELECT elements FROM vector WHERE chunkID >= ? AND chunkID < ? ORDER BY chunkID"),
      arguments: [first, end])
    while let row = try rows.next() {
      let data: Data = try row.decode(atIndex: 0)
      guard data.count == dimension * MemoryLayout<Float>.stride else { return nil }
      let vector = [Float](unsafeUninitializedCapacity: dimension) { elements, count in
        count = data.copyBytes(to: elements) / MemoryLayout<Float>.stride
      }
      vectors += vector
    }
    // The count comes from the file: multiplying it might overflow.
    let isUsable = vectors.count / dimension == count && vectors.allSatisfy { $0.isFinite }
    return isUsable ? vectors : nil
  }

  private func checkTextIndex(_ report: inout VerificationReport) {
    guard let writer else {
      report.notes.append("the text index was not checked: the index is open for reading only")
      return
    }
    do {
      try writer.writeWithoutTransaction { database in
        // Rank 1 compares with the passages, too (https://www.sqlite.org/fts5.html, 6.6).
        try database.execute(
          sql: "INSERT INTO chunkText(chunkText, rank) VALUES ('integrity-check', 1)")
      }
    } catch {
      report.add("the text index does not match the passages: \(StoreError(error, path: path))")
    }
  }
}
