import KernelInterface

/// Consecutive keys and values of one head of a sequence.
///
/// In a packed matrix of queries, keys and values a head's part of a row is a few cache lines, and the
/// next row's is several KB away: at 4,608 bytes, MiniLM's stride, rows fall into a quarter of the
/// sets of a first-level cache, which then holds 64 of them, and each is on another page. So where
/// several blocks of queries read the same rows, they are copied first.
struct HeadRows {
  /// The first key; `keyStride` elements from key to key.
  var keys: UnsafePointer<Float>
  var keyStride: Int
  /// The same keys in bytes, if the scores are computed with them.
  var quantizedKeys: QuantizedKeys?
  /// The first value; `valueStride` elements from value to value.
  var values: UnsafePointer<Float>
  var valueStride: Int
  /// Which keys of the sequence these are.
  var range: Range<Int>
  /// Elements of a row.
  var headDim: Int
  /// Whether the rows follow each other without a gap.
  var isPacked = false

  /// Copies the rows one after another.
  ///
  /// - Parameter target: room for `2 × range.count × headDim` elements.
  mutating func pack(into target: UnsafeMutablePointer<Float>) {
    if quantizedKeys == nil {
      Self.copy(keys, stride: keyStride, rows: range.count, width: headDim, into: target)
      (keys, keyStride) = (UnsafePointer(target), headDim)
    }
    let second = target + range.count * headDim
    Self.copy(values, stride: valueStride, rows: range.count, width: headDim, into: second)
    (values, valueStride) = (UnsafePointer(second), headDim)
    isPacked = true
  }

  private static func copy(
    _ source: UnsafePointer<Float>, stride: Int, rows: Int, width: Int,
    into target: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<rows {
      (target + row * width).update(from: source + row * stride, count: width)
    }
  }

  /// The same rows without the first `count`.
  func dropping(_ count: Int) -> HeadRows {
    var rest = self
    rest.keys += count * keyStride
    rest.quantizedKeys = quantizedKeys?.dropping(count)
    rest.values += count * valueStride
    rest.range = range.lowerBound + count..<range.upperBound
    return rest
  }
}
