package import KernelInterface

// Attention of one head, one block of queries at a time.
//
// The lanes of a register are queries. The block's queries are transposed once into scratch (and
// scaled by 1/√headDim); then the scores of one key for all queries of the block are a chain of
// multiply-adds with the key's elements broadcast, read in place, or products of bytes
// (ByteScores). So softmax runs down the keys, lane by lane, without any sum across a register; and
// the result is again a product whose rows, the values, are read in place. Nothing else is transposed
// or copied.
//
// Every sum runs over ascending dimensions or ascending keys, whatever the block.

/// Queries in a block: two registers of them.
package let attentionQueryCount = 2 * laneCount

/// Elements of scratch for ``attention(_:)``.
package func attentionScratchCount(keyCount: Int, headDim: Int) -> Int {
  (queryScratchRows(headDim: headDim) + keyCount + 1) * attentionQueryCount
}

/// Rows of `attentionQueryCount` elements of scratch for the queries, transposed or as bytes.
private func queryScratchRows(headDim: Int) -> Int {
  max(headDim, byteScoresScratchRows(headDim: headDim))
}

/// Attention of one block of queries; the scalar twin has the same name.
///
/// A key that a query does not see gets the weight 0, and the sums of the visible ones keep their
/// order: with finite values a query's bits do not depend on which queries share its block.
///
/// - Accuracy: Float32 chains of `headDim` and `keyCount` terms; exp as in ``exponential(_:)``.
/// - Complexity: O(queryCount × keyCount × headDim), no allocation.
package func attention(_ block: AttentionBlock) {
  if block.queryCount <= laneCount {
    attention(block, registers: 1)
  } else {
    attention(block, registers: 2)
  }
}

@_transparent
private func attention(_ block: AttentionBlock, registers: Int) {
  let scores = block.scratch + queryScratchRows(headDim: block.headDim) * attentionQueryCount
  let factors = scores + block.keyCount * attentionQueryCount
  fetchNextHead(block)
  if block.quantizedKeys == nil {
    transposeQueries(block)
    multiplyKeys(block, scores: scores, registers: registers)
  } else {
    byteScores(block, into: scores, registers: registers)
  }
  let hidesKeys =
    block.keys(seenBy: 0).upperBound < block.keyCount
    || block.keys(seenBy: block.queryCount - 1).lowerBound > 0
  softmaxDownKeys(
    block, scores: scores, factors: factors, registers: registers, hidesKeys: hidesKeys)
  multiplyValues(block, scores: scores, factors: factors)
}

/// Prefetches this block's share of the following head, which is likely to be computed next.
///
/// A head's part of a row is a few cache lines, far from the next row's, so the processor does not
/// fetch it by itself: 16 tokens a sequence took 14 µs from the third-level cache, and 10 with
/// this.
@inline(__always)
private func fetchNextHead(_ block: AttentionBlock) {
  for row in block.rowsAhead {
    for dim in stride(from: block.headDim, to: 2 * block.headDim, by: 16) {
      prefetch(block.keys + row * block.keyStride + dim)
      prefetch(block.values + row * block.valueStride + dim)
    }
  }
  for row in 0..<block.queryCount {
    for dim in stride(from: block.headDim, to: 2 * block.headDim, by: 16) {
      prefetch(block.queries + row * block.queryStride + dim)
    }
  }
}

/// Replaces scores by exp(score - largest of the query), and writes 1 / their sum; keys that a query
/// does not see, where there are any, get 0.
@_transparent
private func softmaxDownKeys(
  _ block: AttentionBlock, scores: UnsafeMutablePointer<Float>,
  factors: UnsafeMutablePointer<Float>, registers: Int, hidesKeys: Bool
) {
  if hidesKeys { setHiddenScores(block, scores, to: -.infinity) }
  for register in 0..<registers {
    let column = scores + register * laneCount
    let largest = largestDownKeys(column, count: block.keyCount)
    for key in 0..<block.keyCount {
      let target = column + key * attentionQueryCount
      store(exponential(load(target) - largest), target)
    }
  }
  if hidesKeys { setHiddenScores(block, scores, to: 0) }
  for register in 0..<registers {
    let sum = sumDownKeys(scores + register * laneCount, count: block.keyCount)
    store(broadcast(1) / sum, factors + register * laneCount)
  }
}

/// The largest score of each query.
@inline(__always)
private func largestDownKeys(_ column: UnsafePointer<Float>, count: Int) -> FloatLanes {
  var largest = load(column)
  for key in 1..<max(1, count) {
    largest = maximum(largest, load(column + key * attentionQueryCount))
  }
  return largest
}

/// The sum of a column of registers, in parts of ``AttentionBlock/keysInSum`` keys.
///
/// One chain of 1,500 positive terms of about the same size, as Whisper's encoder has where a head
/// attends to everything, loses 3 decimal digits: the output of tiny.en differed by 2.5e-4 of its range
/// from that in Float64.
@inline(__always)
private func sumDownKeys(_ column: UnsafePointer<Float>, count: Int) -> FloatLanes {
  var total = zeroLanes()
  let span = AttentionBlock.keysInSum
  for first in stride(from: 0, to: count, by: span) {
    var part = zeroLanes()
    for key in first..<min(first + span, count) { part += load(column + key * attentionQueryCount) }
    total += part
  }
  return total
}

/// Overwrites the scores of the keys that a query does not see.
private func setHiddenScores(
  _ block: AttentionBlock, _ scores: UnsafeMutablePointer<Float>, to value: Float
) {
  for query in 0..<block.queryCount {
    let seen = block.keys(seenBy: query)
    for key in 0..<seen.lowerBound { scores[key * attentionQueryCount + query] = value }
    for key in seen.upperBound..<block.keyCount {
      scores[key * attentionQueryCount + query] = value
    }
  }
}

/// The weighted sums of the values, for all queries of the block.
private func multiplyValues(
  _ block: AttentionBlock, scores: UnsafePointer<Float>, factors: UnsafePointer<Float>
) {
  for dim in stride(from: 0, to: block.headDim, by: 2 * laneCount) {
    var query = 0
    while query < block.queryCount {
      let rows = rowsOfNextTile(left: block.queryCount - query, tileRows: tileRows)
      var product = OuterProduct(
        broadcasts: scores + query, rowStride: 1, step: attentionQueryCount,
        vectors: block.values + dim, vectorStep: block.valueStride, count: block.keyCount,
        y: block.y + query * block.yStride + dim, yStride: block.yStride)
      product.width = min(2 * laneCount, block.headDim - dim)
      product.factors = factors + query
      if product.width == 2 * laneCount {
        product.multiply(anyRows: rows, registers: 2, isWhole: true)
      } else {
        product.multiply(anyRows: rows, registers: 2, isWhole: false)
      }
      query += rows
    }
  }
}
