/// A table of an extracted text, one row a line.
package struct ExtractedTable: Sendable, Equatable {
  /// Bytes of the rows that name the columns, without the last newline.
  package let header: Range<Int>
  /// Bytes of the whole table, the header included.
  package let byteRange: Range<Int>

  package init(header: Range<Int>, byteRange: Range<Int>) {
    self.header = header
    self.byteRange = byteRange
  }

  /// The same table in a text that has more bytes before it.
  func moved(by byteCount: Int) -> ExtractedTable {
    ExtractedTable(
      header: header.lowerBound + byteCount..<header.upperBound + byteCount,
      byteRange: byteRange.lowerBound + byteCount..<byteRange.upperBound + byteCount)
  }
}
