/// Tells columns of running text, as in newspapers and articles, from the columns of a table.
struct PDFTextColumns {
  private let segments: [PDFSegment]

  /// A line of this many words belongs to running text.
  static let proseWordCount = 4
  /// A column has at least this many such lines.
  static let minimumLineCount = 6
  /// Rows of a table seldom have more lines than this, columns of text seldom a common gap.
  static let maximumLinesPerRow = 6.0

  init(_ segments: [PDFSegment]) { self.segments = segments }

  /// Splits segments at a channel between two columns of running text.
  ///
  /// - Parameter members: indices of segments.
  /// - Returns: what is left of the channel, what is right of it, and the rest above, below and
  ///   across; nil if there are no such columns.
  func split(_ members: [Int]) -> [[Int]]? {
    let prose = members.filter { segments[$0].wordCount >= Self.proseWordCount }
    guard prose.count >= 2 * Self.minimumLineCount else { return nil }
    for channel in channels(of: prose, among: members) {
      if let parts = parts(of: members, prose: prose, at: channel) { return parts }
    }
    return nil
  }

  /// White between the prose lines, the widest first; lines over most of the width do not count.
  private func channels(of prose: [Int], among members: [Int]) -> [ClosedRange<Double>] {
    let whole = members.map { segments[$0].box }.reduce(segments[members[0]].box) { $0.union($1) }
    let narrow = prose.map { segments[$0].box }.filter { $0.width < 0.6 * whole.width }
    guard !narrow.isEmpty else { return [] }
    let ranges = PDFColumns(narrow).ranges
    return zip(ranges, ranges.dropFirst()).map { $0.upperBound...$1.lowerBound }
      .sorted { $0.upperBound - $0.lowerBound > $1.upperBound - $1.lowerBound }
  }

  private func parts(
    of members: [Int], prose: [Int], at channel: ClosedRange<Double>
  ) -> [[Int]]? {
    func isLeft(_ member: Int) -> Bool { segments[member].box.right <= channel.lowerBound + 1 }
    func isRight(_ member: Int) -> Bool { segments[member].box.left >= channel.upperBound - 1 }
    let (left, right) = (prose.filter(isLeft), prose.filter(isRight))
    guard left.count >= Self.minimumLineCount, right.count >= Self.minimumLineCount,
      let one = extent(left), let other = extent(right)
    else { return nil }
    let top = max(one.lowerBound, other.lowerBound)
    let bottom = min(one.upperBound, other.upperBound)
    guard top < bottom else { return nil }
    let beside = members.filter {
      (isLeft($0) || isRight($0)) && (top...bottom).contains(segments[$0].box.middle)
    }
    let boxes = beside.map { segments[$0].box }
    // White between the lines of a column is lower than between the rows of most tables.
    let leading = 0.6 * (boxes.map(\.height).min() ?? 0)
    let bands = PDFBands.bands(of: boxes, minimumGap: leading)
    let lineCount = Double(max(beside.count(where: isLeft), beside.count(where: isRight)))
    guard lineCount / Double(bands.count) > Self.maximumLinesPerRow else { return nil }
    // The last line of a column may be too short to count as running text.
    let lastLine = 1.5 * (boxes.map(\.height).max() ?? 0)
    let end = max(one.upperBound, other.upperBound) + lastLine
    let whole = min(one.lowerBound, other.lowerBound)...max(bottom, end)
    var parts: [[Int]] = [[], [], []]
    for member in members {
      let isBeside = whole.contains(segments[member].box.middle)
      parts[isBeside && isLeft(member) ? 0 : isBeside && isRight(member) ? 1 : 2].append(member)
    }
    return parts
  }

  private func extent(_ members: [Int]) -> ClosedRange<Double>? {
    guard let top = members.map({ segments[$0].box.top }).min(),
      let bottom = members.map({ segments[$0].box.bottom }).max()
    else { return nil }
    return top...max(top, bottom)
  }
}
