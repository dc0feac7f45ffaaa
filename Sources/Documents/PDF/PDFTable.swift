/// A table of a page: rows of cells, each cell of one or several lines.
struct PDFTable: Equatable, Sendable {
  struct Cell: Equatable, Sendable {
    /// The lines of the cell, from top to bottom.
    var lines: [String]
    /// The number of bars before it: how many columns it is to the right of the cell before.
    var barCount: Int
  }

  /// The rows from top to bottom; the first is usually the header.
  private(set) var rows: [[Cell]] = []
  /// The indices of its segments in the page.
  let members: Set<Int>

  /// Nil if no row has two cells.
  ///
  /// - Parameters:
  ///   - lines: the segments of each visual line, from top to bottom and from left to right.
  ///   - members: their indices in the page.
  init?(_ lines: [[PDFSegment]], members: some Sequence<Int>) {
    self.members = Set(members)
    rows = PDFTableRows(lines).rows()
    guard rows.contains(where: { $0.count > 1 }) else { return nil }
  }
}

/// Puts the segments of a table into rows.
struct PDFTableRows {
  private typealias Row = [[PDFSegment]]

  private let segments: [PDFSegment]
  private let columns: PDFColumns

  /// - Parameter lines: the segments of each visual line.
  init(_ lines: [[PDFSegment]]) {
    segments = lines.flatMap { $0 }
    // A line with one cell may run across several columns, which it would join.
    let shared = lines.filter { $0.count > 1 }.joined().map(\.box)
    columns = PDFColumns(shared.isEmpty ? segments.map(\.box) : shared)
  }

  /// The rows with their cells.
  func rows() -> [[PDFTable.Cell]] {
    var rows: [Row] = []
    for band in PDFBands.bands(of: segments.map(\.box)) {
      for row in split(band.map { segments[$0] }) {
        if let last = rows.last, continues(row, after: last) {
          rows[rows.count - 1] = joined(last, row)
        } else {
          rows.append(row)
        }
      }
    }
    return rows.map(cells)
  }

  /// The rows of one band: a single one if every cell of several lines is wrapped, otherwise one for
  /// each line.
  private func split(_ band: [PDFSegment]) -> [Row] {
    let stacks = stacked(band)
    let isOneRow =
      stacks.allSatisfy { $0.count < 2 } || (!areRows(stacks) && stacks.allSatisfy(isWrapped))
    if isOneRow { return [stacks] }
    var rows: [Row] = []
    var middle = -Double.infinity
    for segment in band.sorted(by: { $0.box.middle < $1.box.middle }) {
      if segment.box.middle - middle < 0.5 * segment.box.height, let last = rows.last {
        rows[rows.count - 1] = stacked(last.joined() + [segment])
      } else {
        rows.append(stacked([segment]))
        middle = segment.box.middle
      }
    }
    return rows
  }

  /// The segments of each column, from top to bottom; those of one line from left to right.
  private func stacked(_ band: [PDFSegment]) -> Row {
    var stacks = [[PDFSegment]](repeating: [], count: max(1, columns.count))
    for segment in band { stacks[columns.index(of: segment.box)].append(segment) }
    return stacks.map {
      $0.sorted {
        abs($0.box.middle - $1.box.middle) < 0.4 * $0.box.height
          ? $0.box.left < $1.box.left : $0.box.middle < $1.box.middle
      }
    }
  }

  /// Whether the columns of a band have equally many lines of few words: rows in solid type.
  private func areRows(_ stacks: Row) -> Bool {
    let filled = stacks.filter { !$0.isEmpty }
    let wordCount = filled.joined().reduce(0) { $0 + $1.wordCount }
    return filled.count > 1 && Set(filled.map(\.count)).count == 1
      && wordCount < Self.proseWordCount * filled.joined().count
  }

  /// Whether the lines of a column are one cell: the first word of each line would not have fitted
  /// on the line above.
  ///
  /// That is nearly always so in a column of single words, which are cells of their own; running
  /// text may have the end of a paragraph in between.
  private func isWrapped(_ stack: [PDFSegment]) -> Bool {
    guard stack.count > 1 else { return true }
    let joints = zip(stack, stack.dropFirst())
    let wordCount = stack.reduce(0) { $0 + $1.wordCount }
    if wordCount >= Self.proseWordCount * stack.count {
      return joints.count { wraps($0, into: $1) } * 2 >= stack.count - 1
    }
    return wordCount > stack.count && joints.allSatisfy { wraps($0, into: $1) }
  }

  /// Cells whose lines have this many words on average contain running text.
  private static let proseWordCount = PDFTextColumns.proseWordCount

  private func wraps(_ line: PDFSegment, into next: PDFSegment) -> Bool {
    guard next.box.top >= line.box.middle, columns.count > 0 else { return false }
    let column = columns.ranges[columns.index(of: line.box)]
    let width = column.upperBound - column.lowerBound
    // Half a height is more than a space.
    return line.box.width + next.firstWordWidth + 0.5 * line.box.height > width
  }

  /// Whether a row is the rest of the one before: its first cell is empty, and its other cells go on
  /// with full lines.
  private func continues(_ row: Row, after last: Row) -> Bool {
    guard row.count > 1, row[0].isEmpty, !last[0].isEmpty else { return false }
    return zip(row, last).allSatisfy { next, above in
      guard let first = next.first else { return true }
      guard let line = above.last else { return false }
      return line.wordCount > 1 && wraps(line, into: first)
        && first.box.top - line.box.bottom < 0.6 * first.box.height
    }
  }

  private func joined(_ row: Row, _ more: Row) -> Row {
    zip(row, more).map { $0 + $1 }
  }

  /// The cells: segments of one column that are on one line are cells of their own, as in columns
  /// that a wide cell has joined.
  private func cells(_ row: Row) -> [PDFTable.Cell] {
    var cells: [PDFTable.Cell] = []
    var barCount = 0
    for stack in row {
      var previous: PDFSegment?
      for segment in stack {
        if let line = previous, segment.box.top >= line.box.middle, !cells.isEmpty {
          cells[cells.count - 1].lines.append(segment.text)
        } else {
          if previous != nil { barCount = 1 }
          let followsMark = cells.count == 1 && cells[0].lines.count == 1 && isMark(row)
          cells.append(.init(lines: [segment.text], barCount: followsMark ? 0 : barCount))
          barCount = 0
        }
        previous = segment
      }
      barCount += 1
    }
    return cells
  }

  private func isMark(_ row: Row) -> Bool { row.first?.first?.isItemMark ?? false }
}
