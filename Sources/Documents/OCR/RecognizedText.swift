/// Words that were read in a picture, with their positions.
package struct RecognizedText: Sendable, Equatable {
  /// A word and its rectangle in the picture.
  package struct Word: Sendable, Equatable {
    /// Bytes of the word in `text`.
    package let byteRange: Range<Int>
    /// The rectangle, in pixels of the picture that was read.
    package let region: PictureRegion
  }

  /// The words in reading order: lines end with `\n`, paragraphs with a blank line; no control
  /// characters except those.
  package private(set) var text = ""
  /// The words in the order of `text`.
  package private(set) var words: [Word] = []

  package var isEmpty: Bool { words.isEmpty }

  package init() {}

  /// Appends a word.
  ///
  /// - Parameters:
  ///   - word: without white space.
  ///   - region: its rectangle.
  ///   - separator: the text between it and the word before.
  mutating func append(_ word: String, at region: PictureRegion, after separator: String) {
    if !words.isEmpty { text += separator }
    let start = text.utf8.count
    text += word
    words.append(Word(byteRange: start..<text.utf8.count, region: region))
  }

  /// The smallest rectangle that contains every word of a byte range; nil for a range without words.
  package func region(of range: Range<Int>) -> PictureRegion? {
    words.lazy.filter { $0.byteRange.overlaps(range) }.map(\.region)
      .reduce(nil) { $0?.union($1) ?? $1 }
  }

  /// The same text with all rectangles multiplied by `scale`, for a picture that was made smaller
  /// before it was read.
  package func scaled(by scale: Double) -> RecognizedText {
    func scaled(_ value: Int) -> Int { Int((Double(value) * scale).rounded()) }
    var result = self
    result.words = words.map {
      let region = $0.region
      return Word(
        byteRange: $0.byteRange,
        region: PictureRegion(
          x: scaled(region.x), y: scaled(region.y), width: max(1, scaled(region.width)),
          height: max(1, scaled(region.height))))
    }
    return result
  }
}
