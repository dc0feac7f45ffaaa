import KernelsReference

/// What a row of activations holds for attention: query heads, then key heads, then value heads.
package struct AttentionShape: Sendable, Equatable {
  /// Query heads; a multiple of `keyValueHeads`.
  package var heads: Int
  /// Heads of keys and of values.
  ///
  /// Query head h uses head `h / (heads / keyValueHeads)` of them.
  package var keyValueHeads: Int
  /// Elements of a head.
  package var headDim: Int

  /// All fields.
  package init(heads: Int, keyValueHeads: Int, headDim: Int) {
    self.heads = heads
    self.keyValueHeads = keyValueHeads
    self.headDim = headDim
  }

  /// Elements of a row: queries, keys and values.
  package var columns: Int { (heads + 2 * keyValueHeads) * headDim }
  /// Query heads that share a head of keys.
  package var headsPerKey: Int { heads / keyValueHeads }
}

extension ComputeContext {
  /// Writes the keys and values of consecutive positions into one layer of a cache.
  ///
  /// - Parameters:
  ///   - queryKeyValue: `[tokens, shape.columns]`.
  ///   - shape: heads of a row.
  ///   - cache: has `shape.keyValueHeads` heads and room for the positions.
  ///   - layer: of the cache.
  ///   - firstPosition: of the first row.
  package func append(
    _ queryKeyValue: borrowing Matrix, shape: AttentionShape, to cache: KVCache, layer: Int,
    firstPosition: Int
  ) {
    let rows = queryKeyValue.rows
    check(queryKeyValue, shape, cache, end: firstPosition + rows)
    let keys = queryKeyValue.elements + shape.heads * shape.headDim
    let stride = shape.columns
    let llama = llama
    func appendHead(_ head: Int) {
      let column = keys + head * shape.headDim
      let task = CacheRows(
        keys: column, values: column + shape.keyValueHeads * shape.headDim, stride: stride,
        rows: rows, firstPosition: firstPosition, head: cache.head(layer: layer, head: head))
      if let llama, cache.type == .f16 {
        llama.appendHalves(task)
      } else {
        appendToCache(task)
      }
    }
    if rows < 8 {
      // A few microseconds of work, not worth sharing.
      for head in 0..<shape.keyValueHeads { appendHead(head) }
    } else {
      pool.run(taskCount: shape.keyValueHeads) { appendHead($0) }
    }
  }

  /// Causal attention of consecutive positions to a cache that holds their keys and values already.
  ///
  /// Every query sees the positions up to its own, or with a window the last `window` of them. Its
  /// result has the same bits whatever the other rows are and however many threads compute.
  ///
  /// - Parameters:
  ///   - queryKeyValue: `[tokens, shape.columns]`, of which the queries are read.
  ///   - shape: heads of a row.
  ///   - cache: has `shape.keyValueHeads` heads.
  ///   - layer: of the cache.
  ///   - firstPosition: of the first row.
  ///   - window: positions that a query sees, its own included; nil for all.
  ///   - y: result `[tokens, heads × headDim]`; its `rows` become those of `queryKeyValue`.
  package func attention(
    _ queryKeyValue: borrowing Matrix, shape: AttentionShape, cache: KVCache, layer: Int,
    firstPosition: Int, window: Int? = nil, into y: inout Matrix
  ) {
    check(queryKeyValue, shape, cache, end: firstPosition + queryKeyValue.rows)
    precondition(y.columns == shape.heads * shape.headDim, "result width differs")
    precondition(window.map { $0 > 0 } ?? true, "a window holds the own position")
    y.rows = queryKeyValue.rows
    let rows = CachedRows(
      queries: queryKeyValue.elements, y: y.elements, rows: queryKeyValue.rows, shape: shape,
      cache: cache, layer: layer, firstPosition: firstPosition, window: window ?? Int.max / 2)
    if let llama { attendByTiles(rows, llama) } else { attendByTwin(rows) }
  }

  private func check(
    _ x: borrowing Matrix, _ shape: AttentionShape, _ cache: KVCache, end: Int
  ) {
    precondition(shape.heads.isMultiple(of: shape.keyValueHeads), "heads do not share evenly")
    precondition(x.columns == shape.columns, "row width differs from the heads'")
    precondition(
      cache.heads == shape.keyValueHeads && cache.headDim == shape.headDim,
      "the cache is for other heads")
    precondition(end <= cache.capacity, "positions exceed the cache")
  }

  /// A task is the queries of a few rows that share one head of keys and values.
  private func attendByTiles(_ task: CachedRows, _ llama: VectorKernels.Llama) {
    // 32 queries: a key is loaded and widened for several register tiles, and their scores of 8,192
    // positions take 1 MB.
    let rowsPerTile = min(task.rows, max(1, 32 / task.shape.headsPerKey))
    guard rowsPerTile > 0 else { return }
    let tiles = (task.rows + rowsPerTile - 1) / rowsPerTile
    let scratchCount = CachedAttentionTile.scratchCount(
      queries: rowsPerTile * task.shape.headsPerKey,
      positions: min(task.firstPosition + task.rows, task.window + rowsPerTile),
      headDim: task.shape.headDim)
    scratch.withBytes(pool.threadCount * scratchCount * 4) { bytes in
      let memory = bytes.bindMemory(to: Float.self, capacity: pool.threadCount * scratchCount)
      pool.run(taskCount: task.shape.keyValueHeads * tiles) { index, thread in
        // Long tiles first, so that the threads end together.
        let firstRow = (tiles - 1 - index % tiles) * rowsPerTile
        llama.attend(
          task.tile(
            head: index / tiles, rows: firstRow..<min(task.rows, firstRow + rowsPerTile),
            scratch: memory + thread * scratchCount))
      }
    }
  }

  private func attendByTwin(_ task: CachedRows) {
    let shape = task.shape
    let end = task.firstPosition + task.rows
    scratch.withBytes(pool.threadCount * end * 4) { bytes in
      let memory = bytes.bindMemory(to: Float.self, capacity: pool.threadCount * end)
      pool.run(taskCount: shape.heads * task.rows) { index, thread in
        let (row, head) = (index / shape.heads, index % shape.heads)
        let position = task.firstPosition + row
        let positions = max(0, position + 1 - task.window)..<(position + 1)
        var scores = UnsafeMutableBufferPointer(
          start: memory + thread * end, count: positions.count
        ).mutableSpan
        var result = UnsafeMutableBufferPointer(
          start: task.y + (row * shape.heads + head) * shape.headDim, count: shape.headDim
        ).mutableSpan
        cachedAttention(
          query: UnsafeBufferPointer(
            start: task.queries + row * shape.columns + head * shape.headDim, count: shape.headDim
          ).span,
          head: task.cache.head(layer: task.layer, head: head / shape.headsPerKey),
          positions: positions, scores: &scores, into: &result)
      }
    }
  }
}

/// The operands of one call of attention.
private struct CachedRows {
  let queries: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let rows: Int
  let shape: AttentionShape
  let cache: KVCache
  let layer: Int
  let firstPosition: Int
  let window: Int

  func tile(
    head: Int, rows: Range<Int>, scratch: UnsafeMutablePointer<Float>
  ) -> CachedAttentionTile {
    let column = head * shape.headsPerKey * shape.headDim
    let width = shape.heads * shape.headDim
    return CachedAttentionTile(
      queries: queries + rows.lowerBound * shape.columns + column, queryStride: shape.columns,
      rows: rows.count, headsPerKey: shape.headsPerKey,
      firstPosition: firstPosition + rows.lowerBound, window: window,
      head: cache.head(layer: layer, head: head), y: y + rows.lowerBound * width + column,
      yStride: width, scratch: scratch)
  }
}
