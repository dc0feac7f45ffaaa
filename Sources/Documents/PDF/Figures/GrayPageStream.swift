/// A page as a small grey picture, on which figures are looked for.
struct GrayPage: Equatable, Sendable {
  let width: Int
  let height: Int
  /// Row by row, 0 for black.
  let pixels: [UInt8]

  /// The longer side in pixels: two points to a pixel on A4, enough for the axes of a chart, and
  /// drawn in 5 ms a page.
  static let longSide = 400
}

/// Takes apart the output of `pdftoppm -gray`: binary PGM pictures, one after another.
///
/// Source: the manual of Netpbm, pgm(5).
struct GrayPageStream {
  private var rest: [UInt8] = []
  /// Whether the output is anything else, so that nothing more can be read.
  private(set) var isDamaged = false

  /// Appends a piece of the output.
  ///
  /// - Returns: the pages that are complete now.
  mutating func append(_ piece: ArraySlice<UInt8>) -> [GrayPage] {
    guard !isDamaged else { return [] }
    rest += piece
    var pages: [GrayPage] = []
    var start = 0
    while let (page, end) = page(from: start) {
      pages.append(page)
      start = end
    }
    rest.removeFirst(start)
    return pages
  }

  /// The most bytes of a header: `P5`, two numbers of four digits and a `255`.
  private static let headerLimit = 32

  private mutating func page(from start: Int) -> (page: GrayPage, end: Int)? {
    var words: [Substring] = []
    var word: [UInt8] = []
    var offset = start
    while words.count < 4 {
      guard offset < rest.count, offset - start < Self.headerLimit else {
        isDamaged = offset - start >= Self.headerLimit
        return nil
      }
      let byte = rest[offset]
      offset += 1
      if byte > 0x20 {
        word.append(byte)
      } else if !word.isEmpty {
        words.append(Substring(decoding: word, as: UTF8.self))
        word = []
      }
    }
    // A page that is much longer than wide has at least one pixel.
    guard words[0] == "P5", words[3] == "255", let width = Int(words[1]),
      let height = Int(words[2]), (1...GrayPage.longSide + 1).contains(width),
      (1...GrayPage.longSide + 1).contains(height)
    else {
      isDamaged = true
      return nil
    }
    let end = offset + width * height
    guard end <= rest.count else { return nil }
    return (GrayPage(width: width, height: height, pixels: Array(rest[offset..<end])), end)
  }
}
