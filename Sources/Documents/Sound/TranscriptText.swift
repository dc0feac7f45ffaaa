/// The parts of a transcript as one text: joined by spaces, and by an empty line at a pause.
///
/// Bytes and lines of the passages of a recording are those of this text.
package struct TranscriptText {
  /// The text in UTF-8.
  let bytes: [UInt8]
  /// The bytes of each part.
  let ranges: [Range<Int>]
  /// The kind of cut before each part.
  let places: [CutPlace]
  private let parts: [TranscriptPart]

  /// The silence between two parts that separates subjects or speakers rather than sentences.
  ///
  /// Twice the longest pause that is usual inside a speech.
  static let pauseMilliseconds = 2_000

  /// - Parameter parts: in the order of time, none of them empty.
  package init(_ parts: [TranscriptPart]) {
    var bytes: [UInt8] = []
    var ranges: [Range<Int>] = []
    var places: [CutPlace] = []
    for (index, part) in parts.enumerated() {
      let place = index == 0 ? .page : Self.place(between: parts[index - 1], and: part)
      if index > 0 { bytes += (place == .paragraph ? "\n\n" : " ").utf8 }
      ranges.append(bytes.count..<bytes.count + part.text.utf8.count)
      places.append(place)
      bytes += part.text.utf8
    }
    self.bytes = bytes
    self.ranges = ranges
    self.places = places
    self.parts = parts
  }

  /// The text of a range of bytes.
  func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// The time of a part, in milliseconds; a time that runs backwards is empty.
  func milliseconds(ofPart index: Int) -> Range<Int> {
    let part = parts[index]
    return part.startMilliseconds..<max(part.startMilliseconds, part.endMilliseconds)
  }

  /// The time in which a piece of the text was said: that of the parts which contain it.
  ///
  /// - Parameters:
  ///   - text: the piece.
  ///   - offset: its first byte.
  /// - Returns: milliseconds from the beginning; nil where the text does not have this piece.
  package func milliseconds(of text: String, at offset: Int) -> Range<Int>? {
    guard (0...bytes.count).contains(offset), text.utf8.count <= bytes.count - offset else {
      return nil
    }
    let range = offset..<offset + text.utf8.count
    guard bytes[range].elementsEqual(text.utf8),
      let first = ranges.firstIndex(where: { $0.overlaps(range) }),
      let last = ranges.lastIndex(where: { $0.overlaps(range) })
    else { return nil }
    let (start, end) = (milliseconds(ofPart: first), milliseconds(ofPart: last))
    return start.lowerBound..<max(start.lowerBound, end.upperBound)
  }

  private static func place(between first: TranscriptPart, and second: TranscriptPart) -> CutPlace {
    let pause = second.startMilliseconds.subtractingReportingOverflow(first.endMilliseconds)
    if !pause.overflow, pause.partialValue >= pauseMilliseconds { return .paragraph }
    let closing: Set<Character> = ["\"", "'", "”", "’", "»", ")", "]"]
    let last = first.text.last { !closing.contains($0) }
    return last.map { ".?!…。？！".contains($0) } == true ? .sentence : .insideSentence
  }
}
