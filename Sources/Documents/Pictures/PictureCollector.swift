/// A picture as a document shows it: the place that it names, and the words beside it.
struct ShownPicture: Equatable {
  /// The address as it is written in a page; in a DOCX the identifier of a relationship.
  let address: String
  /// Alternative text, title and caption.
  var captions: [String]
  /// The offset in the text at which the picture is shown.
  let byteOffset: Int
  /// The page or slide that shows it, from 1.
  var page: Int?
}

/// The pictures of a document, and a sentence about those that were left out.
struct FoundPictures {
  var pictures: [ExtractedPicture] = []
  var warning: String?
}

/// Collects the pictures of a document in reading order and merges repeated ones.
struct PictureCollector {
  private var pictures: [ExtractedPicture] = []
  /// The index of each picture; nil for those beyond ``limit``.
  private var indexByOrigin: [PictureOrigin: Int?] = [:]
  private var inlineCount = 0
  /// The number of different pictures beyond ``limit``.
  private var excessCount = 0

  /// The picture that an address names.
  enum Content: Equatable {
    case stored(PictureOrigin)
    /// The encoded picture itself.
    case bytes([UInt8])
  }

  /// The number of pictures of a document that are kept.
  ///
  /// More are most likely the tiles of a map or a gallery of thumbnails; at 0.1 s each, 2,000
  /// already take minutes.
  static let limit = 2_000

  /// The number of places of pictures that a reader lists, among them repeated ones.
  static let shownLimit = 100_000

  /// The pictures of a document, each with all its captions.
  ///
  /// - Parameters:
  ///   - shown: the pictures in reading order.
  ///   - content: the picture that an address names; nil for an address that names none.
  /// - Returns: the first ``limit`` different pictures, and a sentence about the others.
  static func pictures(
    _ shown: [ShownPicture], content: (String) -> Content?
  ) -> FoundPictures {
    var collector = PictureCollector()
    for picture in shown {
      guard let content = content(picture.address),
        let index = collector.add(content, at: picture)
      else { continue }
      for caption in picture.captions { collector.addCaption(caption, to: index) }
    }
    guard collector.excessCount > 0 else { return FoundPictures(pictures: collector.pictures) }
    return FoundPictures(
      pictures: collector.pictures,
      warning:
        "the first \(limit) pictures were taken; \(collector.excessCount) more were left out")
  }

  /// The pictures of an archive, each named by its part.
  static func pictures(
    _ shown: [ShownPicture], in names: [String]
  ) -> FoundPictures {
    let names = Set(names)
    return pictures(shown) { names.contains($0) ? .stored(.part(name: $0)) : nil }
  }

  /// Appends a picture unless it was found before.
  ///
  /// - Returns: the index of the picture; nil beyond ``limit``.
  private mutating func add(_ content: Content, at place: ShownPicture) -> Int? {
    let picture: ExtractedPicture
    switch content {
    case .stored(let origin):
      picture = ExtractedPicture(
        origin: origin, byteOffset: place.byteOffset, page: place.page)
    case .bytes(let bytes):
      inlineCount += 1
      picture = ExtractedPicture(
        origin: .inline(number: inlineCount), byteOffset: place.byteOffset, page: place.page,
        inlineBytes: bytes)
    }
    if let index = indexByOrigin[picture.origin] { return index }
    guard pictures.count < Self.limit else {
      // Counted once each; the index is never used.
      indexByOrigin[picture.origin] = .some(nil)
      excessCount += 1
      return nil
    }
    indexByOrigin[picture.origin] = pictures.count
    pictures.append(picture)
    return pictures.count - 1
  }

  /// Appends words to the caption of a picture unless it contains them, up to the length of a caption.
  private mutating func addCaption(_ words: String, to index: Int) {
    let words = FileNameWords.caption(CaptionText.oneLine(words))
    let present = pictures[index].caption
    guard !words.isEmpty, present.count < CaptionText.characterCount,
      !present.lowercased().contains(words.lowercased())
    else { return }
    guard !present.isEmpty else {
      pictures[index].caption = words
      return
    }
    let separator = present.last.map { ".!?:".contains($0) } ?? false ? " " : ". "
    pictures[index].caption = CaptionText.oneLine(present + separator + words)
  }
}
