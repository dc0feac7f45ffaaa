import KernelInterface

extension ComputeContext {
  /// Writes the keys and values of consecutive positions into one layer of a cache.
  ///
  /// - Parameters:
  ///   - rows: `[positions, …]`, keys and values among their columns.
  ///   - columns: where the keys and the values begin in a row; those of a packed row
  ///     `[queries | keys | values]` when nil.
  ///   - shape: the heads of a row.
  ///   - cache: has `shape.keyValueHeads` heads and room for the positions.
  ///   - layer: index of the layer in the cache.
  ///   - firstPosition: position of the first row.
  package func append(
    _ rows: borrowing Matrix, columns: AttentionColumns? = nil, shape: AttentionShape,
    to cache: KVCache, layer: Int, firstPosition: Int
  ) {
    let columns = columns ?? shape.packedColumns
    check(shape, cache, end: firstPosition + rows.rows)
    precondition(
      max(columns.keys, columns.values) + shape.keyWidth <= rows.columns, "heads exceed the rows")
    let (elements, stride, count) = (rows.elements, rows.columns, rows.rows)
    func appendHead(_ head: Int) {
      kernels.appendToCache(
        CacheRows(
          keys: elements + columns.keys + head * shape.headDim,
          values: elements + columns.values + head * shape.headDim, stride: stride, rows: count,
          firstPosition: firstPosition, head: cache.head(layer: layer, head: head)))
    }
    if count < 8 {
      // A few microseconds of work are not worth sharing.
      for head in 0..<shape.keyValueHeads { appendHead(head) }
    } else {
      pool.run(taskCount: shape.keyValueHeads) { appendHead($0) }
    }
  }

  /// Attention to the first `positions` positions of a cache, which holds their keys and values.
  ///
  /// With a causal mask the queries are the last of these positions. With the full mask all queries
  /// see all positions: cross-attention to an encoder's output, whose keys and values were appended
  /// once. A result has the same bits whatever the other rows are and however many threads compute.
  ///
  /// - Source: Vaswani et al. 2017, arXiv:1706.03762, sections 3.2.1 and 3.2.3.
  /// - Parameters:
  ///   - queries: `[tokens, …]`; the query heads are the first columns of a row.
  ///   - shape: the heads.
  ///   - cache: has `shape.keyValueHeads` heads.
  ///   - layer: index of the layer in the cache.
  ///   - positions: positions of the cache that are in use, at most its capacity.
  ///   - mask: which of them a query sees.
  ///   - y: result `[tokens, heads × headDim]`; its `rows` become those of `queries`.
  package func attention(
    _ queries: borrowing Matrix, shape: AttentionShape, cache: KVCache, layer: Int, positions: Int,
    mask: AttentionMask, into y: inout Matrix
  ) {
    check(shape, cache, end: positions)
    precondition(queries.columns >= shape.queryWidth, "heads exceed the rows")
    precondition(y.columns == shape.queryWidth, "result width differs from the heads'")
    mask.check(queries: queries.rows, keys: positions)
    y.rows = queries.rows
    let isFull = mask == .full
    let rows = CachedRows(
      queries: queries.elements, queryStride: queries.columns, y: y.elements, rows: queries.rows,
      shape: shape, cache: cache, layer: layer,
      firstPosition: isFull ? positions - 1 : positions - queries.rows, rowStep: isFull ? 0 : 1,
      window: mask.window)
    attention(rows)
  }

  func check(_ shape: AttentionShape, _ cache: KVCache, end: Int) {
    shape.check()
    precondition(
      cache.heads == shape.keyValueHeads && cache.headDim == shape.headDim,
      "the cache is for other heads")
    precondition(end <= cache.capacity, "positions exceed the cache")
  }

  /// One task computes the queries of a few rows that share one head of keys and values.
  private func attention(_ task: CachedRows) {
    // 32 queries: a key is loaded and widened for several register tiles, and their scores of 8,192
    // positions take 1 MB.
    let rowsPerTile = min(task.rows, max(1, 32 / task.shape.headsPerKey))
    guard rowsPerTile > 0 else { return }
    let tiles = (task.rows + rowsPerTile - 1) / rowsPerTile
    let scratchCount = CachedAttentionTile.scratchCount(
      queries: rowsPerTile * task.shape.headsPerKey,
      positions: min(task.end, task.window + rowsPerTile),
      headDim: task.shape.headDim)
    scratch.withBytes(pool.threadCount * scratchCount * 4) { bytes in
      let memory = bytes.bindMemory(to: Float.self, capacity: pool.threadCount * scratchCount)
      pool.run(taskCount: task.shape.keyValueHeads * tiles) { index, thread in
        // Long tiles first, so that the threads end together.
        let firstRow = (tiles - 1 - index % tiles) * rowsPerTile
        kernels.cachedAttention(
          task.tile(
            head: index / tiles, rows: firstRow..<min(task.rows, firstRow + rowsPerTile),
            scratch: memory + thread * scratchCount))
      }
    }
  }
}

/// The operands of one call of attention.
struct CachedRows {
  let queries: UnsafePointer<Float>
  let queryStride: Int
  let y: UnsafeMutablePointer<Float>
  let rows: Int
  let shape: AttentionShape
  let cache: KVCache
  let layer: Int
  /// The last position that the first row sees.
  let firstPosition: Int
  let rowStep: Int
  let window: Int

  /// The end of the positions that any row sees.
  var end: Int { firstPosition + (rows - 1) * rowStep + 1 }

  func tile(
    head: Int, rows: Range<Int>, scratch: UnsafeMutablePointer<Float>
  ) -> CachedAttentionTile {
    let column = head * shape.headsPerKey * shape.headDim
    let width = shape.queryWidth
    return CachedAttentionTile(
      queries: queries + rows.lowerBound * queryStride + column, queryStride: queryStride,
      rows: rows.count, headsPerKey: shape.headsPerKey,
      firstPosition: firstPosition + rows.lowerBound * rowStep, rowStep: rowStep, window: window,
      head: cache.head(layer: layer, head: head), y: y + rows.lowerBound * width + column,
      yStride: width, scratch: scratch)
  }
}
