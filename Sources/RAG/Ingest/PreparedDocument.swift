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
  /// Language, length and model of a recording; nil for other documents.
  package var recording: RecordingDetails?
  /// The number of texts in a language that the encoder does not know, or knows little.
  package let foreignChunkCount: Int
  package let warnings: [String]
  /// Words that were left out on purpose.
  package var leftOut = LeftOutWords()

  /// A document without pictures, whose texts are tokenised here.
  init(
    _ record: DocumentRecord, chunks: [Chunk], encoder: any SentenceEncoder,
    warnings: [String] = []
  ) {
    self.record = record
    self.chunks = chunks
    self.warnings = warnings
    let texts = chunks.map(\.text).filter { !$0.isEmpty }
    tokenIDs = texts.map { encoder.tokenIDs(of: $0) }
    foreignChunkCount = zip(texts, tokenIDs).count { text, ids in
      encoder.fit(of: text, ids: ids) != .good
    }
  }

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
    return EmbeddedDocument(
      record: record, chunks: chunks, vectors: spaces, recording: recording)
  }
}

/// The outcome of the reading stage for one file.
enum PreparationOutcome: Sendable {
  /// New or changed content.
  case document(PreparedDocument)
  /// A recording, new or changed, which has to be transcribed.
  case recording(DocumentRecord)
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
  ///   - refusal: bytes that cannot be indexed.
  ///   - isKnown: whether a content is indexed already.
  /// - Returns: what has to be done with the file.
  func prepare(
    _ facts: FileFacts, indexedSHA256: String?, isRenewed: Bool = false,
    refusal: IngestPlan.Refusal? = nil, isKnown: (IngestPlan.Content) -> Bool
  ) -> PreparationOutcome {
    func record(type: String, title: String? = nil, sha256: String) -> DocumentRecord {
      DocumentRecord(
        path: facts.path, displayPath: facts.displayPath, type: type, title: title, sha256: sha256,
        byteCount: facts.byteCount, modifiedNanoseconds: facts.modifiedNanoseconds)
    }
    let namedType = (DocumentType(fileExtensionOf: facts.path) ?? .text).name
    var sha256 = ""
    do {
      if try reader.isRecording(path: facts.displayPath) {
        sha256 = try FileContents.sha256(ofFileAt: facts.displayPath)
        if sha256 == indexedSHA256 { return .touched(facts) }
        let described = record(type: DocumentType.recording.name, sha256: sha256)
        return isKnown(.init(sha256: sha256, type: described.type))
          ? .known(described) : .recording(described)
      }
      let contents = try FileContents.read(
        path: facts.displayPath, limit: reader.limits.maximumFileByteCount)
      sha256 = try sha256Hex(of: contents)
      if sha256 == indexedSHA256, !isRenewed { return .touched(facts) }
      if let refusal, refusal.sha256 == sha256 {
        let refused = record(type: DocumentRecord.refusedType, sha256: sha256)
        return .skipped(refused, reason: refusal.reason)
      }
      let document = try reader.read(contents: contents, path: facts.displayPath)
      let described = record(
        type: document.type.name, title: document.title, sha256: sha256)
      if !isRenewed, isKnown(.init(sha256: sha256, type: described.type)) {
        return .known(described)
      }
      return try prepare(document, described, isRenewed: isRenewed)
    } catch let failure as ModelFailure {
      return .failed(failure.underlying)
    } catch {
      let problem = error as? DocumentError
      let type = problem?.isFinal == true ? DocumentRecord.refusedType : namedType
      return .skipped(record(type: type, sha256: sha256), reason: problem?.reason ?? "\(error)")
    }
  }

  /// Why nothing of a document can be indexed, though none of its pictures is damaged.
  private func emptiness(_ document: ExtractedDocument, _ record: DocumentRecord) -> String {
    if let pages = document.pages, !pages.isEmpty {
      return DocumentError.noTextLayer(path: record.displayPath, pageCount: pages.count).reason
    }
    return DocumentError.empty(path: record.displayPath).reason
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
      return .skipped(record, reason: taken.skipped.first?.reason ?? emptiness(document, record))
    }
    var prepared = PreparedDocument(
      record, chunks: chunks, encoder: encoder, warnings: document.warnings + taken.warnings)
    prepared.pictures = taken.pictures
    prepared.skippedPictures = taken.skipped
    prepared.isRenewed = isRenewed
    prepared.leftOut = document.leftOut
    return .document(prepared)
  }
}
