/// The marks on a page that are not words: pictures, drawings, rules and coloured panels.
///
/// The page is looked at as poppler draws it, so that photographs, drawings of lines, soft masks and
/// all colour spaces are alike, and two pictures side by side that make one figure are one.
struct PDFInk {
  /// Pixels of a cell: marks nearer to each other than a cell belong together.
  static let cell = 4
  /// A grey level that differs from the paper by more is a mark.
  private static let contrast = 24

  let page: GrayPage
  private let columns: Int
  private let rows: Int
  /// 1 for a mark, by pixel.
  private var marks: [UInt8]

  /// - Parameters:
  ///   - page: the drawn page.
  ///   - words: the places of its words, in pixels, which do not count as marks.
  init(_ page: GrayPage, words: [PDFBox]) {
    self.page = page
    columns = (page.width + Self.cell - 1) / Self.cell
    rows = (page.height + Self.cell - 1) / Self.cell
    let paper = Self.commonLevel(page.pixels)
    marks = page.pixels.map { abs(Int($0) - paper) > Self.contrast ? 1 : 0 }
    for word in words { erase(word) }
  }

  /// The level of the paper: the one that most pixels have, in steps of eight.
  private static func commonLevel(_ pixels: [UInt8]) -> Int {
    var counts = [Int](repeating: 0, count: 32)
    for pixel in pixels { counts[Int(pixel) / 8] += 1 }
    let common = counts.indices.max { counts[$0] < counts[$1] } ?? 31
    return common * 8 + 4
  }

  private mutating func erase(_ word: PDFBox) {
    // The edges of letters are blurred over a pixel.
    let (left, right) = range(word.left - 1, word.right + 1, limit: page.width)
    let (top, bottom) = range(word.top - 1, word.bottom + 1, limit: page.height)
    for row in top..<bottom {
      for column in left..<right { marks[row * page.width + column] = 0 }
    }
  }

  private func range(_ low: Double, _ high: Double, limit: Int) -> (Int, Int) {
    let start = Int(max(0, min(low, Double(limit))).rounded(.down))
    return (start, max(start, Int(max(0, min(high, Double(limit))).rounded(.up))))
  }

  /// Marks that belong together, with their bounds in pixels.
  ///
  /// - Complexity: O(pixels).
  func blobs() -> [PDFBox] {
    var isMarked = [Bool](repeating: false, count: columns * rows)
    for row in 0..<page.height {
      for column in 0..<page.width where marks[row * page.width + column] != 0 {
        isMarked[row / Self.cell * columns + column / Self.cell] = true
      }
    }
    var blobs: [PDFBox] = []
    for start in isMarked.indices where isMarked[start] {
      isMarked[start] = false
      var open = [start]
      var (left, right, top, bottom) = (columns, 0, rows, 0)
      while let cell = open.popLast() {
        let (row, column) = (cell / columns, cell % columns)
        (left, right) = (min(left, column), max(right, column))
        (top, bottom) = (min(top, row), max(bottom, row))
        for nextRow in max(0, row - 1)...min(rows - 1, row + 1) {
          for nextColumn in max(0, column - 1)...min(columns - 1, column + 1) {
            let next = nextRow * columns + nextColumn
            guard isMarked[next] else { continue }
            isMarked[next] = false
            open.append(next)
          }
        }
      }
      blobs.append(
        PDFBox(
          left: Double(left * Self.cell), top: Double(top * Self.cell),
          right: Double(min(page.width, (right + 1) * Self.cell)),
          bottom: Double(min(page.height, (bottom + 1) * Self.cell))))
    }
    return blobs
  }

  /// The share of edges and of texture in a part of the page.
  ///
  /// An edge is a mark that differs from the pixel before it or above it, texture one that differs
  /// from both: curves, slanted lines and photographs have it; rules, frames and coloured panels have
  /// it in their corners only.
  func pattern(in box: PDFBox) -> (edges: Double, texture: Double) {
    let (left, right) = range(box.left, box.right, limit: page.width)
    let (top, bottom) = range(box.top, box.bottom, limit: page.height)
    var (edges, texture) = (0, 0)
    for row in max(1, top)..<max(1, bottom) {
      for column in max(1, left)..<max(1, right) {
        let index = row * page.width + column
        guard marks[index] != 0 else { continue }
        let level = Int(page.pixels[index])
        let differsAcross = abs(level - Int(page.pixels[index - 1])) > Self.step
        let differsDown = abs(level - Int(page.pixels[index - page.width])) > Self.step
        if differsAcross || differsDown { edges += 1 }
        if differsAcross && differsDown { texture += 1 }
      }
    }
    let area = Double(max(1, (right - left) * (bottom - top)))
    return (Double(edges) / area, Double(texture) / area)
  }

  /// Levels between neighbours of a gradient differ by less.
  private static let step = 8

  /// The mean levels of 8 × 8 parts of a box, by which a figure is known again.
  func signature(of box: PDFBox) -> [UInt8] {
    let side = 8
    var sums = [Int](repeating: 0, count: side * side)
    var counts = sums
    let (left, right) = range(box.left, box.right, limit: page.width)
    let (top, bottom) = range(box.top, box.bottom, limit: page.height)
    for row in top..<bottom {
      for column in left..<right {
        let part =
          (row - top) * side / (bottom - top) * side + (column - left) * side / (right - left)
        sums[part] += Int(page.pixels[row * page.width + column])
        counts[part] += 1
      }
    }
    return zip(sums, counts).map { UInt8(clamping: $1 > 0 ? $0 / $1 : 0) }
  }
}
