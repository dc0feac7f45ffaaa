internal import Foundation
internal import GRDB

// Checking the consistency of an index.

/// The result of a verification.
package struct VerificationReport: Sendable, Equatable {
  package var documentCount = 0
  package var contentCount = 0
  package var chunkCount = 0
  /// The problems, at most ``maximumProblemCount``; empty for a consistent index.
  package var problems: [String] = []
  /// Checks that could not be carried out, with the reason.
  package var notes: [String] = []

  package var isWhole: Bool { problems.isEmpty }

  /// Maximum number of reported problems.
  package static let maximumProblemCount = 20

  mutating func add(_ problem: String) {
    if problems.count < VerificationReport.maximumProblemCount { problems.append(problem) }
  }
}

extension IndexStore {
  /// Reads the whole index and checks that its parts agree.
  ///
  /// Checks SQLite's structure and foreign keys; the text index against the chunks (only if the
  /// index is open for writing, because FTS5 implements the check as an insertion); that every
  /// content has its chunks in order; that every text has a vector in the text space, and every
  /// other chunk but a waiting picture has one in some space; that vectors are finite, of the right
  /// size and of length 1; and that the quantised vectors are those of the Float32 vectors.
  ///
  /// - Returns: the problems; damage is reported and not thrown.
  /// - Throws: only if the file cannot be read at all.
  /// - Complexity: reads the file once or twice; about 3 s for 100,000 chunks.
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
      (
        "passages without a vector",
        """
        chunk WHERE NOT (modality = 'picture' AND text = '')
          AND id NOT IN (SELECT chunkID FROM vector)
        """
      ),
      ("pictures without a passage", "picture WHERE chunkID NOT IN (SELECT id FROM chunk)"),
      ("recordings without a content", "recording WHERE contentID NOT IN (SELECT id FROM content)"),
      ("vectors without a passage", "vector WHERE chunkID NOT IN (SELECT id FROM chunk)"),
      (
        "texts without a vector in the text space",
        """
        chunk WHERE text <> '' AND id NOT IN
          (SELECT chunkID FROM vector WHERE spaceID = \(VectorSpace.Name.text.id))
        """
      ),
      (
        "scanned vectors outside their content's passages",
        """
        quantizedVectors AS q JOIN content ON content.id = contentID
        WHERE q.firstChunkID < content.firstChunkID
          OR q.firstChunkID + length(scales) / 4 > content.firstChunkID + chunkCount
        """
      ),
      (
        "contents with vectors that are not scanned",
        """
        content WHERE (SELECT count(*) FROM vector JOIN chunk ON chunk.id = chunkID
          WHERE contentID = content.id)
          <> (SELECT coalesce(sum(length(scales) / 4), 0) FROM quantizedVectors
            WHERE contentID = content.id)
        """
      ),
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
        """
        content WHERE id NOT IN (SELECT contentID FROM quantizedVectors) AND id IN
          (SELECT contentID FROM chunk WHERE NOT (modality = 'picture' AND text = ''))
        """
      ),
      (
        "contents without a document",
        "content WHERE id NOT IN (SELECT contentID FROM document WHERE contentID IS NOT NULL)"
      ),
      (
        "passages that end before they start",
        "chunk WHERE byteStart > byteEnd OR startMilliseconds > endMilliseconds"
      ),
    ]
    for (problem, rows) in checks {
      let found = try count("SELECT count(*) FROM \(rows)")
      if found > 0 { report.add("\(found) \(problem)") }
    }
  }

  private func checkContents(_ database: Database, _ report: inout VerificationReport) throws {
    for space in try IndexState.fetch(database, path: path).identity.spaces {
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT contentID, firstChunkID, codes, scales, residuals
          FROM quantizedVectors WHERE spaceID = ? ORDER BY contentID
          """,
        arguments: [space.name.id])
      while let row = try rows.next() {
        let content: Int64 = try row.decode(atIndex: 0)
        for problem in try vectorProblems(database, row, of: space) {
          report.add("content \(content): \(problem)")
        }
      }
    }
  }

  /// The problems of the vectors of a row of `quantizedVectors`.
  private func vectorProblems(
    _ database: Database, _ row: Row, of space: VectorSpace
  ) throws -> [String] {
    let scales: Data = try row.decode(atIndex: 3)
    let vectors = try floatVectors(
      database, space, first: try row.decode(atIndex: 1),
      count: scales.count / MemoryLayout<Float>.stride)
    guard let vectors else { return ["a vector is missing, has a wrong size or is not finite"] }
    var problems: [String] = []
    for start in stride(from: 0, to: vectors.count, by: space.dimension) {
      let square = vectors[start..<start + space.dimension].reduce(0.0) {
        $0 + Double($1) * Double($1)
      }
      // An embedder returns a vector of zeros for a text without tokens.
      if abs(square - 1) > 1e-3, square != 0 {
        problems.append("a vector has length \(square.squareRoot()), not 1")
      }
    }
    let expected = EncodedVectors(vectors, dimension: space.dimension)
    let codes: Data = try row.decode(atIndex: 2)
    let residuals: Data = try row.decode(atIndex: 4)
    if [codes, scales, residuals] != [expected.codes, expected.scales, expected.residuals] {
      problems.append("its scanned vectors are not those of its passages")
    }
    return problems
  }

  /// The Float32 vectors of consecutive chunks, row-major; nil if one is unusable.
  private func floatVectors(
    _ database: Database, _ space: VectorSpace, first: Int64, count: Int
  ) throws -> [Float]? {
    let (end, isTooLarge) = first.addingReportingOverflow(Int64(count))
    guard !isTooLarge else { return nil }
    var vectors: [Float] = []
    let rows = try Row.fetchCursor(
      database.cachedStatement(
        sql: """
          SELECT elements FROM vector WHERE chunkID >= ? AND chunkID < ? AND spaceID = ?
          ORDER BY chunkID
          """),
      arguments: [first, end, space.name.id])
    while let row = try rows.next() {
      let data: Data = try row.decode(atIndex: 0)
      guard data.count == space.dimension * MemoryLayout<Float>.stride else { return nil }
      vectors += [Float](unsafeUninitializedCapacity: space.dimension) { elements, count in
        count = data.copyBytes(to: elements) / MemoryLayout<Float>.stride
      }
    }
    let isUsable =
      vectors.count == count * space.dimension && vectors.allSatisfy { $0.isFinite }
    return isUsable ? vectors : nil
  }

  private func checkTextIndex(_ report: inout VerificationReport) {
    guard let writer else {
      report.notes.append("the text index was not checked: the index is open for reading only")
      return
    }
    do {
      try writer.writeWithoutTransaction { database in
        // With rank 1, FTS5 also compares with the external content
        // (https://www.sqlite.org/fts5.html, 6.6).
        try database.execute(
          sql: "INSERT INTO chunkText(chunkText, rank) VALUES ('integrity-check', 1)")
      }
    } catch {
      report.add("the text index does not match the passages: \(StoreError(error, path: path))")
    }
  }
}
