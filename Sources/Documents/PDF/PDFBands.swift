/// Splits boxes into bands from top to bottom, where white runs across the whole width.
enum PDFBands {
  /// The bands.
  ///
  /// White between the rows of a table is as high everywhere, or clearly higher than between the
  /// lines of a cell; in the second case only the high white separates bands.
  ///
  /// - Parameters:
  ///   - boxes: of words or cells.
  ///   - minimumGap: lower white never separates bands.
  /// - Returns: indices of `boxes`, in bands from top to bottom.
  /// - Complexity: O(n log n).
  static func bands(of boxes: [PDFBox], minimumGap: Double = 0) -> [[Int]] {
    let ordered = boxes.indices.sorted { boxes[$0].top < boxes[$1].top }
    var groups: [[Int]] = []
    var gaps: [Double] = []
    var bottom = 0.0
    for index in ordered {
      if groups.isEmpty {
        groups.append([index])
        bottom = boxes[index].bottom
        continue
      }
      if boxes[index].top > bottom + minimumGap {
        gaps.append(boxes[index].top - bottom)
        groups.append([index])
      } else {
        groups[groups.count - 1].append(index)
      }
      bottom = max(bottom, boxes[index].bottom)
    }
    let height = boxes.map(\.height).min() ?? 0
    // Below a seventh of a line, gaps are those between the lines of solid type.
    let small = max(gaps.min() ?? 0, height / 7)
    guard let large = gaps.max(), large > 1.6 * small else { return groups }
    let limit = (small * large).squareRoot()
    var bands = Array(groups.prefix(1))
    for (gap, group) in zip(gaps, groups.dropFirst()) {
      if gap > limit { bands.append(group) } else { bands[bands.count - 1] += group }
    }
    return bands
  }
}
