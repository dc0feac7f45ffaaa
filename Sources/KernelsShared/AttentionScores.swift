import KernelInterface

// The scores of a block of queries, in Float32.

/// The scores `[keyCount, attentionQueryCount]`: every key with every query of the block.
@_transparent
func multiplyKeys(
  _ block: AttentionBlock, scores: UnsafeMutablePointer<Float>, registers: Int
) {
  var key = 0
  while key < block.keyCount {
    let rows = rowsOfNextTile(left: block.keyCount - key, tileRows: tileRows)
    var product = OuterProduct(
      broadcasts: block.keys + key * block.keyStride, rowStride: block.keyStride, step: 1,
      vectors: block.scratch, vectorStep: attentionQueryCount, count: block.headDim,
      y: scores + key * attentionQueryCount, yStride: attentionQueryCount)
    product.width = registers * laneCount
    product.multiply(anyRows: rows, registers: registers, isWhole: true)
    key += rows
  }
}

/// Writes the queries to scratch, `[headDim, attentionQueryCount]`, scaled.
///
/// Lanes of absent queries repeat the last query; their results are not stored.
func transposeQueries(_ block: AttentionBlock) {
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

/// Transposes four columns of `laneCount` rows, scaled or, without a scale, any 32 bits as they are;
/// rows after the last repeat it.
///
/// Register k gathers rows k, 4 + k, 8 + k, ... , a quarter in each 128-bit part; transposing 4 x 4
/// inside the parts then leaves the rows in their order.
@inline(__always)
func transposeFour(
  _ source: UnsafePointer<Float>, firstRow: Int, lastRow: Int, stride: Int, scale: Float?,
  into target: UnsafeMutablePointer<Float>, targetStride: Int
) {
  func rows(_ k: Int) -> FloatLanes {
    let lanes = gatherQuarters { part in
      source + min(firstRow + 4 * part + k, lastRow) * stride
    }
    return scale.map { lanes * broadcast($0) } ?? lanes
  }
  let (first, second, third, fourth) = transposeQuarters(rows(0), rows(1), rows(2), rows(3))
  store(first, target)
  store(second, target + targetStride)
  store(third, target + 2 * targetStride)
  store(fourth, target + 3 * targetStride)
}
