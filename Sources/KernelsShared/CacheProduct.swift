import KernelInterface

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
  /// The address to prefetch meanwhile, `aheadStep` bytes per term.
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
  /// A fetch in every tile took a third of the speed of many queries with AVX2, whose tiles are
  /// small.
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
    let width = 2 * laneCount
    var sums =
      isStart ? RowTile() : RowTile(y, stride: yStride, width: width, rows: rows, registers: 2)
    var numbers = TileNumbers(broadcasts, stride: rowStride, rows: rows)
    var vector = vectors
    var fetched = ahead
    var scale = CacheScale(self, type: type, isKey: isKey)
    for _ in 0..<count {
      if fetches { prefetch(fetched) }
      var term = TileRow()
      term.first = scale.apply(loadCached(vector, type: type), type: type, isSecond: false)
      term.second = scale.apply(
        loadCached(vector + secondOffset, type: type), type: type, isSecond: true)
      sums.add(numbers, term, rows: rows, registers: 2)
      numbers.advance(by: 1)
      vector += step
      fetched += aheadStep
      if isScaled(type), !isKey { scale.advance(scaleStep) }
    }
    sums.write(y, stride: yStride, width: width, rows: rows, registers: 2)
  }
}
