import KernelInterface

// Attention with a cache, the result: exponentials times values.

/// Positions whose values pass all queries before the next come: 64 × 256 bytes are a third of a
/// first-level cache of 48 KB, which leaves room for the exponentials.
private let valueChunk = 64

extension CacheQueries {
  /// Adds the weighted values: what all rows see together, then what only some see.
  func multiplyValues() {
    let rows = tile.rows
    let sharedStart = tile.positions(ofRow: rows - 1).lowerBound
    let sharedEnd = tile.positions(ofRow: 0).upperBound
    if sharedStart >= sharedEnd || rows == 1 {
      for row in 0..<rows {
        addValues(ofRows: row..<(row + 1), tile.positions(ofRow: row))
      }
      return
    }
    for row in 0..<rows {
      let start = tile.positions(ofRow: row).lowerBound
      addValues(ofRows: row..<(row + 1), start..<sharedStart)
    }
    addValues(ofRows: 0..<rows, sharedStart..<sharedEnd)
    // A few rows at a time, so that little is left for single rows.
    let group = max(1, tileRows / tile.headsPerKey)
    var first = 0
    while first < rows {
      let end = min(rows, first + group)
      let groupEnd = tile.positions(ofRow: first).upperBound
      addValues(ofRows: first..<end, sharedEnd..<groupEnd)
      for row in (first + 1)..<max(end, first + 1) {
        addValues(
          ofRows: row..<(row + 1), groupEnd..<tile.positions(ofRow: row).upperBound)
      }
      first = end
    }
  }

  /// Adds the values of some positions, all of which all of these rows see.
  @inline(never)
  func addValues(ofRows rows: Range<Int>, _ positions: Range<Int>) {
    // Here, and not in the loops below, so that each type has its own.
    switch tile.head.type {
    case .f32: addValues(ofRows: rows, positions, type: .f32)
    case .f16: addValues(ofRows: rows, positions, type: .f16)
    case .q80: addValues(ofRows: rows, positions, type: .q80)
    }
  }

  @_transparent
  func addValues(ofRows rows: Range<Int>, _ positions: Range<Int>, type: CacheElement) {
    let firstQuery = rows.lowerBound * tile.headsPerKey
    let queries = rows.count * tile.headsPerKey
    let size = type.byteCount
    let rowByteCount = valueStride * size
    var start = positions.lowerBound
    while start < positions.upperBound {
      let count = min(valueChunk, positions.upperBound - start)
      let values = UnsafeRawPointer(tile.head.values) + start * rowByteCount
      var ahead = values + valueChunk * rowByteCount
      var dim = 0
      while dim < valueStride {
        var product = CacheProduct(
          broadcasts: scores + firstQuery * scoreStride + (start - firstScore),
          rowStride: scoreStride, vectors: values + dim * size, secondOffset: laneCount * size,
          step: rowByteCount, count: count, y: sums + firstQuery * valueStride + dim,
          yStride: valueStride)
        product.ahead = ahead
        product.aheadStep = 2 * laneCount * size
        ahead += count * product.aheadStep
        if isScaled(type) {
          product.scales =
            UnsafePointer(tile.head.valueScales) + start * tile.head.dimBlocks + dim / 32
          product.scaleStep = tile.head.dimBlocks
        }
        product.multiply(queries: queries, type: type, isKey: false)
        dim += 2 * laneCount
      }
      start += count
    }
  }
}
