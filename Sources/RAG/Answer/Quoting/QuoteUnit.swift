internal import Documents
internal import Foundation
internal import Store

/// A piece of a passage that can be quoted, or that leads to one.
struct QuoteUnit: Equatable {
  /// The role of a piece of text, by which it can be an answer or is quoted with one.
  enum Role: Equatable {
    /// A sentence, a line with a name and its value, a line of code.
    case sentence
    /// An entry of a list.
    case item
    /// A line of a table.
    case row
    /// The first line of a table, which names its columns.
    case header
    /// A line that ends with a colon and introduces what follows.
    case introduction
    /// A question, which leads to its answer.
    case question
    /// A heading, a title or a label of a few words.
    case heading
    /// The markup of a picture, the line below a table's header.
    case markup
  }

  /// Bytes of the passage's text.
  var range: Range<Int>
  /// The text of those bytes on one line.
  var text: String
  var role: Role
  /// Whether a blank line, a heading or the start of the passage is before it.
  var startsBlock: Bool

  /// Whether the piece can be an answer.
  ///
  /// A question in a document is not its own answer, and a heading is close to every question about
  /// its section but answers none of them.
  var canAnswer: Bool {
    switch role {
    case .sentence, .item, .row, .introduction: true
    case .header, .question, .heading, .markup: false
    }
  }
}

/// Splits a passage into the pieces that can be quoted.
struct QuoteUnits {
  private let bytes: [UInt8]
  /// Headings and title of the passage, in lower case.
  private let names: Set<String>
  private var units: [QuoteUnit] = []

  /// The pieces of a passage, in order.
  static func of(_ passage: Passage) -> [QuoteUnit] {
    var splitter = QuoteUnits(passage)
    splitter.split(passage.text)
    splitter.nameHeaders()
    return splitter.units
  }

  private init(_ passage: Passage) {
    bytes = Array(passage.text.utf8)
    let headings = passage.citation.heading?.components(separatedBy: " > ") ?? []
    names = Set((headings + [passage.citation.title ?? ""]).map { $0.onOneLine.lowercased() })
  }

  private mutating func split(_ text: String) {
    var end = 0
    for range in Sentences.ranges(in: text) where range.lowerBound >= end {
      appendHeadings(in: end..<range.lowerBound)
      let first = line(at: range.lowerBound)
      let lines =
        [first] + self.lines(in: min(first.upperBound, range.upperBound)..<range.upperBound)
      guard lines.contains(where: isRow) else {
        append(range, isRow: false, after: end)
        end = range.upperBound
        continue
      }
      // Rows of one width look like wrapped prose, and a cell of several sentences is part of its row.
      for line in lines {
        let whole = max(line.lowerBound, end)..<max(line.upperBound, end)
        if !whole.isEmpty { append(whole, isRow: isRow(line), after: end) }
        end = max(end, whole.upperBound)
      }
    }
  }

  private func isRow(_ line: Range<Int>) -> Bool { TableRow.cells(of: string(line)).count > 1 }

  private mutating func append(_ range: Range<Int>, isRow: Bool, after end: Int) {
    let text = isRow ? TableRow.shown(string(range)) : string(range).onOneLine
    var role = QuoteUnit.Role.sentence
    if text.hasPrefix("![") || TableRow.isRule(text) {
      role = .markup
    } else if isRow {
      role = .row
    } else if text.isQuestion || ListMark.isQuestionLabel(text) {
      role = .question
    } else if names.contains(text.lowercased()) {
      role = .heading
    } else if text.hasSuffix(":") || text.hasSuffix("：") {
      role = .introduction
    } else if ListMark.begins(text) {
      role = .item
    } else if !Self.saysSomething(text) {
      role = .heading
    }
    units.append(
      QuoteUnit(
        range: range, text: text, role: role,
        startsBlock: units.isEmpty || isBlank(from: end, to: range.lowerBound)))
  }

  /// Whether a line without a list mark is more than a label: it ends as a sentence, has a name and a
  /// value, a word and a figure, or more than four words.
  private static func saysSomething(_ text: String) -> Bool {
    if text.last.map({ ".!?;)\"”。！".contains($0) }) ?? false { return true }
    if text.contains(": ") || text.contains("：") || text.contains("`") { return true }
    let hasLetter = text.contains { $0.isLetter }
    if hasLetter && text.contains(where: { $0.isNumber }) { return true }
    // Scripts without spaces have no count of words; twelve characters are more than a label.
    let isSpaced = text.unicodeScalars.allSatisfy { $0.value < 0x0E00 }
    return hasLetter && (text.split(separator: " ").count > 4 || (!isSpaced && text.count >= 12))
  }

  /// Adds the Markdown headings between two sentences.
  private mutating func appendHeadings(in gap: Range<Int>) {
    for line in bytes[gap].split(separator: 0x0A) where line.first == UInt8(ascii: "#") {
      let text = String(decoding: line.drop { $0 == UInt8(ascii: "#") }, as: UTF8.self).onOneLine
      units.append(
        QuoteUnit(
          range: line.startIndex..<line.endIndex, text: text,
          role: text.isQuestion ? .question : .heading, startsBlock: true))
    }
  }

  /// Marks the first line of each table as its header where it names the columns.
  private mutating func nameHeaders() {
    var index = 0
    while index < units.count {
      var end = index
      while end < units.count, isTableLine(end), end == index || !units[end].startsBlock {
        end += 1
      }
      let rows = (index..<end).filter { units[$0].role == .row }
      if let first = rows.first, rows.count > 1 {
        let hasRule = (index..<end).contains { TableRow.isRule(units[$0].text) }
        let texts = rows.map { string(units[$0].range) }
        if hasRule || TableRow.isHeader(texts[0], of: texts.dropFirst()) {
          units[first].role = .header
        }
      }
      index = max(end, index + 1)
    }
  }

  private func isTableLine(_ index: Int) -> Bool {
    units[index].role == .row || TableRow.isRule(units[index].text)
  }

  /// Whether a blank line or a heading is between two offsets.
  private func isBlank(from end: Int, to start: Int) -> Bool {
    guard end <= start else { return false }
    let gap = bytes[end..<start]
    return gap.contains(UInt8(ascii: "#")) || gap.count { $0 == 0x0A } > 1
  }

  /// The line that contains an offset, without the white space around it.
  private func line(at offset: Int) -> Range<Int> {
    let start = bytes[..<offset].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let end = bytes[offset...].firstIndex(of: 0x0A) ?? bytes.count
    return trimmed(start..<end)
  }

  /// The lines in a range, without the white space around them and without blank ones.
  private func lines(in range: Range<Int>) -> [Range<Int>] {
    bytes[range].split(separator: 0x0A).map { trimmed($0.startIndex..<$0.endIndex) }
      .filter { !$0.isEmpty }
  }

  private func trimmed(_ range: Range<Int>) -> Range<Int> {
    let isText = { (byte: UInt8) in byte != 0x20 && byte != 0x09 && byte != 0x0A }
    guard let start = bytes[range].firstIndex(where: isText),
      let last = bytes[range].lastIndex(where: isText)
    else { return range.lowerBound..<range.lowerBound }
    return start..<last + 1
  }

  private func string(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }
}
