// The rows of activations that are multiplied at once, and those that are asked for meanwhile.

/// Which rows of activations a block multiplies: two tiles of 16, which may overlap or be the same,
/// and of each the rows whose sums count.
struct BlockRows {
  /// The first row of each tile.
  let first: (Int, Int)
  /// The rows of each tile that count, from its first row on.
  let counted: (Range<Int>, Range<Int>)

  /// No rows.
  @inline(__always)
  init(none: ()) {
    first = (0, 0)
    counted = (tileRegisterRows..<tileRegisterRows, tileRegisterRows..<tileRegisterRows)
  }

  /// The rows from `start` on, up to 32, of `rows`, at least 16 in all.
  ///
  /// A tile that would reach beyond the last row begins earlier, so that no memory beyond is read.
  @inline(__always)
  init(from start: Int, of rows: Int) {
    let last = rows - tileRegisterRows
    first = (min(start, last), min(start + tileRegisterRows, last))
    counted = (
      (start - first.0)..<tileRegisterRows,
      min(start + tileRegisterRows - first.1, tileRegisterRows)..<tileRegisterRows
    )
  }
}

/// The activations and sums of the rows after a block, prefetched while the block is multiplied.
struct UpcomingRows {
  private var x: UnsafeRawPointer
  private var sums: UnsafeMutablePointer<Float>
  private var rowCount: Int

  /// Up to 32 rows.
  @inline(__always)
  init(_ rows: TiledRows, from row: Int) {
    x = rows.x + row * activationByteCount
    sums = rows.sums + row * tileColumns
    rowCount = min(2 * tileRegisterRows, rows.rowCount - row)
  }

  /// Prefetches up to eight rows: the quants, their sums and scale, and two lines of sums.
  @inline(__always)
  mutating func requestEight() {
    for _ in 0..<min(8, rowCount) {
      prefetch(x)
      prefetch(x + lineByteCount)
      prefetch(x + 2 * lineByteCount)
      prefetch(x + 3 * lineByteCount)
      prefetch(x + activationScaleOffset)
      prefetch(sums)
      prefetch(sums + laneCount)
      x += activationByteCount
      sums += tileColumns
    }
    rowCount = max(0, rowCount &- 8)
  }
}
