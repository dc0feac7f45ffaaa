internal import Bytes
internal import Documents
internal import Store

/// Embeds the pictures that were indexed before there was a picture model.
///
/// Only their vectors are added: the text of their documents, its vectors and all other documents
/// stay as they are.
struct WaitingPictures {
  let store: IndexStore
  let preparer: DocumentPreparer
  let embedder: any PictureEmbedder

  /// Embeds all waiting pictures of the index.
  ///
  /// The pictures of a file that has changed or vanished are left to the next run that adds the
  /// file. Each document is written in one transaction.
  ///
  /// - Parameters:
  ///   - result: counts the pictures.
  ///   - report: receives the progress, and pictures that cannot be read any more.
  ///   - shouldStop: called between documents.
  /// - Throws: `StoreError`, and the errors of the model.
  func embed(
    into result: inout IngestReport, report: (IngestEvent) -> Void, shouldStop: () -> Bool
  ) throws {
    let documents = try store.waitingDocuments()
    let totalCount = documents.reduce(0) { $0 + $1.pictures.count }
    var doneCount = 0
    for document in documents {
      if shouldStop() {
        result.wasInterrupted = true
        return
      }
      do {
        // Another process may have embedded or removed them meanwhile.
        if let vectors = try vectors(of: document),
          try store.apply([.addVectors(vectors, to: document.record)]).isEmpty
        {
          result.embeddedPictureCount += document.pictures.count
        }
      } catch let error as Unreadable {
        result.skippedPictures.append(.init(path: error.path, reason: error.reason))
        report(.skipped(path: error.path, reason: error.reason))
      }
      doneCount += document.pictures.count
      report(.waitingPictures(doneCount: doneCount, totalCount: totalCount))
    }
  }

  /// A picture that could be read when it was indexed and cannot be read now.
  private struct Unreadable: Error {
    let path: String
    let reason: String
  }

  /// The vectors of a document's pictures; nil where its file has changed or vanished.
  private func vectors(of waiting: WaitingDocument) throws -> SpaceVectors? {
    let path = waiting.record.path
    guard let first = waiting.pictures.first,
      let contents = try? FileContents.read(
        path: path, limit: preparer.reader.limits.maximumFileByteCount),
      try sha256Hex(of: contents) == waiting.record.sha256,
      let document = try? preparer.reader.read(contents: contents, path: path)
    else { return nil }
    let byOrigin = Dictionary(
      document.pictures.map { ($0.origin, $0) }, uniquingKeysWith: { first, _ in first })
    let intake = PictureIntake(
      tools: preparer.pictures, chunker: preparer.chunker, limits: preparer.reader.limits)
    var bytes = PictureBytes(ofDocumentAt: path, limits: preparer.reader.limits)
    var vectors: [Float] = []
    let batchCount = [PreparedPictureChunk].batchCount
    for start in stride(from: 0, to: waiting.pictures.count, by: batchCount) {
      let batch = waiting.pictures[start..<min(start + batchCount, waiting.pictures.count)]
      let prepared = try batch.map { picture -> PreparedPicture in
        guard let extracted = byOrigin[picture.origin] else {
          throw Unreadable(path: path, reason: "the picture is gone")
        }
        do {
          return embedder.prepare(try intake.pixels(of: extracted, from: &bytes).picture)
        } catch let error as DocumentError {
          throw Unreadable(path: path, reason: error.reason)
        } catch {
          throw Unreadable(path: path, reason: "\(error)")
        }
      }
      vectors += try embedder.vectors(ofPictures: prepared)
    }
    return SpaceVectors(space: .picture, firstOrdinal: first.ordinal, elements: vectors)
  }
}
