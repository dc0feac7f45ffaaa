internal import Documents
internal import GRDB

/// Rows of the table `chunk`: one a passage.
enum ChunkTable {
  /// The columns that ``decode(_:path:)`` reads, in its order.
  static let columns = """
    chunk.text, chunk.heading, chunk.byteStart, chunk.byteEnd,
    chunk.sourceByteStart, chunk.sourceByteEnd, chunk.page, chunk.firstLine, chunk.lastLine,
    chunk.tokenCount
    """
  /// The number of those columns.
  static let columnCount = 10

  /// The passage in a row of ``columns``.
  ///
  /// Ranges that a damaged file turns round are an error, not a trap.
  static func decode(_ row: Row, path: String) throws -> Chunk {
    func range(_ start: Int, _ end: Int) throws -> Range<Int> {
      guard start <= end else {
        throw StoreError.corrupt(path: path, detail: "a passage ends before it starts")
      }
      return start..<end
    }
    let byteRange = try range(try row.decode(atIndex: 2), try row.decode(atIndex: 3))
    let sourceStart: Int? = try row.decode(atIndex: 4)
    let sourceEnd: Int? = try row.decode(atIndex: 5)
    var sourceByteRange: Range<Int>?
    if let sourceStart, let sourceEnd { sourceByteRange = try range(sourceStart, sourceEnd) }
    let lines = try range(try row.decode(atIndex: 7), try row.decode(atIndex: 8))
    return Chunk(
      text: try row.decode(atIndex: 0), byteRange: byteRange, sourceByteRange: sourceByteRange,
      page: try row.decode(atIndex: 6), lineRange: lines.lowerBound...lines.upperBound,
      heading: try row.decode(atIndex: 1), tokenCount: try row.decode(atIndex: 9))
  }
}
