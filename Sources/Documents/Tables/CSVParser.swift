/// Splits comma-separated text into records (RFC 4180), with the separator that the text uses.
///
/// Quotation marks protect separators and line ends, and a doubled one stands for itself. A
/// quotation mark that is never closed is an ordinary character, so that it does not swallow the
/// rest of the file.
struct CSVParser {
  private let bytes: [UInt8]
  private let separator: UInt8
  private var offset: Int
  /// Set after a quotation mark that nothing closes.
  private var quotesAreLiteral = false

  private static let quote = UInt8(ascii: "\"")

  /// - Parameters:
  ///   - bytes: UTF-8 with `\n` line ends.
  ///   - separator: the separator; nil finds it.
  init(_ bytes: [UInt8], separator: UInt8?) {
    self.bytes = bytes
    // "sep=;" in the first line is Excel's own declaration.
    if bytes.starts(with: Array("sep=".utf8)), bytes.count > 5, bytes[5] == 0x0A {
      self.separator = bytes[4]
      offset = 6
    } else {
      self.separator = separator ?? Self.separator(of: bytes)
      offset = 0
    }
  }

  /// The next record; nil at the end.
  ///
  /// A blank line is a record without fields.
  ///
  /// - Complexity: O(record); once O(rest of the file) for a quotation mark that nothing closes.
  mutating func next() -> [String]? {
    guard offset < bytes.count else { return nil }
    if bytes[offset] == 0x0A {
      offset += 1
      return []
    }
    var fields: [String] = []
    while true {
      fields.append(field())
      guard offset < bytes.count else { return fields }
      let isLast = bytes[offset] == 0x0A
      offset += 1
      if isLast { return fields }
      if offset == bytes.count { return fields + [""] }
    }
  }

  private mutating func field() -> String {
    let start = offset
    if bytes[start] == Self.quote, !quotesAreLiteral {
      if let text = quotedField() { return text }
      quotesAreLiteral = true
      offset = start
    }
    while offset < bytes.count, bytes[offset] != separator, bytes[offset] != 0x0A { offset += 1 }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  /// A field in quotation marks, up to the separator; nil if nothing closes it.
  private mutating func quotedField() -> String? {
    var text: [UInt8] = []
    var place = offset + 1
    while place < bytes.count {
      if bytes[place] != Self.quote {
        text.append(bytes[place])
        place += 1
      } else if place + 1 < bytes.count, bytes[place + 1] == Self.quote {
        text.append(Self.quote)
        place += 2
      } else if let end = endOfField(after: place) {
        offset = end
        return String(decoding: text, as: UTF8.self)
      } else {
        // An inch mark, or words in quotation marks inside a field in quotation marks.
        text.append(Self.quote)
        place += 1
      }
    }
    return nil
  }

  /// The offset of the separator or line end that follows a closing mark, perhaps after spaces; nil
  /// if the mark closes nothing.
  private func endOfField(after mark: Int) -> Int? {
    var end = mark + 1
    while end < bytes.count, bytes[end] == 0x20 { end += 1 }
    return end == bytes.count || bytes[end] == separator || bytes[end] == 0x0A ? end : nil
  }

  /// Records that the search for the separator looks at.
  private static let sampleCount = 50

  /// The separator that splits the first records into the same number of fields most often.
  private static func separator(of bytes: [UInt8]) -> UInt8 {
    var best = (separator: UInt8(ascii: ","), score: 0)
    for candidate in [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09, UInt8(ascii: "|")] {
      var parser = CSVParser(bytes, separator: candidate)
      var counts: [Int: Int] = [:]
      for _ in 0..<sampleCount {
        guard let fields = parser.next() else { break }
        if fields.count > 1 { counts[fields.count, default: 0] += 1 }
      }
      // Of equally regular ones the one with more fields: text has commas, a list has semicolons.
      let score = counts.map { $0.value * 1_000 + min($0.key, 999) }.max() ?? 0
      if score > best.score { best = (candidate, score) }
    }
    return best.separator
  }
}
