/// A rectangle of cells, as `B2:D5` names it.
struct CellRegion: Equatable {
  let columns: ClosedRange<Int>
  let rows: ClosedRange<Int>

  init(columns: ClosedRange<Int>, rows: ClosedRange<Int>) {
    self.columns = columns
    self.rows = rows
  }

  init?(_ reference: String) {
    let corners = reference.split(separator: ":")
    guard corners.count == 2, let left = Self.column(of: corners[0]),
      let right = Self.column(of: corners[1]), let top = Self.row(of: corners[0]),
      let bottom = Self.row(of: corners[1]), left <= right, top <= bottom
    else { return nil }
    (columns, rows) = (left...right, top...bottom)
  }

  /// The column of `BC12`, from 0; nil without letters.
  ///
  /// Excel has 16,384 columns.
  static func column(of reference: some StringProtocol) -> Int? {
    var column = 0
    for byte in reference.utf8 {
      guard (0x41...0x5A).contains(byte) else { break }
      column = column * 26 + Int(byte - 0x40)
      guard column <= 16_384 else { return nil }
    }
    return column == 0 ? nil : column - 1
  }

  /// The row of `BC12`, from 1.
  private static func row(of reference: some StringProtocol) -> Int? {
    Int(reference.drop { !$0.isNumber })
  }

  /// Cells that copies of merged ones may add to a sheet.
  private static let copyLimit = 200_000

  /// Rows in which each cell of a merged region has the text of the region: a row keeps its category
  /// and a column its group.
  ///
  /// - Parameters:
  ///   - rows: in order of their numbers.
  ///   - regions: the merged cells; rows and columns outside of the table are ignored.
  /// - Returns: the rows with copies, which are marked; a title across a whole row is not copied.
  static func merged(_ rows: [TableRow], _ regions: [CellRegion]) -> [TableRow] {
    var merged = rows
    var indexByNumber: [Int: Int] = [:]
    for (index, row) in merged.enumerated() { indexByNumber[row.number] = index }
    var copyCount = 0
    for region in regions {
      guard let top = indexByNumber[region.rows.lowerBound],
        let source = merged[top].cells.first(where: { $0.column == region.columns.lowerBound })
      else { continue }
      for index in top..<merged.count {
        guard region.rows.contains(merged[index].number) else { break }
        guard copyCount < copyLimit else { return merged }
        // A title across the whole table stays one cell.
        if index == top, merged[index].cells.count == 1 { continue }
        let taken = Set(merged[index].cells.map(\.column))
        let copies = region.columns.prefix(1_000).filter { !taken.contains($0) }.map {
          TableCell(
            column: $0, text: source.text, isWords: source.isWords, isBold: source.isBold,
            isCopy: true)
        }
        copyCount += copies.count + 1
        merged[index].cells = (merged[index].cells + copies).sorted { $0.column < $1.column }
      }
    }
    return merged
  }
}
