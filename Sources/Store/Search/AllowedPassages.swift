internal import Documents
internal import Foundation
internal import GRDB

/// The passages of an index that pass a filter.
///
/// A document passes or fails as a whole, with one exception: the type `picture` also lets pass the
/// pictures inside documents of other types, such as the figures of a PDF.
struct AllowedPassages {
  /// The contents of documents that pass.
  private var contents: Set<Int64> = []
  /// The contents of other documents of which the pictures pass.
  private var picturesOnly: Set<Int64> = []

  var isEmpty: Bool { contents.isEmpty && picturesOnly.isEmpty }

  /// The passages that pass a filter; nil where nothing is left out.
  ///
  /// - Complexity: O(documents), and of the type `picture` O(pictures).
  static func fetch(
    _ database: Database, _ filter: SearchFilter, _ patterns: [PathPattern]
  ) throws -> AllowedPassages? {
    guard !filter.isEmpty else { return nil }
    var allowed = AllowedPassages()
    let withPictures =
      filter.hasPictures
      ? try Set(
        Int64.fetchAll(
          database,
          sql: "SELECT DISTINCT contentID FROM picture JOIN chunk ON chunk.id = picture.chunkID"))
      : []
    let rows = try Row.fetchCursor(
      database, sql: "SELECT contentID, type, path FROM document WHERE contentID IS NOT NULL")
    while let row = try rows.next() {
      let content: Int64 = try row.decode(atIndex: 0)
      let type: String = try row.decode(atIndex: 1)
      guard filter.hasPath(try row.decode(atIndex: 2), patterns) else { continue }
      if filter.hasType(type) {
        allowed.contents.insert(content)
      } else if withPictures.contains(content) {
        allowed.picturesOnly.insert(content)
      }
    }
    allowed.picturesOnly.subtract(allowed.contents)
    return allowed
  }

  /// Whether vectors of a content may be searched together in a space.
  ///
  /// In the space of pictures nothing but pictures has a vector.
  func hasContent(_ content: Int64, in space: VectorSpace.Name) -> Bool {
    contents.contains(content) || (space == .picture && picturesOnly.contains(content))
  }

  /// The pictures that pass although their document does not.
  func pictureIDs(_ database: Database) throws -> [Int64] {
    guard !picturesOnly.isEmpty else { return [] }
    return try Int64.fetchAll(
      database,
      sql: """
        SELECT chunk.id FROM chunk JOIN picture ON picture.chunkID = chunk.id
        WHERE contentID IN (SELECT value FROM json_each(?)) ORDER BY chunk.id
        """, arguments: [Self.json(picturesOnly)])
  }

  /// The passages that pass, as a condition on the id of a chunk.
  var condition: (sql: String, arguments: StatementArguments) {
    (
      """
      (SELECT id FROM chunk WHERE contentID IN (SELECT value FROM json_each(?))
        OR (modality = 'picture' AND contentID IN (SELECT value FROM json_each(?))))
      """, [Self.json(contents), Self.json(picturesOnly)]
    )
  }

  private static func json(_ ids: Set<Int64>) -> String {
    "[" + ids.map(String.init).joined(separator: ",") + "]"
  }
}

extension SearchFilter {
  /// Whether pictures pass, whatever the type of their document.
  var hasPictures: Bool { types.contains("picture") }

  /// Whether documents of a type pass.
  func hasType(_ type: String) -> Bool { types.isEmpty || types.contains(type) }

  /// Whether documents at a path pass.
  func hasPath(_ path: String, _ patterns: [PathPattern]) -> Bool {
    (patterns.isEmpty && places.isEmpty) || hasPlace(of: path)
      || patterns.contains { $0.matches(path) }
  }
}
