internal import GRDB

/// Rows of the table `recording`: the contents that are transcripts.
enum RecordingTable {
  /// The columns that ``decode(_:from:)`` reads, in its order.
  static let columns = "recording.language, recording.milliseconds, recording.model"

  /// Stores the details of a content.
  static func insert(_ database: Database, _ details: RecordingDetails, content: Int64) throws {
    try database.cachedStatement(
      sql: "INSERT INTO recording(contentID, language, milliseconds, model) VALUES (?, ?, ?, ?)"
    ).execute(arguments: [content, details.language, details.milliseconds, details.model])
  }

  /// Decodes ``columns``; nil for other contents.
  static func decode(_ row: Row, from first: Int) throws -> RecordingDetails? {
    let language: String? = try row.decode(atIndex: first)
    guard let language else { return nil }
    return RecordingDetails(
      language: language, milliseconds: try row.decode(atIndex: first + 1),
      model: try row.decode(atIndex: first + 2))
  }
}
