package import KernelInterface

// Attention of one head, one block of queries at a time.
//
// The lanes of a register are queries. The block's queries are transposed once into scratch (and
// scaled by 1/√headDim); then the scores of one key for all queries of the block are a chain of
// multiply-adds with the key's elements broadcast, read in place. So softmax runs down the
// keys, lane by lane, without any sum across a register; and the result is again a product whose
// rows, the values, are read in place. Nothing else is transposed or copied.
//
// Every sum runs over ascending dimensions or ascending keys, whatever the block.

/// Queries in a block: two registers of them.
package let attentionQueryCount = 2 * laneCount

/// Elements of scratch for ``attention(_:)``.
package func attentionScratchCount(keyCount: Int, headDim: Int) -> Int {
  (headDim + keyCount + 1) * attentionQueryCount
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
  let scores = block.scratch + block.headDim * attentionQueryCount
  let factors = scores + block.keyCount * attentionQueryCount
  fetchNextHead(block)
  transposeQueries(block)
  multiplyKeys(block, scores: scores, registers: registers)
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

/// Writes the queries to scratch, `[headDim, attentionQueryCount]`, scaled.
///
/// Lanes of absent queries repeat the last query; their results are not stored.
private func transposeQueries(_ block: AttentionBlock) {
  let scale = 1 / Float(block.headDim).squareRoot()
  let whole = block.headDim - block.headDim % 4
  for firstQuery in stride(from: 0, to: block.queryCount, by: laneCount) {
    let target = block.scratch + firstQuery
    for dim in stride(from: 0, to: whole, by: 4) {
      transposeFour(
        block.queries + dim, firstRow: firstQuery, lastRow: block.queryCount - 1,
        stride: block.queryStride, scale: scale, into: target + dim * attentionQueryCount,
        targetStride: attentionQueryCount)
    }
    for dim in whole..<block.headDim {
      for lane in 0..<laneCount {
        let query = min(firstQuery + lane, block.queryCount - 1)
        target[dim * attentionQueryCount + lane] =
          block.queries[query * block.queryStride + dim] * scale
      }
    }
  }
}

/// Transposes four columns of `laneCount` rows, scaled; rows after the last repeat it.
///
/// Register k gathers rows k, 4 + k, 8 + k, ... , a quarter in each 128-bit part; transposing 4 x 4
/// inside the parts then leaves the rows in their order.
@inline(__always)
private func transposeFour(
  _ source: UnsafePointer<Float>, firstRow: Int, lastRow: Int, stride: Int, scale: Float,
  into target: UnsafeMutablePointer<Float>, targetStride: Int
) {
  let factor = broadcast(scale)
  func rows(_ k: Int) -> FloatLanes {
    gatherQuarters { part in source + min(firstRow + 4 * part + k, lastRow) * stride } * factor
  }
  let (first, second, third, fourth) = transposeQuarters(rows(0), rows(1), rows(2), rows(3))
  store(first, target)
  store(second, target + targetStride)
  store(third, target + 2 * targetStride)
  store(fourth, target + 3 * targetStride)
}

/// The scores `[keyCount, attentionQueryCount]`: every key with every query of the block.
@_transparent
private func multiplyKeys(
  _ block: AttentionBlock, scores: UnsafeMutablePointer<Float>, registers: Int
) {
  var key = 0
  while key < block.keyCount {
    let left = block.keyCount - key
    var product = OuterProduct(
      broadcasts: block.keys + key * block.keyStride, rowStride: block.keyStride, step: 1,
      vectors: block.scratch, vectorStep: attentionQueryCount, count: block.headDim,
      y: scores + key * attentionQueryCount, yStride: attentionQueryCount)
    product.width = registers * laneCount
    if left >= tileRows {
      product.multiply(rows: tileRows, registers: registers, isWhole: true)
      key += tileRows
    } else if left >= 4 {
      product.multiply(rows: 4, registers: registers, isWhole: true)
      key += 4
    } else {
      product.multiply(rows: 1, registers: registers, isWhole: true)
      key += 1
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
    var largest = load(column)
    for key in 1..<max(1, block.keyCount) {
      largest = maximum(largest, load(column + key * attentionQueryCount))
    }
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
      let left = block.queryCount - query
      var product = OuterProduct(
        broadcasts: scores + query, rowStride: 1, step: attentionQueryCount,
        vectors: block.values + dim, vectorStep: block.valueStride, count: block.keyCount,
        y: block.y + query * block.yStride + dim, yStride: block.yStride)
      product.width = min(2 * laneCount, block.headDim - dim)
      product.factors = factors + query
      let isWhole = product.width == 2 * laneCount
      if left >= tileRows {
        if isWhole {
          product.multiply(rows: tileRows, registers: 2, isWhole: true)
        } else {
          product.multiply(rows: tileRows, registers: 2, isWhole: false)
        }
        query += tileRows
      } else if left >= 4, isWhole {
        product.multiply(rows: 4, registers: 2, isWhole: true)
        query += 4
      } else {
        if isWhole {
          product.multiply(rows: 1, registers: 2, isWhole: true)
        } else {
          product.multiply(rows: 1, registers: 2, isWhole: false)
        }
        query += 1
      }
    }
  }
}

/// A tile of sums `y[r] = Σ_i a[r, i] · b[i]`, with b[i] one or two registers.
private struct OuterProduct {
  /// a: `rowStride` elements from row to row, `step` from term to term.
  var broadcasts: UnsafePointer<Float>
  var rowStride: Int
  var step: Int
  /// b: `vectorStep` elements from term to term.
  var vectors: UnsafePointer<Float>
  var vectorStep: Int
  /// Terms.
  var count: Int
  var y: UnsafeMutablePointer<Float>
  var yStride: Int
  /// Columns of b and y that exist.
  var width = 0
  /// A factor for each row, or nil.
  var factors: UnsafePointer<Float>?

  init(
    broadcasts: UnsafePointer<Float>, rowStride: Int, step: Int, vectors: UnsafePointer<Float>,
    vectorStep: Int, count: Int, y: UnsafeMutablePointer<Float>, yStride: Int
  ) {
    self.broadcasts = broadcasts
    self.rowStride = rowStride
    self.step = step
    self.vectors = vectors
    self.vectorStep = vectorStep
    self.count = count
    self.y = y
    self.yStride = yStride
  }

  /// Multiplies `rows` rows of `registers` registers: literals, as in ``PanelStep``.
  @_transparent
  func multiply(rows: Int, registers: Int, isWhole: Bool) {
    let width = isWhole ? registers * laneCount : width
    var sums = RowTile()
    var numbers = TileNumbers(broadcasts, stride: rowStride, rows: rows)
    var vector = vectors
    for _ in 0..<count {
      sums.add(
        numbers, TileRow(vector, width: width, registers: registers), rows: rows,
        registers: registers)
      numbers.advance(by: step)
      vector += vectorStep
    }
    if let factors { sums.multiply(by: factors, rows: rows, registers: registers) }
    sums.write(y, stride: yStride, width: width, rows: rows, registers: registers)
  }
}
