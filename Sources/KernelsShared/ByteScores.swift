package import KernelInterface

// The scores of a block of queries by products of unsigned with signed bytes.
//
// The lanes of a register are queries, as for Float32 scores; a 32-bit lane holds four dimensions of
// its query, and the same four of a key are broadcast. ``addByteProducts(_:_:_:)`` adds the four
// products, so a lane's sum is the dot product itself, and exact.

/// Keys of one tile: 8 x 2 sums at 512 bits; 4 x 2 at 256, where a product may need two temporaries.
private let byteTileKeys = laneCount == 16 ? 8 : 4

/// Rows of `attentionQueryCount` elements of scratch that a block with quantised keys needs beside
/// its scores.
func byteScoresScratchRows(headDim: Int) -> Int {
  3 * QuantizedKeys.rowByteCount(headDim: headDim) / 4 + 2
}

/// The scores of a block with quantised keys; the scalar twin has the same name.
///
/// - Accuracy: equal to the scalar twin bit for bit, for finite queries.
/// - Complexity: O(queryCount × keyCount × headDim), no allocation.
package func byteScores(_ block: AttentionBlock, into scores: UnsafeMutablePointer<Float>) {
  if block.queryCount <= laneCount {
    byteScores(block, into: scores, registers: 1)
  } else {
    byteScores(block, into: scores, registers: 2)
  }
}

@_transparent
func byteScores(
  _ block: AttentionBlock, into scores: UnsafeMutablePointer<Float>, registers: Int
) {
  guard let keys = block.quantizedKeys else { return }
  let queries = QuantizedQueries(block, keys)
  queries.fill(from: block, registers: registers)
  var key = 0
  while key < block.keyCount {
    let tile = ByteTile(
      keys: keys.dropping(key), queries: queries, y: scores + key * attentionQueryCount)
    let left = block.keyCount - key
    if left >= byteTileKeys {
      tile.multiply(rows: byteTileKeys, registers: registers)
      key += byteTileKeys
    } else {
      tile.multiply(rows: 1, registers: registers)
      key += 1
    }
  }
}

/// The queries of a block as bytes, in its scratch.
private struct QuantizedQueries {
  /// `[rowByteCount / 4, attentionQueryCount]` words of four dimensions.
  let words: UnsafeMutablePointer<Float>
  /// `[attentionQueryCount, rowByteCount]`: the same before they are transposed.
  let rows: UnsafeMutablePointer<Float>
  /// The scale of each query, by 1/√headDim.
  let scales: UnsafeMutablePointer<Float>
  /// The offset of each query, by 1/√headDim.
  let offsets: UnsafeMutablePointer<Float>
  /// A query that is not a multiple of 32 elements, filled up.
  let room: UnsafeMutablePointer<Float>
  let rowByteCount: Int

  init(_ block: AttentionBlock, _ keys: QuantizedKeys) {
    rowByteCount = keys.rowByteCount
    let count = rowByteCount / 4 * attentionQueryCount
    words = block.scratch
    rows = words + count
    scales = rows + count
    offsets = scales + attentionQueryCount
    room = offsets + attentionQueryCount
  }

  /// Quantises and transposes the queries of a block; lanes of absent ones repeat the last.
  @inline(__always)
  func fill(from block: AttentionBlock, registers: Int) {
    for query in 0..<block.queryCount { quantize(block, query) }
    let last = block.queryCount - 1
    for lane in block.queryCount..<max(block.queryCount, registers * laneCount) {
      scales[lane] = scales[last]
      offsets[lane] = offsets[last]
    }
    let rowWords = rowByteCount / 4
    for firstQuery in stride(from: 0, to: block.queryCount, by: laneCount) {
      for word in stride(from: 0, to: rowWords, by: 4) {
        transposeFour(
          rows + word, firstRow: firstQuery, lastRow: last, stride: rowWords, scale: nil,
          into: words + word * attentionQueryCount + firstQuery, targetStride: attentionQueryCount)
      }
    }
  }

  /// Quantises one query.
  private func quantize(_ block: AttentionBlock, _ query: Int) {
    var source = block.queries + query * block.queryStride
    if block.headDim < rowByteCount {
      room.update(from: source, count: block.headDim)
      // Elements of the query itself, so that they do not widen its range; the keys have zeros here.
      (room + block.headDim).update(
        repeating: source.pointee, count: rowByteCount - block.headDim)
      source = UnsafePointer(room)
    }
    var largest = load(source)
    var least = largest
    for dim in stride(from: laneCount, to: rowByteCount, by: laneCount) {
      let lanes = load(source + dim)
      largest = maximum(largest, lanes)
      least = minimum(least, lanes)
    }
    // Adding 0 makes -0 a 0, whichever of the two the comparisons kept.
    let offset = leastLane(least) + 0
    let range = largestLane(largest) - offset
    let isConstant = !(range >= smallestRange)
    let (shift, inverse) = (broadcast(offset), isConstant ? 0 : largestOffsetQuant / range)
    let target = UnsafeMutableRawPointer(rows) + query * rowByteCount
    for dim in stride(from: 0, to: rowByteCount, by: 32) {
      quantizeUnsigned32(source + dim, shift, broadcast(inverse), into: target + dim)
    }
    let factor = 1 / Float(block.headDim).squareRoot()
    scales[query] = (isConstant ? 0 : range / largestOffsetQuant) * factor
    offsets[query] = offset * factor
  }
}

/// Some keys with all queries of a block.
private struct ByteTile {
  /// From the tile's first key on.
  var keys: QuantizedKeys
  var queries: QuantizedQueries
  /// The first key's scores; `attentionQueryCount` elements a key.
  var y: UnsafeMutablePointer<Float>

  /// Multiplies `rows` keys with `registers` registers of queries: literals, so that each pair of
  /// counts becomes its own code.
  @_transparent
  func multiply(rows: Int, registers: Int) {
    var sum0 = ByteSums()
    var sum1 = ByteSums()
    var sum2 = ByteSums()
    var sum3 = ByteSums()
    var sum4 = ByteSums()
    var sum5 = ByteSums()
    var sum6 = ByteSums()
    var sum7 = ByteSums()
    let stride = queries.rowByteCount
    var low = UnsafeRawPointer(keys.quants)
    var high = low + (rows > 4 ? 4 * stride : 0)
    var words = UnsafeRawPointer(queries.words)
    for _ in 0..<((keys.headDim + 3) / 4) {
      let lanes = ByteSums(words, registers: registers)
      sum0.add(lanes, low, registers: registers)
      if rows > 1 { sum1.add(lanes, low + stride, registers: registers) }
      if rows > 2 { sum2.add(lanes, low + 2 * stride, registers: registers) }
      if rows > 3 { sum3.add(lanes, low + 3 * stride, registers: registers) }
      if rows > 4 { sum4.add(lanes, high, registers: registers) }
      if rows > 5 { sum5.add(lanes, high + stride, registers: registers) }
      if rows > 6 { sum6.add(lanes, high + 2 * stride, registers: registers) }
      if rows > 7 { sum7.add(lanes, high + 3 * stride, registers: registers) }
      words += 4 * attentionQueryCount
      low += 4
      high += 4
    }
    write(sum0, key: 0, registers: registers)
    if rows > 1 { write(sum1, key: 1, registers: registers) }
    if rows > 2 { write(sum2, key: 2, registers: registers) }
    if rows > 3 { write(sum3, key: 3, registers: registers) }
    if rows > 4 { write(sum4, key: 4, registers: registers) }
    if rows > 5 { write(sum5, key: 5, registers: registers) }
    if rows > 6 { write(sum6, key: 6, registers: registers) }
    if rows > 7 { write(sum7, key: 7, registers: registers) }
  }

  /// Writes one key's scores.
  @_transparent
  func write(_ sums: ByteSums, key: Int, registers: Int) {
    let scale = broadcast(keys.scales[key])
    let total = broadcast(keys.sums[key])
    let target = y + key * attentionQueryCount
    let first = floats(sums.first) * scale * load(queries.scales)
    store(multiplyAdd(total, load(queries.offsets), first), target)
    if registers > 1 {
      let second = floats(sums.second) * scale * load(queries.scales + laneCount)
      store(multiplyAdd(total, load(queries.offsets + laneCount), second), target + laneCount)
    }
  }
}

/// Up to two registers of integers side by side: the sums of one key, or four dimensions of the
/// queries.
///
/// The second is not used for a single register.
private struct ByteSums {
  var first = zeroIntegers()
  var second = zeroIntegers()

  /// Zeros.
  @inline(__always)
  init() {}

  /// Four dimensions of the queries.
  @inline(__always)
  init(_ source: UnsafeRawPointer, registers: Int) {
    first = loadIntegers(source)
    if registers > 1 { second = loadIntegers(source + 4 * laneCount) }
  }

  /// Adds the products with four dimensions of a key.
  @inline(__always)
  mutating func add(_ queries: ByteSums, _ key: UnsafeRawPointer, registers: Int) {
    let bytes = broadcastWord(key)
    first = addByteProducts(first, queries.first, bytes)
    if registers > 1 { second = addByteProducts(second, queries.second, bytes) }
  }
}
