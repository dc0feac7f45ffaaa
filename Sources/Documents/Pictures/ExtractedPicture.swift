/// A picture that a reader found in a document; it has not been decoded.
package struct ExtractedPicture: Sendable, Equatable {
  /// The position of the picture; no two pictures of a document have the same.
  package let origin: PictureOrigin
  /// The words beside the picture on one line: alternative text, caption, or the words of a file's
  /// name; empty if there are none.
  package var caption: String
  /// The offset in `ExtractedDocument.text` at which the picture is shown.
  package let byteOffset: Int
  /// The page that shows the picture, from 1, for documents with pages.
  package let page: Int?
  /// The encoded picture of `PictureOrigin.inline`; nil for every other origin, whose bytes
  /// `PictureBytes` reads when they are needed.
  package let inlineBytes: [UInt8]?

  package init(
    origin: PictureOrigin, caption: String = "", byteOffset: Int = 0, page: Int? = nil,
    inlineBytes: [UInt8]? = nil
  ) {
    self.origin = origin
    self.caption = caption
    self.byteOffset = byteOffset
    self.page = page
    self.inlineBytes = inlineBytes
  }
}

/// Collects the pictures of a document in reading order and merges repeated ones.
struct PictureCollector {
  private(set) var pictures: [ExtractedPicture] = []
  private var indexByOrigin: [PictureOrigin: Int] = [:]

  /// The number of pictures of a document that are kept.
  ///
  /// More are most likely the tiles of a map or a gallery of thumbnails; at 0.1 s each, 2,000
  /// already take minutes.
  static let limit = 2_000

  /// Appends a picture, or adds the caption to the same picture found before.
  ///
  /// - Returns: the index of the picture; nil beyond ``limit``.
  @discardableResult
  mutating func add(_ picture: ExtractedPicture) -> Int? {
    if let index = indexByOrigin[picture.origin] {
      addCaption(picture.caption, to: index)
      return index
    }
    guard pictures.count < Self.limit else { return nil }
    indexByOrigin[picture.origin] = pictures.count
    pictures.append(picture)
    return pictures.count - 1
  }

  /// Appends the picture that an address in a page names, if there is one.
  ///
  /// - Parameters:
  ///   - address: as it is written in the page.
  ///   - captions: alternative text and title.
  ///   - byteOffset: the place in the page's text.
  ///   - page: the path of the page.
  ///   - inlineCount: the number of `data:` addresses so far.
  /// - Returns: the index of the picture; nil if the address names none.
  @discardableResult
  mutating func add(
    address: String, captions: [String], byteOffset: Int, page: String, inlineCount: inout Int
  ) -> Int? {
    let picture: ExtractedPicture
    switch PictureAddress.resolve(address, inPageAt: page) {
    case nil: return nil
    case .file(let path):
      picture = ExtractedPicture(origin: .linked(path: path), byteOffset: byteOffset)
    case .bytes(let bytes):
      inlineCount += 1
      picture = ExtractedPicture(
        origin: .inline(number: inlineCount), byteOffset: byteOffset, inlineBytes: bytes)
    }
    guard let index = add(picture) else { return nil }
    for caption in captions { addCaption(caption, to: index) }
    return index
  }

  /// Appends words to the caption of a picture unless it contains them.
  mutating func addCaption(_ words: String, to index: Int) {
    let words = CaptionText.oneLine(words)
    guard pictures.indices.contains(index), !words.isEmpty else { return }
    let present = pictures[index].caption
    guard !present.lowercased().contains(words.lowercased()) else { return }
    guard !present.isEmpty else {
      pictures[index].caption = words
      return
    }
    let separator = present.last.map { ".!?:".contains($0) } ?? false ? " " : ". "
    pictures[index].caption = present + separator + words
  }
}

/// Text beside a picture, on one line and without control characters.
enum CaptionText {
  /// The text with white space collapsed and control characters removed, at most 2,000 characters.
  ///
  /// Longer alternative texts are transcripts; the model reads 77 tokens of a caption.
  static func oneLine(_ text: String) -> String {
    var prose = ProseBuilder()
    prose.append(String(text.prefix(2_000)))
    return prose.text
  }
}
