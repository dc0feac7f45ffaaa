package import KernelsReference

// Causal attention to a cache of keys and values, for several queries that share one head of it.
//
// Queries are tiles of rows and of the query heads that share a key head, so that a key or value is
// loaded and widened once for many of them. Both products are the same outer product: a few queries'
// numbers, each broadcast, times two registers of the cache. Of keys, a register holds the same
// element of 16 (or 8) keys, and the sum runs over elements; of values, it holds neighbouring
// elements of one value, and the sum runs over positions. So every score and every element of a
// result is one chain of fused multiply-adds in ascending order, whatever shares its tile.
//
// The softmax of a query takes the maximum first. Its sum is that of 16 chains, one for each
// position modulo 16, added by halves: an order that depends on the position alone, and that is
// the same with 8 lanes as with 16.

/// Attention of one tile; see the scalar twin.
///
/// - Accuracy: Float32 chains of `headDim` and of `positions` terms; exp as in ``exponential(_:)``.
/// - Complexity: O(rows × headsPerKey × positions × headDim), no allocation.
package func attendToCache(_ tile: CachedAttentionTile) {
  switch tile.head.type {
  case .f32: CacheQueries(tile).attend(type: .f32)
  case .f16: CacheQueries(tile).attend(type: .f16)
  case .q80: CacheQueries(tile).attend(type: .q80)
  }
}

/// A tile's queries with their scratch.
///
/// A query's number is `row × headsPerKey + head`.
private struct CacheQueries {
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

  /// Positions whose values pass all queries before the next come: 64 × 256 bytes are a third of a
  /// first-level cache of 48 KB, which leaves room for the exponentials.
  private static let valueChunk = 64

  @inline(__always)
  init(_ tile: CachedAttentionTile) {
    self.tile = tile
    headDim = tile.head.headDim
    valueStride = tile.head.valueStride
    queryCount = tile.rows * tile.headsPerKey
    let span = CacheHead.tilePositions
    firstScore = max(0, tile.firstPosition + 1 - tile.window) / span * span
    scoreStride = CachedAttentionTile.scoreStride(
      rows: tile.rows, firstPosition: tile.firstPosition, window: tile.window)
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

// MARK: Scores

extension CacheQueries {
  /// The scores of all positions from `firstScore` to the last row's, in whole tiles of keys.
  ///
  /// Scores beyond what a row sees are computed and never read.
  @_transparent
  func multiplyKeys(type: CacheElement) {
    let end = tile.firstPosition + tile.rows
    // Two registers: two blocks of keys, or the halves of one.
    let keysAtOnce = 2 * laneCount
    let size = type.byteCount
    let blockByteCount = headDim * CacheHead.blockPositions * size
    let dimBlocks = tile.head.dimBlocks
    var position = firstScore
    while position < end {
      let block = position / CacheHead.blockPositions
      let keys = tile.head.keys + block * blockByteCount
      var product = CacheProduct(
        broadcasts: scaled, rowStride: headDim,
        vectors: UnsafeRawPointer(keys),
        secondOffset: laneCount == CacheHead.blockPositions ? blockByteCount : laneCount * size,
        step: CacheHead.blockPositions * size, count: headDim,
        y: scores + (position - firstScore), yStride: scoreStride)
      product.isStart = true
      product.ahead = UnsafeRawPointer(keys) + keysAtOnce * headDim * size
      product.aheadStep = keysAtOnce * size
      if isScaled(type) {
        product.scales = UnsafePointer(tile.head.keyScales) + block * dimBlocks * 16
        product.secondScale = laneCount == CacheHead.blockPositions ? dimBlocks * 16 : laneCount
        product.multiplyScaledKeys(queries: queryCount)
      } else {
        product.multiply(queries: queryCount, type: type, isKey: true)
      }
      position += keysAtOnce
    }
  }
}

// MARK: Softmax

/// Replaces scores `from..<to` by exp(score - largest), and returns 1 / their sum.
///
/// Lanes of the first and last block outside of the range become 1.6e-38 (see ``exponential(_:)``),
/// which leaves a sum of at least 1 as it is.
@inline(__always)
private func softmax(_ scores: UnsafeMutablePointer<Float>, from: Int, to: Int) -> Float {
  let span = CacheHead.blockPositions
  let first = from / span * span
  let last = (to + span - 1) / span * span
  for index in first..<from { scores[index] = -.infinity }
  for index in to..<last { scores[index] = -.infinity }
  var largest = load(scores + first)
  var index = first
  while index < last {
    largest = maximum(largest, load(scores + index))
    index += laneCount
  }
  let highest = broadcast(highestLane(largest))
  var even = zeroLanes()
  var odd = zeroLanes()
  index = first
  while index < last {
    let power = exponential(load(scores + index) - highest)
    store(power, scores + index)
    even += power
    if laneCount < span {
      let second = exponential(load(scores + index + laneCount) - highest)
      store(second, scores + index + laneCount)
      odd += second
    }
    index += span
  }
  return 1 / sum(laneCount < span ? even + odd : even)
}

/// The largest of all lanes.
@inline(__always)
private func highestLane(_ lanes: FloatLanes) -> Float {
  var highest = lanes[0]
  for lane in 1..<laneCount where lanes[lane] > highest { highest = lanes[lane] }
  return highest
}

// MARK: Values

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
      let count = min(Self.valueChunk, positions.upperBound - start)
      let values = UnsafeRawPointer(tile.head.values) + start * rowByteCount
      var ahead = values + Self.valueChunk * rowByteCount
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

// MARK: The outer product

/// Sums `y[r] += Σ_i a[r, i] · b[i]`, with b[i] two registers of a cache.
private struct CacheProduct {
  /// a: `rowStride` elements from row to row, one from term to term.
  var broadcasts: UnsafePointer<Float>
  var rowStride: Int
  /// b: bytes from the first register to the second, and from term to term.
  var vectors: UnsafeRawPointer
  var secondOffset: Int
  var step: Int
  /// Terms.
  var count: Int
  var y: UnsafeMutablePointer<Float>
  var yStride: Int
  /// Whether the sums begin at zero, else at y.
  var isStart = false
  /// What to fetch into the cache meanwhile, `aheadStep` bytes a term.
  var ahead: UnsafeRawPointer
  var aheadStep = 0
  /// Scales of a `q80` cache.
  ///
  /// Keys: a register of them at `scales` and another `secondScale`
  /// further, for all terms. Values: one for each term, `scaleStep` apart.
  var scales: UnsafePointer<Float16>?
  var secondScale = 0
  var scaleStep = 0

  init(
    broadcasts: UnsafePointer<Float>, rowStride: Int, vectors: UnsafeRawPointer,
    secondOffset: Int, step: Int, count: Int, y: UnsafeMutablePointer<Float>, yStride: Int
  ) {
    self.broadcasts = broadcasts
    self.rowStride = rowStride
    self.vectors = vectors
    self.secondOffset = secondOffset
    self.step = step
    self.count = count
    self.y = y
    self.yStride = yStride
    ahead = vectors
  }

  /// Keys of 8 bits: one block of elements after another, each with its scales.
  @inline(__always)
  mutating func multiplyScaledKeys(queries: Int) {
    let headDim = count
    var start = 0
    while start < headDim {
      count = min(CacheHead.scaledElements, headDim - start)
      multiply(queries: queries, type: .q80, isKey: true)
      isStart = false
      broadcasts += count
      vectors += count * step
      ahead += count * aheadStep
      scales = scales.map { $0 + CacheHead.blockPositions }
      start += count
    }
  }

  /// Multiplies all queries, a tile at a time; only the first fetches ahead.
  ///
  /// A fetch in every tile took a third of the speed of many queries with AVX2, whose tiles are small.
  @_transparent
  func multiply(queries: Int, type: CacheElement, isKey: Bool) {
    var product = self
    var left = queries
    while left > 0 {
      let rows: Int
      if left >= tileRows {
        if product.aheadStep > 0 {
          product.multiply(rows: tileRows, type: type, isKey: isKey, fetches: true)
        } else {
          product.multiply(rows: tileRows, type: type, isKey: isKey, fetches: false)
        }
        rows = tileRows
      } else if left >= 4 {
        product.multiply(rows: 4, type: type, isKey: isKey, fetches: true)
        rows = 4
      } else if left >= 2 {
        product.multiply(rows: 2, type: type, isKey: isKey, fetches: true)
        rows = 2
      } else {
        product.multiply(rows: 1, type: type, isKey: isKey, fetches: true)
        rows = 1
      }
      left -= rows
      product.broadcasts += rows * rowStride
      product.y += rows * yStride
      product.ahead = vectors
      product.aheadStep = 0
    }
  }

  /// Multiplies `rows` rows: literals, so that each count and type becomes its own code.
  @_transparent
  func multiply(rows: Int, type: CacheElement, isKey: Bool, fetches: Bool) {
    var row0 = sums(of: 0, rows: rows)
    var row1 = sums(of: 1, rows: rows)
    var row2 = sums(of: 2, rows: rows)
    var row3 = sums(of: 3, rows: rows)
    var row4 = sums(of: 4, rows: rows)
    var row5 = sums(of: 5, rows: rows)
    var row6 = sums(of: 6, rows: rows)
    var row7 = sums(of: 7, rows: rows)
    var low = broadcasts
    var high = broadcasts + (rows > 4 ? 4 * rowStride : 0)
    var vector = vectors
    var fetched = ahead
    var scale = CacheScale(self, type: type, isKey: isKey)
    for _ in 0..<count {
      if fetches { prefetch(fetched) }
      let first = scale.apply(loadCached(vector, type: type), type: type, isSecond: false)
      let second = scale.apply(
        loadCached(vector + secondOffset, type: type), type: type, isSecond: true)
      row0.add(low, first, second)
      if rows > 1 { row1.add(low + rowStride, first, second) }
      if rows > 2 { row2.add(low + 2 * rowStride, first, second) }
      if rows > 3 { row3.add(low + 3 * rowStride, first, second) }
      if rows > 4 { row4.add(high, first, second) }
      if rows > 5 { row5.add(high + rowStride, first, second) }
      if rows > 6 { row6.add(high + 2 * rowStride, first, second) }
      if rows > 7 { row7.add(high + 3 * rowStride, first, second) }
      low += 1
      high += 1
      vector += step
      fetched += aheadStep
      if isScaled(type), !isKey { scale.advance(scaleStep) }
    }
    finish(row0, 0)
    if rows > 1 { finish(row1, 1) }
    if rows > 2 { finish(row2, 2) }
    if rows > 3 { finish(row3, 3) }
    if rows > 4 { finish(row4, 4) }
    if rows > 5 { finish(row5, 5) }
    if rows > 6 { finish(row6, 6) }
    if rows > 7 { finish(row7, 7) }
  }

  @inline(__always)
  private func sums(of row: Int, rows: Int) -> CacheSums {
    guard row < rows, !isStart else { return CacheSums() }
    let source = y + row * yStride
    return CacheSums(first: load(source), second: load(source + laneCount))
  }

  @inline(__always)
  private func finish(_ sums: CacheSums, _ row: Int) {
    store(sums.first, y + row * yStride)
    store(sums.second, y + row * yStride + laneCount)
  }
}

/// Whether elements have scales; a switch, since `==` would need a conformance in this module.
@inline(__always)
private func isScaled(_ type: CacheElement) -> Bool {
  switch type {
  case .f32, .f16: false
  case .q80: true
  }
}

/// One register of a cache's elements, widened; scales apart.
@inline(__always)
private func loadCached(_ source: UnsafeRawPointer, type: CacheElement) -> FloatLanes {
  switch type {
  case .f32: load(source.assumingMemoryBound(to: Float.self))
  case .f16: loadHalves(source.assumingMemoryBound(to: Float16.self))
  case .q80: loadSignedBytes(source)
  }
}

/// The scales of the elements that a ``CacheProduct`` loads.
private struct CacheScale {
  var first = zeroLanes()
  var second = zeroLanes()
  var next: UnsafePointer<Float16>?

  @inline(__always)
  init(_ product: CacheProduct, type: CacheElement, isKey: Bool) {
    guard isScaled(type), let scales = product.scales else { return }
    if isKey {
      first = loadHalves(scales)
      second = loadHalves(scales + product.secondScale)
    } else {
      next = scales
      advance(product.scaleStep)
    }
  }

  /// Takes the next term's scale.
  ///
  /// The scale after the last is read as well: a cache has room for it.
  @inline(__always)
  mutating func advance(_ step: Int) {
    guard let scales = next else { return }
    first = broadcast(Float(scales.pointee))
    second = first
    next = scales + step
  }

  @inline(__always)
  func apply(_ lanes: FloatLanes, type: CacheElement, isSecond: Bool) -> FloatLanes {
    guard isScaled(type) else { return lanes }
    return lanes * (isSecond ? second : first)
  }
}

/// The sums of one row of a ``CacheProduct``.
private struct CacheSums {
  var first = zeroLanes()
  var second = zeroLanes()

  @inline(__always)
  mutating func add(
    _ value: UnsafePointer<Float>, _ first: FloatLanes, _ second: FloatLanes
  ) {
    let a = broadcast(value.pointee)
    self.first = multiplyAdd(a, first, self.first)
    self.second = multiplyAdd(a, second, self.second)
  }
}
