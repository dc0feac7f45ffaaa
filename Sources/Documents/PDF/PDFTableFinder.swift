/// Finds the tables of a page by the places of its words.
///
/// `pdftotext` writes each cell as a paragraph of its own, so a fare is no longer beside its boat.
/// A table is a run of lines with two or more cells that share a white channel from the first line
/// to the last. Columns of running text share one as well: they are told apart first, and then
/// each is searched by itself.
struct PDFTableFinder {
  private let segments: [PDFSegment]
  private var tables: [PDFTable] = []

  /// More pieces than this on one page are a drawing or an attack, not a table.
  static let maximumSegmentCount = 20_000
  /// Columns of running text are split again at most this often.
  private static let maximumDepth = 4

  init(_ segments: [PDFSegment]) { self.segments = segments }

  /// The tables, from the top of the page to its bottom within each column of text.
  ///
  /// - Complexity: O(n log n) for n segments, times the number of lines of a table.
  mutating func find() -> [PDFTable] {
    guard segments.count <= Self.maximumSegmentCount else { return [] }
    search(Array(segments.indices), depth: 0)
    return tables
  }

  private mutating func search(_ members: [Int], depth: Int) {
    guard members.count > 1 else { return }
    if depth < Self.maximumDepth,
      let columns = PDFTextColumns(segments).split(members)
    {
      for column in columns { search(column, depth: depth + 1) }
      return
    }
    let rows = visualRows(members)
    var first = 0
    while first < rows.count {
      guard let found = zone(from: first, in: rows) else {
        first += 1
        continue
      }
      let lines = rows[found.rows].map { row in row.map { segments[$0] } }
      if found.isTable, let table = PDFTable(lines, members: rows[found.rows].joined()) {
        tables.append(table)
      }
      first = found.rows.upperBound
    }
  }

  /// The segments in lines from top to bottom, each from left to right.
  private func visualRows(_ members: [Int]) -> [[Int]] {
    let ordered = members.sorted {
      (segments[$0].box.middle, segments[$0].box.left)
        < (segments[$1].box.middle, segments[$1].box.left)
    }
    var rows: [[Int]] = []
    var middle = 0.0
    for member in ordered {
      let box = segments[member].box
      // Letters of two sizes on one base line differ in their middles by a quarter of a height.
      if let first = rows.last?.first,
        box.middle - middle < 0.4 * min(box.height, segments[first].box.height)
      {
        rows[rows.count - 1].append(member)
      } else {
        rows.append([member])
        middle = box.middle
      }
    }
    return rows.map { $0.sorted { segments[$0].box.left < segments[$1].box.left } }
  }

  /// The longest run of rows from `first` that has a channel, and whether it is a table; nil if the
  /// first row has none.
  private func zone(from first: Int, in rows: [[Int]]) -> (rows: Range<Int>, isTable: Bool)? {
    guard rows[first].count > 1 else { return nil }
    var columns = PDFColumns(rows[first].map { segments[$0].box })
    guard columns.count > 1 else { return nil }
    var end = first + 1
    while end < rows.count {
      let gap = top(rows[end]) - bottom(rows[end - 1])
      // A table does not go on below so much white.
      guard gap < 4 * columns.height else { break }
      let next = columns.adding(rows[end].map { segments[$0].box })
      if next.count == columns.count || (next.count > 1 && rows[end].count > 1) {
        columns = next
      } else if !isCaption(end, in: rows, of: columns) {
        break
      }
      end += 1
    }
    while end > first + 1, rows[end - 1].count == 1, isApart(end - 1, in: rows) { end -= 1 }
    return (first..<end, isTable(rows[first..<end], columns))
  }

  /// Whether a line across all columns is a line inside the table, such as the name of a group: the
  /// next line has cells in the same columns.
  private func isCaption(_ row: Int, in rows: [[Int]], of columns: PDFColumns) -> Bool {
    guard rows[row].count == 1, row + 1 < rows.count, rows[row + 1].count > 1,
      rows[row - 1].count > 1
    else { return false }
    return columns.adding(rows[row + 1].map { segments[$0].box }).count == columns.count
  }

  /// Whether the last row, which has one cell, is text below the table and not the end of a cell.
  private func isApart(_ row: Int, in rows: [[Int]]) -> Bool {
    guard let cell = rows[row].first.map({ segments[$0] }) else { return true }
    let above = rows[row - 1].map { segments[$0] }.first {
      $0.box.left < cell.box.right && cell.box.left < $0.box.right
    }
    guard let above else { return true }
    return cell.box.top - above.box.bottom > 0.6 * cell.box.height
      || abs(above.box.left - cell.box.left) > cell.box.height
  }

  private func isTable(_ rows: ArraySlice<[Int]>, _ columns: PDFColumns) -> Bool {
    let full = rows.filter { $0.count > 1 }
    guard full.count > 1 else {
      // A single line, such as "Telephone      555-0134", needs a wider gap: rivers of white run
      // through justified text.
      return columns.widestChannel > 2 * columns.height
    }
    // The same rivers may run through a few lines of a wide paragraph.
    let wordCount = full.joined().reduce(0) { $0 + segments[$1].wordCount }
    let cellCount = full.joined().count
    if full.count <= 3, wordCount >= 4 * cellCount, columns.widestChannel < 1.5 * columns.height {
      return false
    }
    return !isSortedList(full)
  }

  /// Whether the lines are an index or a list of names in columns: each column is in alphabetical
  /// order, and the next one goes on where it ends.
  private func isSortedList(_ rows: [[Int]]) -> Bool {
    let counts = Set(rows.map(\.count))
    guard rows.count >= 6, let width = counts.max(), width <= 4, let first = rows.first,
      first.count == width
    else { return false }
    let words = (0..<width).flatMap { column in
      rows.compactMap { $0.count > column ? segments[$0[column]].text.lowercased() : nil }
    }
    let disorder = zip(words, words.dropFirst()).count { $0.prefix(1) > $1.prefix(1) }
    return words.allSatisfy { $0.first?.isLetter ?? false } && disorder * 20 <= words.count
  }

  private func top(_ row: [Int]) -> Double { row.map { segments[$0].box.top }.min() ?? 0 }

  private func bottom(_ row: [Int]) -> Double { row.map { segments[$0].box.bottom }.max() ?? 0 }
}
