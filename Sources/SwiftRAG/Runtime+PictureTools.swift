package import Bytes
internal import Documents
package import Media
package import RAG
internal import Store

extension Runtime {
  /// The picture model, which is opened for the first picture.
  package var pictureModel: PictureModel {
    PictureModel { [self] in try pictureEmbedderIfPresent() }
  }

  /// The programs and the model with which pictures are indexed.
  ///
  /// - Throws: `PictureProblem.noRecognizer` where the setting `ocr` is `on` and tesseract is not
  ///   installed.
  package func pictureTools(model: PictureModel) throws -> PictureTools {
    let recognizer = settings.ocr == .off ? nil : TextRecognizer()
    if settings.ocr == .on, recognizer == nil { throw PictureProblem.noRecognizer }
    return PictureTools(decoder: Self.pictureDecoding, model: model, recognizer: recognizer)
  }

  /// Decodes pictures in a process of its own, where this process is the program `swiftrag`; in
  /// another program that uses the library, on the calling thread.
  package static var pictureDecoding: any PictureDecoding {
    Paths.name(of: Folders.executable) == "swiftrag"
      ? pictureDecoder() : InProcessPictureDecoder()
  }

  /// The picture of a cited passage, from its file.
  ///
  /// - Throws: `DocumentError` or `PictureError` where the file has changed or vanished.
  package static func picture(of citation: Citation) throws -> Picture? {
    guard let details = citation.picture else { return nil }
    var bytes = PictureBytes(ofDocumentAt: citation.path)
    return try pictureDecoding.decode(bytes.read(details.origin))
  }
}

/// Why a picture cannot be searched for, or its words cannot be read.
public enum PictureProblem: Error, Equatable, CustomStringConvertible {
  /// The setting `ocr` is `on`, and there is no program that reads words.
  case noRecognizer
  /// The file is not a picture that can be decoded.
  case unusable(path: String, reason: String)

  /// The message, with the next thing to try.
  public var description: String {
    switch self {
    case .noRecognizer:
      "the program 'tesseract' is not installed, and --ocr on needs it\n"
        + "  try: sudo apt-get install \(TextRecognizer.debianPackage)"
    case .unusable(let path, let reason): "\(path): \(reason)"
    }
  }

  /// The way to install a picture model and its cost.
  ///
  /// The size and the licence are those of OpenAI's `ViT-B-32.pt`.
  public static let installHint =
    "swiftrag models pull clip (354 MB, MIT licence), or put CLIP ViT-B/32 into models/clip"
}

extension PictureProblem: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .noRecognizer: .unavailable
    case .unusable: .invalidData
    }
  }

  package var subjectPath: String? {
    switch self {
    case .noRecognizer: nil
    case .unusable(let path, _): path
    }
  }
}
