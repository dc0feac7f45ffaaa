/// A picture as a document shows it: the place that it names, and the words beside it.
struct ShownPicture: Equatable {
  /// The address as it is written in a page; in a DOCX the identifier of a relationship.
  let address: String
  /// Alternative text, title and caption.
  var captions: [String]
  /// The offset in the text at which the picture is shown.
  let byteOffset: Int
}

/// Collects the pictures of a document in reading order and merges repeated ones.
struct PictureCollector {
  private var pictures: [ExtractedPicture] = []
  private var indexByOrigin: [PictureOrigin: Int] = [:]
  private var inlineCount = 0

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

  /// The pictures of a document, each with all its captions.
  ///
  /// - Parameters:
  ///   - shown: the pictures in reading order.
  ///   - content: the picture that an address names; nil for an address that names none.
  /// - Returns: the first ``limit`` different pictures.
  static func pictures(
    _ shown: [ShownPicture], content: (String) -> Content?
  ) -> [ExtractedPicture] {
    var collector = PictureCollector()
    for picture in shown {
      guard let content = content(picture.address),
        let index = collector.add(content, at: picture.byteOffset)
      else { continue }
      for caption in picture.captions { collector.addCaption(caption, to: index) }
    }
    return collector.pictures
  }

  /// Appends a picture unless it was found before.
  ///
  /// - Returns: the index of the picture; nil beyond ``limit``.
  private mutating func add(_ content: Content, at byteOffset: Int) -> Int? {
    let picture: ExtractedPicture
    switch content {
    case .stored(let origin): picture = ExtractedPicture(origin: origin, byteOffset: byteOffset)
    case .bytes(let bytes):
      inlineCount += 1
      picture = ExtractedPicture(
        origin: .inline(number: inlineCount), byteOffset: byteOffset, inlineBytes: bytes)
    }
    if let index = indexByOrigin[picture.origin] { return index }
    guard pictures.count < Self.limit else { return nil }
    indexByOrigin[picture.origin] = pictures.count
    pictures.append(picture)
    return pictures.count - 1
  }

  /// Appends words to the caption of a picture unless it contains them, up to the length of a caption.
  private mutating func addCaption(_ words: String, to index: Int) {
    let words = CaptionText.oneLine(words)
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
