/// A picture on a page that has text: a photograph, a chart or a diagram.
struct PDFFigure: Equatable, Sendable {
  /// Its place in points.
  var box: PDFBox
  /// Its caption; empty without one.
  var caption: String
  /// Whether the page has words inside of it.
  var hasWords: Bool
  /// Mean levels by which it is known again; see `PDFInk.signature(of:)`.
  let signature: [UInt8]
}

extension PDFFigure {
  /// The place in pixels of the page as ``PDFPagePicture`` draws it, on whole pixels.
  func region(onPageOf size: PDFPageWords) -> PictureRegion {
    let scale = Double(PDFPagePicture.longSide) / max(size.width, size.height)
    let left = Int((box.left * scale).rounded(.down))
    let top = Int((box.top * scale).rounded(.down))
    return PictureRegion(
      x: left, y: top, width: Int((box.right * scale).rounded(.up)) - left,
      height: Int((box.bottom * scale).rounded(.up)) - top)
  }
}
