internal import Bytes
internal import Documents
internal import Media

/// Reads, decodes and describes the pictures of a document, as part of the reading stage.
struct PictureIntake: Sendable {
  let tools: PictureTools
  let chunker: Chunker
  let limits: DocumentLimits

  /// The pictures of a document, ready to be stored.
  struct Result: Sendable {
    /// Words that were read in pictures, in the order of the pictures.
    var texts: [Chunk] = []
    /// The pictures with a caption, then those without.
    var pictures: [PreparedPictureChunk] = []
    /// Pictures that could not be used, with the reason.
    var skipped: [IngestReport.Skipped] = []
    var warnings: [String] = []
  }

  /// Pictures in documents with a shorter side than this are bullets, icons and rules.
  private static let minimumSide = 32

  /// The number of prepared pictures of 0.6 MB that a document keeps in memory.
  ///
  /// More are embedded at once, on the reading thread.
  private static let waitingLimit = 16

  /// Takes in the pictures of a document.
  ///
  /// A picture that cannot be read or decoded costs one entry in `skipped` and nothing else.
  ///
  /// - Parameters:
  ///   - document: with its pictures.
  ///   - path: the file, as it is shown to people.
  /// - Returns: the chunks of the pictures and of the words in them.
  /// - Throws: `ModelFailure` with the error of the picture model.
  func pictures(of document: ExtractedDocument, path: String) throws -> Result {
    var result = Result()
    var maker = PictureChunker(document, chunker: chunker)
    var bytes = PictureBytes(ofDocumentAt: path, limits: limits)
    var waitingCount = 0
    let embedder = document.pictures.isEmpty ? nil : try ModelFailure.wrapping(tools.model.get)
    for picture in document.pictures {
      guard let pixels = pixels(of: picture, &bytes, path: path, into: &result) else {
        continue
      }
      let words =
        picture.hasKnownWords
        ? RecognizedText() : words(in: pixels.picture, path: path, into: &result)
      let details = details(of: pixels, origin: picture.origin, wasRead: words != nil)
      if let words {
        result.texts += maker.chunks(of: words, in: picture, details: details)
      }
      let chunk = maker.chunk(of: picture, details: details)
      result.pictures.append(
        PreparedPictureChunk(
          chunk: chunk, content: embedder.map { .prepared($0.prepare(pixels.picture)) }))
      waitingCount += 1
      if let embedder, waitingCount == Self.waitingLimit {
        try ModelFailure.wrapping { try result.pictures.embed(with: embedder) }
        waitingCount = 0
      }
    }
    result.pictures =
      result.pictures.filter { !$0.chunk.text.isEmpty }
      + result.pictures.filter { $0.chunk.text.isEmpty }
    return result
  }

  /// Decoded pixels with the hash of the file that they are from.
  struct Pixels {
    let picture: Picture
    let sha256: String
  }

  /// Reads and decodes a picture; nil, with an entry in `result`, where it cannot be used.
  private func pixels(
    of picture: ExtractedPicture, _ bytes: inout PictureBytes, path: String,
    into result: inout Result
  ) -> Pixels? {
    let name = picture.origin.displayName ?? picture.page.map { "page \($0)" }
    let shown = name.map { path + ", " + $0 } ?? path
    do {
      let pixels = try pixels(of: picture, from: &bytes)
      return isWorthKeeping(pixels.picture, origin: picture.origin) ? pixels : nil
    } catch PictureError.unknownFormat where picture.origin != .file {
      // Pages refer to drawings (SVG, EMF) and films as pictures, too.
      result.warnings.append("\(name ?? "a picture"): \(PictureError.unknownFormat)")
    } catch let error as DocumentError {
      result.skipped.append(.init(path: shown, reason: error.reason))
    } catch {
      result.skipped.append(.init(path: shown, reason: "\(error)"))
    }
    return nil
  }

  /// Reads and decodes a picture.
  ///
  /// - Parameters:
  ///   - picture: a picture of the document.
  ///   - source: the bytes of the document's pictures.
  /// - Returns: its pixels, and the hash of its bytes.
  /// - Throws: `DocumentError`, `PictureError`, `BytesError`.
  func pixels(of picture: ExtractedPicture, from source: inout PictureBytes) throws -> Pixels {
    let bytes = try source.read(picture)
    return Pixels(picture: try tools.decoder.decode(bytes), sha256: try sha256Hex(of: bytes))
  }

  private func isWorthKeeping(_ picture: Picture, origin: PictureOrigin) -> Bool {
    switch origin {
    case .file: true
    case .page: !picture.isUniform
    case .linked, .part, .inline, .figure: min(picture.width, picture.height) >= Self.minimumSide
    }
  }

  /// The words in a picture; nil where no program looked for them.
  private func words(
    in picture: Picture, path: String, into result: inout Result
  ) -> RecognizedText? {
    guard let recognizer = tools.recognizer else { return nil }
    do throws(TextRecognizer.Failure) {
      return try recognizer.read(picture)
    } catch {
      result.warnings.append("\(error)")
      // It would fail again at every run.
      return RecognizedText()
    }
  }

  private func details(
    of pixels: Pixels, origin: PictureOrigin, wasRead: Bool
  ) -> PictureDetails {
    let metadata = pixels.picture.metadata
    return PictureDetails(
      origin: origin, width: pixels.picture.width, height: pixels.picture.height,
      capturedAt: metadata.captureDate?.description, latitude: metadata.place?.latitude,
      longitude: metadata.place?.longitude, sha256: pixels.sha256, wasRead: wasRead)
  }
}

/// An error of the picture model, which ends the run; errors of files cost only the file.
struct ModelFailure: Error {
  let underlying: any Error

  /// Runs `body` and marks its error as one of the model.
  static func wrapping<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch { throw ModelFailure(underlying: error) }
  }
}

extension Picture {
  /// Whether all pixels have nearly the same colour, as those of an empty page.
  fileprivate var isUniform: Bool {
    // A tenth of the range: paper that a scanner saw is not uniform, a drawn page without ink is.
    let limit = 25
    for channel in 0..<3 {
      var (low, high) = (255, 0)
      for index in stride(from: channel, to: pixels.count, by: 3) {
        let sample = Int(pixels[index])
        (low, high) = (min(low, sample), max(high, sample))
        if high - low > limit { return false }
      }
    }
    return true
  }
}
