/// The columns of a table: ranges from left to right that contain its cells, with white between
/// them.
struct PDFColumns: Equatable {
  private(set) var ranges: [ClosedRange<Double>] = []
  /// The height of a line.
  let height: Double

  init(_ boxes: [PDFBox]) {
    height = max(0, boxes.map(\.height).min() ?? 0)
    ranges = Self.merged(boxes.map { $0.left...max($0.left, $0.right) }, height: height)
  }

  private init(ranges: [ClosedRange<Double>], height: Double) {
    self.height = height
    self.ranges = Self.merged(ranges, height: height)
  }

  var count: Int { ranges.count }

  /// The columns that contain these boxes as well.
  func adding(_ boxes: [PDFBox]) -> PDFColumns {
    PDFColumns(
      ranges: ranges + boxes.map { $0.left...max($0.left, $0.right) }, height: height)
  }

  /// The width of the widest white channel.
  var widestChannel: Double {
    zip(ranges, ranges.dropFirst()).map { $1.lowerBound - $0.upperBound }.max() ?? 0
  }

  /// The index of the column that contains a box, or overlaps with it first.
  func index(of box: PDFBox) -> Int {
    ranges.firstIndex { $0.upperBound >= box.left } ?? max(0, ranges.count - 1)
  }

  /// Joins ranges that overlap, or between which the white is too narrow for a channel.
  private static func merged(
    _ ranges: [ClosedRange<Double>], height: Double
  ) -> [ClosedRange<Double>] {
    var result: [ClosedRange<Double>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = result.last,
        range.lowerBound - last.upperBound < PDFSegment.gapInHeights * height
      {
        result[result.count - 1] =
          last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        result.append(range)
      }
    }
    return result
  }
}
