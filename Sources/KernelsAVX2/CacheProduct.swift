import KernelsReference

// Attention with a cache, the outer product of both its passes.

/// Sums `y[r] += Σ_i a[r, i] · b[i]`, with b[i] two registers of a cache.
struct CacheProduct {
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
