/// The frames of an OpenDocument file, and the pictures in them with their captions.
///
/// A frame has its alternative text in `svg:title` and `svg:desc` after the picture (ODF 1.3, 10.3.16
/// and 10.3.17). LibreOffice puts a picture with a caption into a paragraph of a frame around both.
struct ODFFrames {
  private(set) var pictures: [ShownPicture] = []
  /// Whether the text of the document is the caption of a picture now.
  private(set) var takesText = false

  /// A frame: the number of open paragraphs around it, and of the pictures before it.
  private var open: [(paragraphCount: Int, pictureCount: Int)] = []
  private var caption = ""

  mutating func begin(paragraphCount: Int) {
    open.append((paragraphCount, pictures.count))
  }

  mutating func end() { _ = open.popLast() }

  /// Adds a picture of the archive; previews of charts and formulas, and drawings, are none.
  mutating func addPicture(_ address: String?, at byteOffset: Int, page: Int?) {
    guard let address, let part = PartPath.resolve(address, against: ""),
      !part.hasPrefix("ObjectReplacements/"), !part.lowercased().hasSuffix(".svg"),
      pictures.count < PictureCollector.shownLimit
    else { return }
    pictures.append(
      ShownPicture(address: part, captions: [], byteOffset: byteOffset, page: page))
  }

  // MARK: Captions

  /// Begins the title or the description of the innermost frame; elements of these names in a
  /// paragraph are fields.
  mutating func beginCaption(paragraphCount: Int) {
    takesText = open.last.map { $0.paragraphCount == paragraphCount } ?? false
    caption = ""
  }

  mutating func add(_ text: String) { caption += text }

  mutating func endCaption() {
    guard takesText, let frame = open.last else { return }
    takesText = false
    for index in frame.pictureCount..<pictures.count { pictures[index].captions.append(caption) }
  }

  /// Ends a paragraph: in a frame, its words are the caption of the pictures in it.
  mutating func endParagraph(_ words: String, paragraphCount: Int) {
    guard let frame = open.last, frame.paragraphCount <= paragraphCount, !words.isEmpty else {
      return
    }
    for index in frame.pictureCount..<pictures.count { pictures[index].captions.append(words) }
  }
}
