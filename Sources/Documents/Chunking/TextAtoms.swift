/// The kinds of places where a chunk can begin, from the worst to the best.
enum CutPlace: Int, Comparable {
  /// After a heading, which must not be separated from its text.
  case afterHeading
  case insideSentence
  case sentence
  case paragraph
  /// Before a heading of level 3 to 6.
  case subheading
  /// Before a heading of level 1 or 2.
  case section
  /// The beginning of a page or of the document.
  case page

  static func < (left: CutPlace, right: CutPlace) -> Bool { left.rawValue < right.rawValue }
}

/// The smallest piece that chunks are composed of: a heading, a sentence, a list item, a table row,
/// a line of code, or a part of one that is too long for the model.
struct TextAtom: Equatable {
  /// Bytes of the text; the first and the last character are not white space.
  var range: Range<Int>
  /// The kind of cut before this atom.
  var place: CutPlace
  var isHeading: Bool
  /// Tokens without the special ones; filled in by the chunker.
  var tokenCount = 0
}

/// Splits the text of a document into atoms.
struct TextAtomizer {
  private let bytes: [UInt8]
  private let headings: [Heading]
  private let splitter: SentenceSplitter
  private var nextHeading = 0

  init(_ bytes: [UInt8], headings: [Heading]) {
    self.bytes = bytes
    self.headings = headings
    splitter = SentenceSplitter(bytes)
  }

  /// The atoms of one page, or of the whole text.
  ///
  /// Pages must be processed in order.
  ///
  /// - Returns: atoms in order; every character of `page` that is not white space is in one.
  /// - Complexity: O(page).
  mutating func atoms(in page: Range<Int>) -> [TextAtom] {
    var atoms: [TextAtom] = []
    var paragraph: [TextLayout.Line] = []
    var lineStart = page.lowerBound
    while lineStart < page.upperBound {
      if let heading = heading(at: lineStart, upTo: page.upperBound) {
        append(paragraph: &paragraph, to: &atoms)
        append(heading: heading, to: &atoms)
        lineStart = heading.byteRange.upperBound
        continue
      }
      let lineEnd = endOfLine(from: lineStart, upTo: page.upperBound)
      let content = TextLayout.trimmed(lineStart..<lineEnd, in: bytes)
      if content.isEmpty {
        append(paragraph: &paragraph, to: &atoms)
      } else {
        paragraph.append(
          TextLayout.Line(range: content, width: TextLayout.width(content, in: bytes)))
      }
      lineStart = lineEnd + 1
    }
    append(paragraph: &paragraph, to: &atoms)
    if !atoms.isEmpty { atoms[0].place = .page }
    return atoms
  }

  /// The heading that begins at or soon after `offset`, if only white space precedes it.
  private mutating func heading(at offset: Int, upTo limit: Int) -> Heading? {
    while nextHeading < headings.count, headings[nextHeading].byteRange.lowerBound < offset {
      nextHeading += 1
    }
    guard nextHeading < headings.count else { return nil }
    let heading = headings[nextHeading]
    guard heading.byteRange.upperBound <= limit, !heading.byteRange.isEmpty,
      bytes[offset..<heading.byteRange.lowerBound].allSatisfy(TextLayout.isSpace)
    else { return nil }
    nextHeading += 1
    return heading
  }

  private func endOfLine(from start: Int, upTo limit: Int) -> Int {
    var end = start
    while end < limit, bytes[end] != 0x0A { end += 1 }
    return end
  }

  private func append(heading: Heading, to atoms: inout [TextAtom]) {
    let range = TextLayout.trimmed(heading.byteRange, in: bytes)
    guard !range.isEmpty else { return }
    let place: CutPlace = heading.level <= 2 ? .section : .subheading
    atoms.append(
      TextAtom(range: range, place: afterHeading(atoms) ?? place, isHeading: true))
  }

  private func append(paragraph: inout [TextLayout.Line], to atoms: inout [TextAtom]) {
    var place = CutPlace.paragraph
    for segment in TextLayout.segments(of: paragraph, in: bytes) {
      for sentence in splitter.sentences(in: segment) {
        atoms.append(
          TextAtom(range: sentence, place: afterHeading(atoms) ?? place, isHeading: false))
        place = .sentence
      }
    }
    paragraph.removeAll(keepingCapacity: true)
  }

  private func afterHeading(_ atoms: [TextAtom]) -> CutPlace? {
    atoms.last?.isHeading == true ? .afterHeading : nil
  }
}
