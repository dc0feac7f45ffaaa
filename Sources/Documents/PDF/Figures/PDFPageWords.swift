/// The words of a page with their places, kept while the figures of the page are looked for.
struct PDFPageWords: Equatable, Sendable {
  /// A line of a column.
  struct Line: Equatable, Sendable {
    /// The run of text that it belongs to; a blank line separates runs.
    let flow: Int
    let text: String
    let box: PDFBox
    let wordCount: Int
  }

  let width: Double
  let height: Double
  /// The places of all words.
  let boxes: [PDFBox]
  /// The lines in reading order.
  let lines: [Line]

  init(_ layout: PDFPageLayout) {
    (width, height) = (layout.width, layout.height)
    boxes = layout.lines.flatMap { $0.words.map(\.box) }
    lines = layout.lines.compactMap { line in
      guard let first = line.words.first?.box else { return nil }
      return Line(
        flow: line.flow, text: line.words.map(\.text).joined(separator: " "),
        box: line.words.reduce(first) { $0.union($1.box) }, wordCount: line.words.count)
    }
  }
}

extension PDFBox {
  var area: Double { max(0, width) * max(0, height) }

  /// The distance between two boxes, across or down, whichever is larger; 0 where they touch.
  func distance(to other: PDFBox) -> Double {
    max(0, other.left - right, left - other.right, other.top - bottom, top - other.bottom)
  }

  /// The area that both share.
  func sharedArea(with other: PDFBox) -> Double {
    let across = min(right, other.right) - max(left, other.left)
    let down = min(bottom, other.bottom) - max(top, other.top)
    return across > 0 && down > 0 ? across * down : 0
  }

  /// The share of this box's width above or below the other.
  func sharedWidth(with other: PDFBox) -> Double {
    guard width > 0 else { return 0 }
    return max(0, min(right, other.right) - max(left, other.left)) / width
  }

  /// The share of this box's height beside the other.
  func sharedHeight(with other: PDFBox) -> Double {
    guard height > 0 else { return 0 }
    return max(0, min(bottom, other.bottom) - max(top, other.top)) / height
  }
}
