internal import Documents
internal import GRDB

/// Rows of the table `chunk`.
enum ChunkTable {
  /// The columns that ``decode(_:path:)`` reads, in its order.
  static let columns = """
    chunk.text, chunk.heading, chunk.byteStart, chunk.byteEnd, chunk.sourceByteStart,
    chunk.sourceByteEnd, chunk.page, chunk.firstLine, chunk.lastLine, chunk.tokenCount,
    chunk.modality, chunk.startMilliseconds, chunk.endMilliseconds, chunk.place,
    \(PictureTable.columns)
    """
  /// The number of those columns.
  static let columnCount = 14 + PictureTable.columnCount
  /// The tables that have them.
  static let source = "chunk LEFT JOIN picture ON picture.chunkID = chunk.id"

  static let insertion = """
    INSERT INTO chunk(id, contentID, ordinal, text, heading, byteStart, byteEnd, sourceByteStart,
      sourceByteEnd, page, firstLine, lastLine, tokenCount, modality, startMilliseconds,
      endMilliseconds, place)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """

  /// The values of ``insertion``.
  static func arguments(
    _ chunk: Chunk, id: Int64, content: Int64, ordinal: Int
  ) -> StatementArguments {
    [
      id, content, ordinal, chunk.text, chunk.heading, chunk.byteRange.lowerBound,
      chunk.byteRange.upperBound, chunk.sourceByteRange?.lowerBound,
      chunk.sourceByteRange?.upperBound, chunk.page, chunk.lineRange.lowerBound,
      chunk.lineRange.upperBound, chunk.tokenCount, chunk.modality.rawValue,
      chunk.millisecondRange?.lowerBound, chunk.millisecondRange?.upperBound,
      chunk.place,
    ]
  }

  /// Decodes a row of ``columns``.
  ///
  /// - Throws: ``StoreError/corrupt(path:detail:)`` for a range whose end precedes its start, an
  ///   unknown modality and an impossible picture, which only a damaged file has.
  static func decode(_ row: Row, path: String) throws -> Chunk {
    func range(_ start: Int, _ end: Int) throws -> Range<Int> {
      guard start <= end else {
        throw StoreError.corrupt(path: path, detail: "a passage ends before it starts")
      }
      return start..<end
    }
    func optionalRange(at index: Int) throws -> Range<Int>? {
      let start: Int? = try row.decode(atIndex: index)
      let end: Int? = try row.decode(atIndex: index + 1)
      guard let start, let end else { return nil }
      return try range(start, end)
    }
    let lines = try range(try row.decode(atIndex: 7), try row.decode(atIndex: 8))
    let modality: String = try row.decode(atIndex: 10)
    guard let modality = Modality(rawValue: modality) else {
      throw StoreError.corrupt(path: path, detail: "a passage has the modality '\(modality)'")
    }
    return Chunk(
      modality: modality, text: try row.decode(atIndex: 0),
      byteRange: try range(try row.decode(atIndex: 2), try row.decode(atIndex: 3)),
      sourceByteRange: try optionalRange(at: 4), page: try row.decode(atIndex: 6),
      lineRange: lines.lowerBound...lines.upperBound,
      place: try row.decode(atIndex: 13),
      picture: try PictureTable.decode(row, from: 14, path: path),
      millisecondRange: try optionalRange(at: 11), heading: try row.decode(atIndex: 1),
      tokenCount: try row.decode(atIndex: 9))
  }
}
