internal import Bytes
package import Documents
package import Store

/// A document that has been read, chunked and tokenised, but not embedded.
package struct PreparedDocument: Sendable {
  package let record: DocumentRecord
  /// Its texts, the words that were read in its pictures, the pictures with a caption, and those
  /// without.
  package let chunks: [Chunk]
  /// The token ids of each chunk with text, special tokens included.
  ///
  /// Pictures without a caption, which are the last chunks, have none.
  package let tokenIDs: [[Int32]]
  /// The pictures, which are the last chunks.
  package var pictures: [PreparedPictureChunk] = []
  /// Pictures that could not be used.
  package var skippedPictures: [IngestReport.Skipped] = []
  /// Whether the document replaces content of the same bytes, because its pictures changed or can
  /// now be read.
  package var isRenewed = false
  package let warnings: [String]

  /// The document with the vectors of its texts and pictures.
  ///
  /// - Parameter vectors: of the chunks with text, row-major.
  /// - Returns: the document as the store takes it.
  /// - Precondition: the pictures' vectors have been computed, or there is no picture model.
  func embedded(_ vectors: [Float]) -> EmbeddedDocument {
    var spaces: [SpaceVectors] = []
    if !vectors.isEmpty {
      spaces.append(SpaceVectors(space: .text, firstOrdinal: 0, elements: vectors))
    }
    let pictureVectors = pictures.vectors
    if !pictureVectors.isEmpty {
      spaces.append(
        SpaceVectors(
          space: .picture, firstOrdinal: chunks.count - pictures.count, elements: pictureVectors))
    }
    return EmbeddedDocument(record: record, chunks: chunks, vectors: spaces)
  }
}

/// The outcome of the reading stage for one file.
enum PreparationOutcome: Sendable {
  /// New or changed content.
  case document(PreparedDocument)
  /// The bytes are unchanged; only the modification time differs.
  case touched(FileFacts)
  /// The same bytes are indexed under another path.
  case known(DocumentRecord)
  /// The picture model failed, which ends the run.
  case failed(any Error)
  /// No text could be extracted.
  case skipped(DocumentRecord, reason: String)
}

/// The first stage of the pipeline: reads, hashes, chunks and tokenises files, and decodes pictures.
struct DocumentPreparer: Sendable {
  let reader: DocumentReader
  let chunker: Chunker
  let encoder: any SentenceEncoder
  let pictures: PictureTools

  /// Reads one file.
  ///
  /// - Parameters:
  ///   - facts: the file.
  ///   - indexedSHA256: the hash that is recorded for this path, if it is indexed.
  ///   - isRenewed: whether the document is read anew although its bytes are indexed.
  ///   - isKnown: whether a content is indexed already.
  /// - Returns: what has to be done with the file.
  func prepare(
    _ facts: FileFacts, indexedSHA256: String?, isRenewed: Bool = false,
    isKnown: (IngestPlan.Content) -> Bool
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
      if sha256 == indexedSHA256, !isRenewed { return .touched(facts) }
      let document = try reader.read(contents: contents, path: facts.displayPath)
      let described = record(
        type: document.type.name, title: document.title, sha256: sha256)
      if !isRenewed, isKnown(.init(sha256: sha256, type: described.type)) {
        return .known(described)
      }
      return try prepare(document, described, isRenewed: isRenewed)
    } catch let failure as ModelFailure {
      return .failed(failure.underlying)
    } catch let error as DocumentError {
      return .skipped(record(type: namedType, sha256: sha256), reason: error.reason)
    } catch {
      return .skipped(record(type: namedType, sha256: sha256), reason: "\(error)")
    }
  }

  /// Cuts the text, takes in the pictures, and tokenises.
  private func prepare(
    _ document: ExtractedDocument, _ record: DocumentRecord, isRenewed: Bool
  ) throws -> PreparationOutcome {
    let intake = PictureIntake(tools: pictures, chunker: chunker, limits: reader.limits)
    let taken = try intake.pictures(of: document, path: record.displayPath)
    let chunks =
      chunker.chunks(of: document) + taken.texts + taken.pictures.map(\.chunk)
    guard !chunks.isEmpty else {
      let reason =
        taken.skipped.first?.reason
        ?? DocumentError.noTextLayer(
          path: record.displayPath, pageCount: document.pages?.count ?? 0
        ).reason
      return .skipped(record, reason: reason)
    }
    return .document(
      PreparedDocument(
        record: record, chunks: chunks,
        tokenIDs: chunks.filter { !$0.text.isEmpty }.map { encoder.tokenIDs(of: $0.text) },
        pictures: taken.pictures, skippedPictures: taken.skipped, isRenewed: isRenewed,
        warnings: document.warnings + taken.warnings))
  }
}
