/// Collects the text of a document: line ends become `\n`, control characters are removed and
/// counted, and a source map records the origin of every byte.
struct TextBuilder {
  private(set) var bytes: [UInt8] = []
  private(set) var sourceMap = SourceMap()
  private(set) var removedControlCount = 0
  private(set) var replacedCount = 0
  /// Whether the last character was a carriage return, so that a line feed after it is part of the
  /// same line end.
  private var afterCarriageReturn = false

  mutating func reserve(_ byteCount: Int) { bytes.reserveCapacity(byteCount) }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Appends bytes unchanged: valid UTF-8 without control characters except `\n` and `\t`.
  mutating func appendPlain(_ slice: ArraySlice<UInt8>) {
    guard !slice.isEmpty else { return }
    afterCarriageReturn = false
    sourceMap.append(
      sourceOffset: slice.startIndex, textUnit: 1, sourceUnit: 1, unitCount: slice.count)
    bytes.append(contentsOf: slice)
  }

  /// Appends a character that was encoded in `sourceByteCount` bytes of the file.
  mutating func append(_ scalar: Unicode.Scalar, sourceOffset: Int, sourceByteCount: Int) {
    let followsReturn = afterCarriageReturn
    afterCarriageReturn = false
    switch scalar.value {
    case 0x0A where followsReturn: return
    case 0x0A: put("\n", sourceOffset, sourceByteCount)
    case 0x0D:
      afterCarriageReturn = true
      put("\n", sourceOffset, sourceByteCount)
    case 0x09: put("\t", sourceOffset, sourceByteCount)
    // Vertical tab, form feed, next line: separators that editors do not count as line ends. The
    // separators of ASCII (0x1C to 0x1F), and the first numbers of a font without a Unicode table, of
    // which one stands for the space in text that was copied from a PDF.
    case 0x0B, 0x0C, 0x85, 0x01...0x06, 0x1C...0x1F:
      removedControlCount += 1
      put(" ", sourceOffset, sourceByteCount)
    case 0x00...0x1F, 0x7F...0x9F: removedControlCount += 1
    // A byte order mark inside a file, left over from concatenating files.
    case 0xFEFF: removedControlCount += 1
    default: put(scalar, sourceOffset, sourceByteCount)
    }
  }

  /// Appends U+FFFD for bytes that are invalid in the encoding.
  mutating func appendReplacement(sourceOffset: Int, sourceByteCount: Int) {
    replacedCount += 1
    append("\u{FFFD}", sourceOffset: sourceOffset, sourceByteCount: sourceByteCount)
  }

  /// Takes ranges out of the text.
  ///
  /// - Parameter ranges: in order, without overlap, on character boundaries.
  mutating func remove(_ ranges: [Range<Int>]) {
    guard !ranges.isEmpty else { return }
    let starts = [0] + ranges.map(\.upperBound)
    let ends = ranges.map(\.lowerBound) + [bytes.count]
    let kept = zip(starts, ends).map { $0..<max($0, $1) }
    sourceMap = sourceMap.keeping(kept)
    bytes = Array(kept.map { bytes[$0] }.joined())
  }

  private mutating func put(
    _ scalar: Unicode.Scalar, _ sourceOffset: Int, _ sourceByteCount: Int
  ) {
    let encoded = UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
    // Characters of equal length in text and file extend a run of ratio (1, 1).
    let unit = encoded.count == sourceByteCount ? 1 : encoded.count
    sourceMap.append(
      sourceOffset: sourceOffset, textUnit: unit,
      sourceUnit: unit == 1 && encoded.count > 1 ? 1 : sourceByteCount,
      unitCount: encoded.count / unit)
    bytes.append(contentsOf: encoded)
  }
}
