/// Words of a line that no wide gap separates: a line of running text, or a cell of a table.
struct PDFSegment: Equatable, Sendable {
  let text: String
  let box: PDFBox
  let wordCount: Int
  /// The width of its first word, which decides whether it would have fitted on the line above.
  let firstWordWidth: Double
  /// The index of its line in the page, and so its place in the reading order.
  let line: Int

  /// A gap of this many heights of a line separates cells.
  ///
  /// A space is about 0.3 heights wide and up to 0.6 in a justified line; LaTeX puts 12 points
  /// between cells of 10 point type, Word 10.8.
  static let gapInHeights = 0.8

  /// The segments of a page in reading order.
  static func segments(of page: PDFPageLayout) -> [PDFSegment] {
    page.lines.indices.flatMap { segments(of: page.lines[$0].words, line: $0) }
  }

  private static func segments(of words: [PDFPageLayout.Word], line: Int) -> [PDFSegment] {
    var found: [PDFSegment] = []
    var start = 0
    for next in words.indices.map({ $0 + 1 }) {
      if next < words.count {
        let (one, other) = (words[next - 1].box, words[next].box)
        // The second difference counts in scripts that run from right to left.
        let gap = max(other.left - one.right, one.left - other.right)
        guard gap > gapInHeights * min(one.height, other.height) else { continue }
      }
      found.append(PDFSegment(words[start..<next], line: line))
      start = next
    }
    return found
  }

  private init(_ words: ArraySlice<PDFPageLayout.Word>, line: Int) {
    text = words.map(\.text).joined(separator: " ")
    let first = words[words.startIndex].box
    box = words.reduce(first) { $0.union($1.box) }
    wordCount = words.count
    firstWordWidth = first.width
    self.line = line
  }

  /// Whether the text is only the mark of a list item, such as `•`, `3.` or `b)`.
  var isItemMark: Bool {
    if text.count == 1, "•◦▪‣·○●■□☐✓–—-*".contains(text) { return true }
    let label = text.drop { $0 == "(" }
    guard text.count <= 4, let last = label.last, ".)".contains(last) else { return false }
    let inner = label.dropLast()
    return !inner.isEmpty && (inner.allSatisfy(\.isNumber) || inner.count == 1)
  }
}
