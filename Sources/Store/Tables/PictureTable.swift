internal import Documents
internal import GRDB

/// Rows of the table `picture`: the pictures that chunks show, or that their words were read in.
enum PictureTable {
  /// The columns that ``decode(_:from:path:)`` reads, in its order.
  static let columns = """
    picture.origin, picture.width, picture.height, picture.regionX, picture.regionY,
    picture.regionWidth, picture.regionHeight, picture.capturedAt, picture.latitude,
    picture.longitude, picture.sha256, picture.wasRead
    """
  /// The number of those columns.
  static let columnCount = 12

  /// Stores the picture of a chunk.
  static func insert(
    _ database: Database, _ picture: PictureDetails, chunkID: Int64
  ) throws {
    try database.cachedStatement(
      sql: """
        INSERT INTO picture(chunkID, origin, width, height, regionX, regionY, regionWidth,
          regionHeight, capturedAt, latitude, longitude, sha256, wasRead)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      chunkID, picture.origin.rawValue, picture.width, picture.height, picture.region?.x,
      picture.region?.y, picture.region?.width, picture.region?.height, picture.capturedAt,
      picture.latitude, picture.longitude, picture.sha256, picture.wasRead,
    ])
  }

  /// Decodes ``columns``.
  ///
  /// - Parameters:
  ///   - row: a row with the columns.
  ///   - first: the index of the first of them.
  ///   - path: the index file, for messages.
  /// - Returns: nil where the chunk has no row.
  /// - Throws: ``StoreError/corrupt(path:detail:)`` for an origin or a size that does not exist.
  static func decode(_ row: Row, from first: Int, path: String) throws -> PictureDetails? {
    let origin: String? = try row.decode(atIndex: first)
    guard let origin else { return nil }
    let width: Int = try row.decode(atIndex: first + 1)
    let height: Int = try row.decode(atIndex: first + 2)
    guard let origin = PictureOrigin(rawValue: origin), width > 0, height > 0 else {
      throw StoreError.corrupt(
        path: path, detail: "a picture of \(width) x \(height) pixels at '\(origin)'")
    }
    return PictureDetails(
      origin: origin, width: width, height: height, region: try region(row, from: first + 3),
      capturedAt: try row.decode(atIndex: first + 7), latitude: try row.decode(atIndex: first + 8),
      longitude: try row.decode(atIndex: first + 9), sha256: try row.decode(atIndex: first + 10),
      wasRead: try row.decode(atIndex: first + 11))
  }

  private static func region(_ row: Row, from first: Int) throws -> PictureRegion? {
    let x: Int? = try row.decode(atIndex: first)
    let y: Int? = try row.decode(atIndex: first + 1)
    let width: Int? = try row.decode(atIndex: first + 2)
    let height: Int? = try row.decode(atIndex: first + 3)
    guard let x, let y, let width, let height else { return nil }
    return PictureRegion(x: x, y: y, width: width, height: height)
  }
}
