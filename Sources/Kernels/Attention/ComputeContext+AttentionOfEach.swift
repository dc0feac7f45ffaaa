import KernelInterface

// Rows that have a layer of a cache each: hypotheses of a search, which have read as many tokens.

extension ComputeContext {
  /// Writes the keys and values of one position of each row into the row's layer of a cache.
  ///
  /// - Parameters:
  ///   - rows: packed rows `[queries | keys | values]`.
  ///   - shape: the heads of a row.
  ///   - cache: has `shape.keyValueHeads` heads and room for the position.
  ///   - layers: the layer of the cache of each row.
  ///   - position: of all rows.
  package func append(
    eachOf rows: borrowing Matrix, shape: AttentionShape, to cache: KVCache, layers: [Int],
    position: Int
  ) {
    check(shape, cache, end: position + 1)
    precondition(layers.count == rows.rows, "each row has a layer")
    let columns = shape.packedColumns
    precondition(shape.columns <= rows.columns, "heads exceed the rows")
    for (row, layer) in layers.enumerated() {
      let start = rows.elements + row * rows.columns
      for head in 0..<shape.keyValueHeads {
        kernels.appendToCache(
          CacheRows(
            keys: start + columns.keys + head * shape.headDim,
            values: start + columns.values + head * shape.headDim, stride: rows.columns, rows: 1,
            firstPosition: position, head: cache.head(layer: layer, head: head)))
      }
    }
  }

  /// Attention of each row to the first `positions` positions of its layer of a cache.
  ///
  /// A result has the same bits as that of the row alone.
  ///
  /// - Parameters:
  ///   - queries: `[rows, …]`; the query heads are the first columns of a row.
  ///   - shape: the heads.
  ///   - cache: has `shape.keyValueHeads` heads.
  ///   - layers: the layer of the cache of each row.
  ///   - positions: positions that all rows see, at most the cache's capacity.
  ///   - y: result `[rows, heads × headDim]`; its `rows` become those of `queries`.
  package func attention(
    eachOf queries: borrowing Matrix, shape: AttentionShape, cache: KVCache, layers: [Int],
    positions: Int, into y: inout Matrix
  ) {
    check(shape, cache, end: positions)
    precondition(layers.count == queries.rows, "each row has a layer")
    precondition(queries.columns >= shape.queryWidth, "heads exceed the rows")
    precondition(y.columns == shape.queryWidth, "result width differs from the heads'")
    AttentionMask.full.check(queries: queries.rows, keys: positions)
    y.rows = queries.rows
    let (x, stride, result) = (queries.elements, queries.columns, y.elements)
    let heads = shape.keyValueHeads
    let scratchCount = CachedAttentionTile.scratchCount(
      queries: shape.headsPerKey, positions: positions, headDim: shape.headDim)
    scratch.withBytes(pool.threadCount * scratchCount * 4) { bytes in
      let memory = bytes.bindMemory(to: Float.self, capacity: pool.threadCount * scratchCount)
      pool.run(taskCount: layers.count * heads) { task, thread in
        let row = task / heads
        let own = CachedRows(
          queries: x + row * stride, queryStride: stride, y: result + row * shape.queryWidth,
          rows: 1, shape: shape, cache: cache, layer: layers[row], firstPosition: positions - 1,
          rowStep: 0, window: AttentionMask.full.window)
        kernels.cachedAttention(
          own.tile(head: task % heads, rows: 0..<1, scratch: memory + thread * scratchCount))
      }
    }
  }
}
