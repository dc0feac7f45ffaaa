/// The header rows that chunks cut from long tables repeat.
struct TableHeaders {
  private let tables: [ExtractedTable]
  private let bytes: [UInt8]

  /// - Parameters:
  ///   - document: the document. If its reader found no tables, the text is searched for them.
  ///   - bytes: its text.
  init(_ document: ExtractedDocument, bytes: [UInt8]) {
    self.bytes = bytes
    // In sheets and slides each row names its columns.
    tables =
      document.tables.isEmpty && document.places.isEmpty ? Self.find(in: bytes) : document.tables
  }

  /// The header rows of the table in which a byte is, if they are before it; else nil.
  ///
  /// - Complexity: O(log tables).
  func header(before offset: Int) -> String? {
    let next = tables.sortedIndex { $0.byteRange.lowerBound > offset }
    guard next > 0 else { return nil }
    let table = tables[next - 1]
    guard offset >= table.header.upperBound, offset < table.byteRange.upperBound else { return nil }
    return String(decoding: bytes[table.header], as: UTF8.self)
  }

  // MARK: Tables in the text

  /// Lines with bars, at least three in a row: Markdown's tables by the line of dashes below the
  /// header; others by a first row without digits above rows with digits.
  private static func find(in bytes: [UInt8]) -> [ExtractedTable] {
    guard bytes.contains(UInt8(ascii: "|")) else { return [] }
    var tables: [ExtractedTable] = []
    var rows: [Range<Int>] = []
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      if isRow(bytes[start..<end]) {
        rows.append(start..<end)
      } else {
        if let table = table(rows, in: bytes) { tables.append(table) }
        rows.removeAll(keepingCapacity: true)
      }
      start = end + 1
    }
    if let table = table(rows, in: bytes) { tables.append(table) }
    return tables
  }

  private static func isRow(_ line: ArraySlice<UInt8>) -> Bool {
    guard let bar = line.firstIndex(of: UInt8(ascii: "|")) else { return false }
    return line[..<bar].allSatisfy { $0 == 0x20 }
      || line.indices.dropFirst().contains {
        line[$0] == UInt8(ascii: "|") && line[$0 - 1] == 0x20
      }
  }

  private static func table(_ rows: [Range<Int>], in bytes: [UInt8]) -> ExtractedTable? {
    guard rows.count > 2, let first = rows.first, let last = rows.last else { return nil }
    let header = TextLayout.trimmed(first, in: bytes)
    guard isDashes(bytes[rows[1]]) || looksLikeHeader(header, above: rows.dropFirst(), in: bytes)
    else { return nil }
    return ExtractedTable(header: header, byteRange: header.lowerBound..<last.upperBound)
  }

  /// `| --- | :-: |`, the second line of a table in Markdown.
  private static func isDashes(_ line: ArraySlice<UInt8>) -> Bool {
    line.contains(UInt8(ascii: "-")) && line.allSatisfy { "|-: \t".utf8.contains($0) }
  }

  private static func looksLikeHeader(
    _ header: Range<Int>, above rows: ArraySlice<Range<Int>>, in bytes: [UInt8]
  ) -> Bool {
    func hasDigit(_ range: Range<Int>) -> Bool {
      bytes[range].contains { (0x30...0x39).contains($0) }
    }
    func barCount(_ range: Range<Int>) -> Int { bytes[range].count { $0 == UInt8(ascii: "|") } }
    let columns = barCount(header)
    return !hasDigit(header) && rows.count { hasDigit($0) } * 2 >= rows.count
      && rows.count { barCount($0) == columns } * 2 >= rows.count
  }
}
