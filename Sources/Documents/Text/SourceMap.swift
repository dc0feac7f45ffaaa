/// Maps the bytes of an extracted text to the bytes of the file that it was decoded from.
///
/// A list of runs in text order. In a run, each unit of `textUnit` bytes of the text came from
/// `sourceUnit` bytes of the file: (1, 1) for any UTF-8, (1, 2) for ASCII in UTF-16, (2, 1) for an
/// accented letter in Windows-1252. A run ends where the next one begins. Bytes of the file that no
/// run covers were dropped: a byte order mark, a carriage return, a control character.
package struct SourceMap: Sendable, Equatable {
  /// A range with a constant ratio between text and file bytes.
  struct Run: Sendable, Equatable {
    let textOffset: Int
    let sourceOffset: Int
    let textUnit: Int
    let sourceUnit: Int
  }

  private(set) var runs: [Run] = []
  /// Number of text bytes that the map covers.
  private(set) var textByteCount = 0

  /// Whether every byte of the text equals the byte of the file at the same offset.
  package var isIdentity: Bool {
    runs.isEmpty || runs == [Run(textOffset: 0, sourceOffset: 0, textUnit: 1, sourceUnit: 1)]
  }

  init() {}

  /// Appends `unitCount` units.
  mutating func append(sourceOffset: Int, textUnit: Int, sourceUnit: Int, unitCount: Int) {
    defer { textByteCount += textUnit * unitCount }
    if let last = runs.last, last.textUnit == textUnit, last.sourceUnit == sourceUnit {
      let unitsInLast = (textByteCount - last.textOffset) / textUnit
      if last.sourceOffset + unitsInLast * sourceUnit == sourceOffset { return }
    }
    runs.append(
      Run(
        textOffset: textByteCount, sourceOffset: sourceOffset, textUnit: textUnit,
        sourceUnit: sourceUnit))
  }

  /// Bytes of the file from which a range of the text was decoded.
  ///
  /// - Parameter range: byte range of the text, on character boundaries.
  /// - Returns: from the first byte of the first character to the last byte of the last one, so
  ///   dropped bytes between characters are included and those around the range are not.
  /// - Precondition: `range` is within the text.
  /// - Complexity: O(log runs).
  package func sourceByteRange(of range: Range<Int>) -> Range<Int> {
    precondition(range.lowerBound >= 0 && range.upperBound <= textByteCount)
    if range.isEmpty {
      // The start of the next character, or the end of the last one.
      let atEnd = range.lowerBound == textByteCount
      if atEnd && textByteCount == 0 { return 0..<0 }
      let place =
        atEnd
        ? sourceUnit(at: range.lowerBound - 1).upperBound
        : sourceUnit(at: range.lowerBound).lowerBound
      return place..<place
    }
    let lower = sourceUnit(at: range.lowerBound).lowerBound
    return lower..<sourceUnit(at: range.upperBound - 1).upperBound
  }

  /// The map of a text from which some ranges were taken out.
  ///
  /// - Parameter kept: the ranges of the text that remain, in order, on character boundaries.
  /// - Returns: the map of the remaining text to the same file.
  /// - Complexity: O(ranges · log runs + runs).
  func keeping(_ kept: [Range<Int>]) -> SourceMap {
    var map = SourceMap()
    for range in kept where !range.isEmpty {
      var index = runIndex(at: range.lowerBound)
      var offset = range.lowerBound
      while offset < range.upperBound, index < runs.count {
        let run = runs[index]
        let next = index + 1 < runs.count ? runs[index + 1].textOffset : textByteCount
        let end = min(range.upperBound, next)
        let unitsBefore = (offset - run.textOffset) / run.textUnit
        map.append(
          sourceOffset: run.sourceOffset + unitsBefore * run.sourceUnit, textUnit: run.textUnit,
          sourceUnit: run.sourceUnit, unitCount: (end - offset) / run.textUnit)
        offset = end
        index += 1
      }
    }
    return map
  }

  /// Bytes of the file of the unit that contains one byte of the text.
  private func sourceUnit(at textOffset: Int) -> Range<Int> {
    let run = runs[runIndex(at: textOffset)]
    let start =
      run.sourceOffset + (textOffset - run.textOffset) / run.textUnit * run.sourceUnit
    return start..<start + run.sourceUnit
  }

  /// The index of the run that contains one byte of the text.
  private func runIndex(at textOffset: Int) -> Int {
    max(0, runs.sortedIndex { $0.textOffset > textOffset } - 1)
  }
}
