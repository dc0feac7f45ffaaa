/// Attention of some rows' queries that share one head of a cache.
///
/// A row has `headsPerKey` query heads side by side. Row r sees the `window` positions that end
/// with `firstPosition + r · rowStep`: with a step of 1 this is causal attention of consecutive
/// positions, with a step of 0 all rows see the same positions (cross-attention).
package struct CachedAttentionTile {
  /// The first row's first query head of the group.
  package var queries: UnsafePointer<Float>
  /// Elements from one row of queries to the next.
  package var queryStride: Int
  /// Rows.
  package var rows: Int
  /// Query heads that share the key head.
  package var headsPerKey: Int
  /// The last position that the first row sees.
  package var firstPosition: Int
  /// 1 where each row sees one position more than the row before it, 0 where all see the same.
  package var rowStep: Int
  /// Positions that a row sees at most; at least 1.
  package var window: Int
  /// The keys and values, those of the rows' own positions included.
  package var head: CacheHead
  /// The group's columns of the first row's result.
  package var y: UnsafeMutablePointer<Float>
  /// Elements from one row of the result to the next.
  package var yStride: Int
  /// Memory for ``scratchCount`` elements at a 64-byte boundary.
  package var scratch: UnsafeMutablePointer<Float>

  /// Creates the operands of one call.
  package init(
    queries: UnsafePointer<Float>, queryStride: Int, rows: Int, headsPerKey: Int,
    firstPosition: Int, rowStep: Int, window: Int, head: CacheHead, y: UnsafeMutablePointer<Float>,
    yStride: Int,
    scratch: UnsafeMutablePointer<Float>
  ) {
    self.queries = queries
    self.queryStride = queryStride
    self.rows = rows
    self.headsPerKey = headsPerKey
    self.firstPosition = firstPosition
    self.rowStep = rowStep
    self.window = window
    self.head = head
    self.y = y
    self.yStride = yStride
    self.scratch = scratch
  }

  /// The positions that a row sees.
  package func positions(ofRow row: Int) -> Range<Int> {
    let end = firstPosition + row * rowStep + 1
    return max(0, end - window)..<end
  }

  /// The end of the positions that the last row sees, hence of those that any row sees.
  package var end: Int { firstPosition + (rows - 1) * rowStep + 1 }

  /// Elements from one query's scores to the next: the positions from the first that any row sees,
  /// in whole tiles of keys, and a cache line so that rows do not fall into the same cache sets.
  package var scoreStride: Int {
    let start = max(0, firstPosition + 1 - window) / CacheHead.tilePositions
    return (end + CacheHead.tilePositions - 1) / CacheHead.tilePositions * CacheHead.tilePositions
      - start * CacheHead.tilePositions + CacheHead.blockPositions
  }

  /// Elements of scratch that suffice for a tile: scaled queries, scores, sums and factors.
  ///
  /// - Parameters:
  ///   - queries: `rows × headsPerKey`.
  ///   - positions: no fewer than all its rows together see.
  ///   - headDim: elements of a head.
  /// - Returns: Float32 elements, whole cache lines.
  package static func scratchCount(queries: Int, positions: Int, headDim: Int) -> Int {
    // The scores begin and end at whole tiles of keys.
    let stride = positions + 2 * CacheHead.tilePositions + CacheHead.blockPositions
    let floats = queries * (headDim + stride + CacheHead.valueStride(headDim: headDim) + 1)
    let line = CacheHead.blockPositions
    return (floats + line - 1) / line * line
  }
}
