/// Data in letters: `data:` addresses, and blocks of base64 such as attachments and certificates.
struct EncodedData {
  private(set) var ranges: [Range<Int>] = []
  private let bytes: [UInt8]

  /// A shorter address is a colour or a spacer, which harms nobody.
  private static let minimumAddressByteCount = 60
  /// No word is as long, and no address of the web with as few signs (RFC 2045 breaks lines at 76).
  private static let minimumRunByteCount = 200
  /// Lines of base64 have 60 (OpenSSH, PGP) to 76 characters.
  private static let minimumLineByteCount = 60
  private static let minimumLineCount = 3

  /// - Complexity: O(bytes).
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    findRuns()
    findBlocks()
    ranges.sort { $0.lowerBound < $1.lowerBound }
  }

  /// Long runs without white space: `data:` addresses and unbroken base64.
  private mutating func findRuns() {
    var start = 0
    while start < bytes.count {
      guard bytes[start] > 0x20 else {
        start += 1
        continue
      }
      let end = bytes[start...].firstIndex { $0 <= 0x20 } ?? bytes.count
      if end - start >= Self.minimumAddressByteCount { findRuns(in: start..<end) }
      start = end
    }
  }

  private mutating func findRuns(in word: Range<Int>) {
    var place = word.lowerBound
    // Looked for once: a search from each address would be quadratic.
    let lastComma = bytes[word].lastIndex(of: UInt8(ascii: ",")) ?? word.lowerBound
    while place < word.upperBound {
      if place < lastComma, let end = addressEnd(from: place, in: word) {
        if end - place >= Self.minimumAddressByteCount { ranges.append(place..<end) }
        place = end
      } else if Self.isBase64(bytes[place]) {
        let end =
          bytes[place..<word.upperBound].firstIndex { !Self.isBase64($0) } ?? word.upperBound
        let run = place..<end
        if run.count >= Self.minimumRunByteCount, isDense(run) { ranges.append(run) }
        place = end
      } else {
        place += 1
      }
    }
  }

  /// The offset after a `data:` address (RFC 2397), which the mark before it ends; nil where none
  /// begins.
  ///
  /// The caller has found a comma after `start`.
  private func addressEnd(from start: Int, in word: Range<Int>) -> Int? {
    let content = bytes[start..<word.upperBound]
    guard content.starts(with: "data:".utf8) else { return nil }
    let before = start > word.lowerBound ? bytes[start - 1] : 0x20
    let closing: UInt8
    switch before {
    case UInt8(ascii: "("): closing = UInt8(ascii: ")")
    case UInt8(ascii: "<"): closing = UInt8(ascii: ">")
    case UInt8(ascii: "\""), UInt8(ascii: "'"): closing = before
    default: return word.upperBound
    }
    return content.firstIndex(of: closing) ?? word.upperBound
  }

  /// Consecutive lines of base64; the last one is usually shorter.
  private mutating func findBlocks() {
    var blocks: [[Range<Int>]] = [[]]
    TextLines.forEach(bytes, hasFences: false) { line, _ in
      let content = TextLayout.trimmed(line, in: bytes)
      let isData = !content.isEmpty && bytes[content].allSatisfy(Self.isBase64)
      let isFull = content.count >= Self.minimumLineByteCount
      if isData, isFull || !blocks[blocks.count - 1].isEmpty {
        blocks[blocks.count - 1].append(content)
      }
      if !isData || !isFull, !blocks[blocks.count - 1].isEmpty { blocks.append([]) }
    }
    // Those of `findRuns`, in order; lines of blocks do not overlap each other.
    let runs = ranges
    for block in blocks {
      let full = block.filter { $0.count >= Self.minimumLineByteCount }
      guard full.count >= Self.minimumLineCount, isDense(full[0]) else { continue }
      ranges += block.filter { line in
        let next = runs.sortedIndex { $0.upperBound > line.lowerBound }
        return next == runs.count || runs[next].lowerBound >= line.upperBound
      }
    }
  }

  /// Whether letters in both cases and figures mix as they do in base64 and in no words.
  private func isDense(_ range: Range<Int>) -> Bool {
    let sample = bytes[range].prefix(Self.minimumRunByteCount)
    let upper = sample.count { (0x41...0x5A).contains($0) }
    let lower = sample.count { (0x61...0x7A).contains($0) }
    let digits = sample.count { (0x30...0x39).contains($0) }
    return upper * 8 > sample.count && lower * 8 > sample.count && digits * 20 > sample.count
  }

  private static func isBase64(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2F, 0x2D, 0x5F, 0x3D: true
    default: false
    }
  }
}
