/// The one element of a row of activations that its bytes do not have to cover.
package struct ActivationOutlier: Sendable, Equatable {
  /// The input's number in the row.
  package var input: Int
  /// The part that its quant leaves: `x[input] - (scale · quant + offset)`.
  package var residual: Float

  package init(input: Int, residual: Float) {
    self.input = input
    self.residual = residual
  }
}

/// Quantises the widest block of a quantised row anew, without one element.
///
/// With 127 steps the error of a row comes mostly from one block, in which one element of LayerNorm's
/// result is up to thirty times as large as the others. Of the block with the widest range (the first
/// of equal ones) the element is taken out at whose end the range shrinks more, the largest when both
/// shrink alike. The other 31 are quantised over their own range, as
/// ``quantizeOffsetQ80(_:largestQuant:quants:scales:offsets:)`` does; the element's quant is then the
/// nearest end of it, and the residual is multiplied as Float32. A row without range, or whose widest range is
/// not finite, stays as it is, with a residual of 0.
///
/// - Source: outliers apart from the integers as in Dettmers et al. 2022 (LLM.int8), arXiv:2208.07339,
///   with one element of a row instead of whole columns.
/// - Parameters:
///   - x: Float32, one row.
///   - largestQuant: as the row was quantised.
///   - quants: the row's quants. Those of one block are overwritten.
///   - scales: the row's scales.
///   - offsets: the row's offsets.
/// - Returns: the element, and the part that its quant leaves.
/// - Accuracy: least cosine of MiniLM over 60 hard texts 0.9991, 0.9983 without it.
/// - Complexity: O(x.count), no allocation.
package func separateOutlier(
  _ x: Span<Float>, largestQuant: Float, quants: inout MutableSpan<UInt8>,
  scales: inout MutableSpan<Float>, offsets: inout MutableSpan<Float>
) -> ActivationOutlier {
  var widest: (range: Float, start: Int) = (0, 0)
  for start in stride(from: 0, to: x.count, by: BlockQ80.elementCount) {
    let elements = (start..<(start + BlockQ80.elementCount)).map { x[$0] }
    // A range with a NaN compares as not larger.
    let range =
      elements.reduce(-Float.infinity, max) - (elements.reduce(Float.infinity, min) + 0)
    if range > widest.range { widest = (range, start) }
  }
  guard widest.range > 0, widest.range.isFinite else {
    return ActivationOutlier(input: 0, residual: 0)
  }
  let block = widest.start..<(widest.start + BlockQ80.elementCount)
  func extremes(without place: Int?) -> (most: Int, least: Int) {
    let rest = block.filter { $0 != place }
    return (
      rest.reduce(rest[0]) { x[$1] > x[$0] ? $1 : $0 },
      rest.reduce(rest[0]) { x[$1] < x[$0] ? $1 : $0 }
    )
  }
  let (most, least) = extremes(without: nil)
  let withoutMost = x[extremes(without: most).most]
  let withoutLeast = x[extremes(without: least).least]
  let dropsMost = x[most] - withoutMost >= withoutLeast - x[least]
  let offset = (dropsMost ? x[least] : withoutLeast) + 0
  let range = (dropsMost ? withoutMost : x[most]) - offset
  let scale = quantizeBlock(
    x, block, range: range, offset: offset, largestQuant: largestQuant, quants: &quants)
  scales[block.lowerBound / BlockQ80.elementCount] = scale
  offsets[block.lowerBound / BlockQ80.elementCount] = offset
  let outlier = dropsMost ? most : least
  return ActivationOutlier(
    input: outlier, residual: x[outlier] - offset.addingProduct(scale, Float(quants[outlier])))
}
