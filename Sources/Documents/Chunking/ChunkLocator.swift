/// Determines the lines, the page and the headings of chunks.
///
/// Chunks must be located in text order.
struct ChunkLocator {
  private let document: ExtractedDocument
  /// Offsets of the newlines of the text.
  private let lineEnds: [Int]
  private var nextHeading = 0
  private var openHeadings: [Heading] = []

  /// Maximum number of characters of a heading in a path.
  ///
  /// A longer one is usually a paragraph that is misused as a heading, and every chunk below it
  /// would carry it.
  static let maximumTitleCharacterCount = 120

  init(_ document: ExtractedDocument, bytes: [UInt8]) {
    self.document = document
    lineEnds = bytes.indices.filter { bytes[$0] == 0x0A }
  }

  /// Makes the chunk at `range`, under the headings that begin before `place`.
  mutating func chunk(
    _ range: Range<Int>, text: String, page: Int?, under place: Int, tokenCount: Int
  ) -> Chunk {
    Chunk(
      text: text,
      byteRange: range,
      sourceByteRange: document.sourceByteRange(of: range),
      page: page,
      lineRange: lines(of: range),
      place: document.placeWords(of: range),
      heading: headingPath(at: place),
      tokenCount: tokenCount)
  }

  /// Makes the chunk of a picture that is shown before the byte at `offset`.
  mutating func chunk(
    showing picture: PictureDetails, caption: String, at offset: Int, page: Int?, tokenCount: Int
  ) -> Chunk {
    let line = line(at: offset)
    return Chunk(
      modality: .picture, text: caption, byteRange: offset..<offset,
      sourceByteRange: document.sourceByteRange(of: offset..<offset), page: page,
      lineRange: line...line, place: document.placeWords(of: offset..<offset), picture: picture,
      heading: headingPath(at: offset),
      tokenCount: tokenCount)
  }

  /// The lines of a range; text that a page moves, as browsers do, can come from lines before.
  private func lines(of range: Range<Int>) -> ClosedRange<Int> {
    let (first, last) = (line(at: range.lowerBound), line(at: range.upperBound - 1))
    return min(first, last)...max(first, last)
  }

  /// The number of the line that contains a byte, from 1: that of the file if it is known, else one
  /// more than the newlines before it.
  private func line(at offset: Int) -> Int {
    if let lines = document.sourceLines { return lines.line(at: offset) }
    return lineEnds.sortedIndex { $0 >= offset } + 1
  }

  private mutating func headingPath(at offset: Int) -> String? {
    while nextHeading < document.headings.count,
      document.headings[nextHeading].byteRange.lowerBound <= offset
    {
      let heading = document.headings[nextHeading]
      openHeadings.removeAll { $0.level >= heading.level }
      openHeadings.append(heading)
      nextHeading += 1
    }
    guard !openHeadings.isEmpty else { return nil }
    return openHeadings.map(Self.shortTitle).joined(separator: " > ")
  }

  private static func shortTitle(_ heading: Heading) -> String {
    guard heading.title.count > maximumTitleCharacterCount else { return heading.title }
    return heading.title.prefix(maximumTitleCharacterCount - 1) + "…"
  }
}
