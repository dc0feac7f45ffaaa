/// Encodes one text: reads scalars, collects words and emits ids.
struct WordPieceEncoder {
  let tokenizer: WordPieceTokenizer
  var ids: [Int32] = []
  /// The source range of each id, if offsets are tracked.
  private(set) var ranges: [Range<Int>] = []
  private var word: NormalizedWord
  private let tracksOffsets: Bool

  init(tokenizer: WordPieceTokenizer, tracksOffsets: Bool) {
    self.tokenizer = tokenizer
    self.tracksOffsets = tracksOffsets
    word = NormalizedWord(
      tracksOffsets: tracksOffsets, maximumScalarCount: tokenizer.maximumWordScalarCount)
  }

  /// Appends the ids of a text; bytes that are not UTF-8 count as U+FFFD.
  mutating func encode(_ bytes: UnsafeBufferPointer<UInt8>) {
    var offset = 0
    while offset < bytes.count {
      let byte = unsafe bytes[offset]
      if byte < 0x80 {
        apply(tokenizer.asciiActions[Int(byte)], of: byte, at: offset)
        offset += 1
      } else {
        let (scalar, length) = unsafe UTF8Scalar.decode(bytes, at: offset)
        apply(tokenizer.actions.action(scalar), to: scalar, from: offset..<offset + length)
        offset += length
      }
    }
    endWord()
  }

  private mutating func apply(
    _ action: WordPieceTokenizer.ASCIIAction, of byte: UInt8, at offset: Int
  ) {
    switch action.code {
    case WordPieceTokenizer.ASCIIAction.delete: break
    case WordPieceTokenizer.ASCIIAction.space: endWord()
    case WordPieceTokenizer.ASCIIAction.isolate:
      endWord()
      word.append(ascii: byte, from: offset..<offset + 1)
      endWord()
    default: word.append(ascii: action.code, from: offset..<offset + 1)
    }
  }

  private mutating func apply(_ action: ScalarAction, to scalar: UInt32, from range: Range<Int>) {
    switch action {
    case .keep: word.append(scalar, from: range)
    case .delete: break
    case .space: endWord()
    case .isolate:
      endWord()
      word.append(scalar, from: range)
      endWord()
    case .replace(let place): emitOutputs(at: place, from: range)
    case .replaceIsolated(let place):
      endWord()
      emitOutputs(at: place, from: range)
      endWord()
    case .hangul:
      let jamo = HangulSyllable.jamo(scalar)
      word.append(jamo.leading, from: range)
      word.append(jamo.vowel, from: range)
      if jamo.trailing != 0 { word.append(jamo.trailing, from: range) }
    }
  }

  private mutating func emitOutputs(at place: Int, from range: Range<Int>) {
    for index in tokenizer.actions.outputRange(at: place) {
      let output = tokenizer.actions.output(index)
      switch output.role {
      case .word:
        word.append(output.value, combiningClass: output.combiningClass, from: range)
      case .space: endWord()
      case .punctuation:
        endWord()
        word.append(output.value, from: range)
        endWord()
      case .boundary: word.separateMarks()
      }
    }
  }

  /// Cuts the collected word into pieces and starts a new word.
  private mutating func endWord() {
    word.separateMarks()
    if word.isEmpty { return }
    let firstID = ids.count
    var start = 0
    var position = WordPieceVocabulary.Position.wordStart
    while start < word.bytes.count, !word.exceedsLimit {
      guard
        let piece = tokenizer.vocabulary.longestPiece(in: word.bytes, from: start, at: position)
      else { break }
      ids.append(piece.id)
      if tracksOffsets { ranges.append(sourceRange(of: start..<piece.end)) }
      start = piece.end
      position = .continuation
    }
    if start < word.bytes.count || word.exceedsLimit {
      ids.replaceSubrange(firstID..., with: CollectionOfOne(tokenizer.specialTokens.unknown))
      if tracksOffsets {
        ranges.removeLast(ranges.count - firstID)
        ranges.append(word.source)
      }
    }
    word.removeAll()
  }

  private func sourceRange(of bytes: Range<Int>) -> Range<Int> {
    var lower = Int.max
    var upper = 0
    for range in word.sourceOfByte[bytes] {
      lower = min(lower, range.lowerBound)
      upper = max(upper, range.upperBound)
    }
    return lower..<upper
  }
}

/// Decoding of single scalars from bytes that may be invalid UTF-8.
enum UTF8Scalar {
  /// The scalar at `offset` and its length in bytes.
  ///
  /// A byte that does not begin a well-formed sequence yields U+FFFD and length 1. The number of
  /// U+FFFD of an ill-formed sequence is irrelevant here, because the normaliser deletes them.
  ///
  /// - Precondition: `offset` is less than `bytes.count`.
  static func decode(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> (
    scalar: UInt32, byteCount: Int
  ) {
    let replacement: (UInt32, Int) = (0xFFFD, 1)
    let lead = unsafe bytes[offset]
    let length: Int
    var scalar: UInt32
    switch lead {
    case 0...0x7F: return (UInt32(lead), 1)
    case 0xC2...0xDF: (length, scalar) = (2, UInt32(lead & 0x1F))
    case 0xE0...0xEF: (length, scalar) = (3, UInt32(lead & 0x0F))
    case 0xF0...0xF4: (length, scalar) = (4, UInt32(lead & 0x07))
    default: return replacement
    }
    guard offset + length <= bytes.count else { return replacement }
    for index in offset + 1..<offset + length {
      let byte = unsafe bytes[index]
      guard byte & 0xC0 == 0x80 else { return replacement }
      scalar = scalar << 6 | UInt32(byte & 0x3F)
    }
    // Overlong forms, surrogates and values beyond Unicode are ill-formed.
    let smallest: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x1_0000
    let isScalar = scalar >= smallest && scalar <= 0x10_FFFF && !(0xD800...0xDFFF ~= scalar)
    return isScalar ? (scalar, length) : replacement
  }
}
