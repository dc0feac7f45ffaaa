import KernelInterface

// Attention with a cache, the scores: queries times keys, and their softmax.

extension CacheQueries {
  /// The scores of all positions from `firstScore` to the last row's, in whole tiles of keys.
  ///
  /// Scores beyond what a row sees are computed and never read.
  @_transparent
  func multiplyKeys(type: CacheElement) {
    let end = tile.end
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

/// Replaces scores `from..<to` by exp(score - largest), and returns 1 / their sum.
///
/// Lanes of the first and last block outside of the range become 1.6e-38 (see ``exponential(_:)``),
/// which leaves a sum of at least 1 as it is.
@inline(__always)
func softmax(_ scores: UnsafeMutablePointer<Float>, from: Int, to: Int) -> Float {
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
