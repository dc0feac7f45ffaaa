internal import Bytes
package import Documents
package import Store

/// A document that has been read, chunked and tokenised, but not embedded.
package struct PreparedDocument: Sendable {
  package let record: DocumentRecord
  package let chunks: [Chunk]
  /// The token ids of each chunk, special tokens included.
  package let tokenIDs: [[Int32]]
  package let warnings: [String]
}

/// The outcome of the reading stage for one file.
enum PreparationOutcome: Sendable {
  /// New or changed content.
  case document(PreparedDocument)
  /// The bytes are unchanged; only the modification time differs.
  case touched(FileFacts)
  /// The same bytes are indexed under another path.
  case known(DocumentRecord)
  /// No text could be extracted.
  case skipped(DocumentRecord, reason: String)
}

/// The first stage of the pipeline: reads, hashes, chunks and tokenises files.
struct DocumentPreparer: Sendable {
  let reader: DocumentReader
  let chunker: Chunker
  let encoder: any SentenceEncoder

  /// Reads one file.
  ///
  /// - Parameters:
  ///   - facts: the file.
  ///   - indexedSHA256: the hash that is recorded for this path, if it is indexed.
  ///   - isKnown: whether a content is indexed already.
  /// - Returns: what has to be done with the file.
  func prepare(
    _ facts: FileFacts, indexedSHA256: String?, isKnown: (IngestPlan.Content) -> Bool
  ) -> PreparationOutcome {
    func record(type: String, title: String? = nil, sha256: String) -> DocumentRecord {
      DocumentRecord(
        path: facts.path, displayPath: facts.displayPath, type: type, title: title, sha256: sha256,
        byteCount: facts.byteCount, modifiedNanoseconds: facts.modifiedNanoseconds)
    }
    let namedType = (DocumentType(fileExtensionOf: facts.path) ?? .text).name
    var sha256 = ""
    do {
      let contents = try FileContents.read(
        path: facts.displayPath, limit: reader.limits.maximumFileByteCount)
      sha256 = try sha256Hex(of: contents)
      if sha256 == indexedSHA256 { return .touched(facts) }
      let document = try reader.read(contents: contents, path: facts.displayPath)
      let described = record(
        type: document.type.name, title: document.title, sha256: sha256)
      if isKnown(.init(sha256: sha256, type: described.type)) { return .known(described) }
      let chunks = chunker.chunks(of: document)
      return .document(
        PreparedDocument(
          record: described, chunks: chunks,
          tokenIDs: chunks.map { encoder.tokenIDs(of: $0.text) }, warnings: document.warnings))
    } catch let error as DocumentError {
      return .skipped(record(type: namedType, sha256: sha256), reason: error.reason)
    } catch {
      return .skipped(record(type: namedType, sha256: sha256), reason: "\(error)")
    }
  }
}
