/// A rectangle on a page, in points (1/72 inch) from the top left corner.
struct PDFBox: Equatable, Sendable {
  var left: Double
  var top: Double
  var right: Double
  var bottom: Double

  var width: Double { right - left }
  var height: Double { bottom - top }
  var middle: Double { (top + bottom) / 2 }

  /// The smallest rectangle that contains both.
  func union(_ other: PDFBox) -> PDFBox {
    PDFBox(
      left: min(left, other.left), top: min(top, other.top), right: max(right, other.right),
      bottom: max(bottom, other.bottom))
  }
}

/// The words of one page with their places, in the reading order of `pdftotext`.
struct PDFPageLayout: Equatable, Sendable {
  struct Word: Equatable, Sendable {
    let text: String
    let box: PDFBox
  }

  /// Words that follow each other on one line of a column.
  struct Line: Equatable, Sendable {
    /// The number of the run of text that the line belongs to; a blank line separates runs.
    let flow: Int
    var words: [Word]
  }

  var width = 0.0
  var height = 0.0
  var lines: [Line] = []
}
