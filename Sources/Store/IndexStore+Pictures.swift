package import Documents
internal import GRDB

// Pictures that wait for a model or for a program that reads them, and the text beside pictures.

/// A document with pictures that have no vector yet.
package struct WaitingDocument: Sendable {
  /// One of the files with this content.
  package let record: DocumentRecord
  /// The ordinals and origins of its pictures, in order.
  package let pictures: [(ordinal: Int, origin: PictureOrigin)]
}

/// A picture file that a document refers to.
package struct LinkedPicture: Sendable, Equatable {
  package let path: String
  /// SHA-256 of its bytes when the document was indexed.
  package let sha256: String
}

extension IndexStore {
  /// SQL for the rows of pictures without a vector in the space of pictures.
  private static let waitingSource = """
    picture JOIN chunk ON chunk.id = picture.chunkID
    WHERE chunk.modality = 'picture' AND NOT EXISTS (
      SELECT 1 FROM vector
      WHERE vector.chunkID = chunk.id AND vector.spaceID = \(VectorSpace.Name.picture.id))
    """

  /// The number of pictures without a vector.
  ///
  /// - Complexity: O(pictures).
  package func waitingPictureCount() throws(StoreError) -> Int {
    try read { database in
      try Int.fetchOne(database, sql: "SELECT count(*) FROM \(Self.waitingSource)") ?? 0
    }
  }

  /// The documents with pictures without a vector, by path.
  package func waitingDocuments() throws(StoreError) -> [WaitingDocument] {
    try read { database in
      var pictures: [Int64: [(ordinal: Int, origin: PictureOrigin)]] = [:]
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT chunk.contentID, chunk.ordinal, picture.origin FROM \(Self.waitingSource)
          ORDER BY chunk.contentID, chunk.ordinal
          """)
      while let row = try rows.next() {
        let origin: String = try row.decode(atIndex: 2)
        guard let origin = PictureOrigin(rawValue: origin) else { continue }
        pictures[try row.decode(atIndex: 0), default: []].append(
          (try row.decode(atIndex: 1), origin))
      }
      var documents: [WaitingDocument] = []
      for (content, waiting) in pictures {
        let row = try Row.fetchOne(
          database,
          sql: "SELECT \(DocumentTable.columns) FROM \(DocumentTable.source)"
            + " WHERE document.contentID = ? ORDER BY path",
          arguments: [content])
        guard let row else { continue }
        documents.append(
          WaitingDocument(record: try DocumentTable.decode(row).record, pictures: waiting))
      }
      return documents.sorted { $0.record.path < $1.record.path }
    }
  }

  /// The number of pages without text in which no program has looked for words.
  package func unreadPageCount() throws(StoreError) -> Int {
    try read { database in
      try Int.fetchOne(
        database,
        sql: "SELECT count(*) FROM picture WHERE wasRead = 0 AND origin LIKE 'page:%'") ?? 0
    }
  }

  /// The paths of documents with pictures in which no program has looked for words.
  package func unreadPaths() throws(StoreError) -> Set<String> {
    try read { database in
      try String.fetchSet(
        database,
        sql: """
          SELECT path FROM document WHERE contentID IN (
            SELECT chunk.contentID FROM picture JOIN chunk ON chunk.id = picture.chunkID
            WHERE picture.wasRead = 0)
          """)
    }
  }

  /// The picture files that documents refer to, by the path of the document.
  package func linkedPictures() throws(StoreError) -> [String: [LinkedPicture]] {
    try read { database in
      var linked: [String: [LinkedPicture]] = [:]
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT DISTINCT document.path, picture.origin, picture.sha256 FROM picture
          JOIN chunk ON chunk.id = picture.chunkID
          JOIN document ON document.contentID = chunk.contentID
          WHERE picture.origin LIKE 'linked:%'
          """)
      while let row = try rows.next() {
        let origin: String = try row.decode(atIndex: 1)
        guard case .linked(let file)? = PictureOrigin(rawValue: origin) else { continue }
        linked[try row.decode(atIndex: 0), default: []].append(
          LinkedPicture(path: file, sha256: try row.decode(atIndex: 2)))
      }
      return linked
    }
  }

  /// The passage of text nearest to a cited picture, in the same document and on the same page; nil
  /// without any text.
  package func text(near citation: Citation) throws(StoreError) -> Passage? {
    try read { database in
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT \(ChunkTable.columns) FROM \(ChunkTable.source)
          WHERE contentID = (SELECT id FROM content WHERE sha256 = ? AND type = ?)
            AND modality = 'text' AND page IS ?
          ORDER BY max(byteStart - ?, ? - byteEnd, 0), ordinal LIMIT 1
          """,
        arguments: [
          citation.documentSHA256, citation.type, citation.page, citation.textByteOffset,
          citation.textByteOffset,
        ])
      guard let row else { return nil }
      let document = try Row.fetchOne(
        database,
        sql: "SELECT \(DocumentTable.columns) FROM \(DocumentTable.source)"
          + " WHERE document.path = ?",
        arguments: [citation.path])
      guard let document else { return nil }
      let chunk = try ChunkTable.decode(row, path: path)
      return Passage(
        citation: Citation(chunk, of: try DocumentTable.decode(document).record), text: chunk.text,
        score: 0, cosine: nil, denseRank: nil, keywordRank: nil)
    }
  }
}
