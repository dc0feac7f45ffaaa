package import KernelInterface

// Attention to a cache of keys and values, for several queries that share one head of it.
//
// Queries are tiles of rows and of the query heads that share a key head, so that a key or value is
// loaded and widened once for many of them. Both products are the same outer product: a few
// queries' numbers, each broadcast, times two registers of the cache. Of keys, a register holds the
// same element of 16 (or 8) keys, and the sum runs over elements; of values, it holds neighbouring
// elements of one value, and the sum runs over positions. So every score and every element of a
// result is one chain of fused multiply-adds in ascending order, whatever shares its tile.
//
// The softmax of a query takes the maximum first. Its sum is that of 16 chains, one for each
// position modulo 16, added by halves: an order that depends on the position alone, and that is
// the same with 8 lanes as with 16.

/// Attention of one tile of queries to a cache; the scalar twin has the same name.
///
/// - Accuracy: Float32 chains of `headDim` and of `positions` terms; exp as in ``exponential(_:)``.
/// - Complexity: O(rows × headsPerKey × positions × headDim), no allocation.
package func cachedAttention(_ tile: CachedAttentionTile) {
  switch tile.head.type {
  case .f32: CacheQueries(tile).attend(type: .f32)
  case .f16: CacheQueries(tile).attend(type: .f16)
  case .q80: CacheQueries(tile).attend(type: .q80)
  }
}

/// A tile's queries with their scratch.
///
/// A query's number is `row × headsPerKey + head`.
struct CacheQueries {
  let tile: CachedAttentionTile
  let headDim: Int
  let valueStride: Int
  let queryCount: Int
  /// The first position that has a place in `scores`.
  let firstScore: Int
  let scoreStride: Int
  /// `[queryCount, headDim]`, divided by √headDim.
  let scaled: UnsafeMutablePointer<Float>
  /// `[queryCount, scoreStride]`: scores, then their exponentials.
  let scores: UnsafeMutablePointer<Float>
  /// `[queryCount, valueStride]`: the weighted sums of values.
  let sums: UnsafeMutablePointer<Float>
  /// `[queryCount]`: 1 / the sum of the exponentials.
  let factors: UnsafeMutablePointer<Float>

  @inline(__always)
  init(_ tile: CachedAttentionTile) {
    self.tile = tile
    headDim = tile.head.headDim
    valueStride = tile.head.valueStride
    queryCount = tile.rows * tile.headsPerKey
    let span = CacheHead.tilePositions
    firstScore = max(0, tile.firstPosition + 1 - tile.window) / span * span
    scoreStride = tile.scoreStride
    scores = tile.scratch
    sums = scores + queryCount * scoreStride
    scaled = sums + queryCount * valueStride
    factors = scaled + queryCount * headDim
  }

  @_transparent
  func attend(type: CacheElement) {
    scaleQueries()
    multiplyKeys(type: type)
    for row in 0..<tile.rows {
      let positions = tile.positions(ofRow: row)
      for query in (row * tile.headsPerKey)..<((row + 1) * tile.headsPerKey) {
        factors[query] = softmax(
          scores + query * scoreStride, from: positions.lowerBound - firstScore,
          to: positions.upperBound - firstScore)
      }
    }
    clear(sums, count: queryCount * valueStride)
    multiplyValues()
    writeResult()
  }

  private func scaleQueries() {
    let scale = 1 / Float(headDim).squareRoot()
    for query in 0..<queryCount {
      let source =
        tile.queries + query / tile.headsPerKey * tile.queryStride
        + query % tile.headsPerKey * headDim
      let target = scaled + query * headDim
      for dim in 0..<headDim { target[dim] = source[dim] * scale }
    }
  }

  private func clear(_ target: UnsafeMutablePointer<Float>, count: Int) {
    var index = 0
    while index < count {
      store(zeroLanes(), target + index)
      index += laneCount
    }
  }

  private func writeResult() {
    for query in 0..<queryCount {
      let target =
        tile.y + query / tile.headsPerKey * tile.yStride + query % tile.headsPerKey * headDim
      let source = sums + query * valueStride
      let factor = factors[query]
      for dim in 0..<headDim { target[dim] = source[dim] * factor }
    }
  }
}
