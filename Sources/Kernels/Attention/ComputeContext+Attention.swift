import KernelInterface

extension ComputeContext {
  /// Multi-head self-attention of a ragged batch: each sequence attends only to itself.
  ///
  /// - Parameters:
  ///   - queryKeyValue: `[tokens, shape.columns]`: queries, keys and values side by side.
  ///   - shape: the heads of a row.
  ///   - offsets: where each sequence's rows begin, and the end of the last: n + 1 ascending
  ///     numbers from 0 to the number of rows.
  ///   - mask: which tokens of its sequence a token sees.
  ///   - scores: how queries are multiplied with keys.
  ///   - y: result `[tokens, heads × headDim]`; its `rows` become those of `queryKeyValue`.
  package func attention(
    queryKeyValue: borrowing Matrix, shape: AttentionShape, offsets: [Int], mask: AttentionMask,
    scores: ScorePrecision = .float32, into y: inout Matrix
  ) {
    attention(
      queries: queryKeyValue, keys: queryKeyValue, values: queryKeyValue,
      columns: shape.packedColumns, shape: shape, queryOffsets: offsets, keyOffsets: offsets,
      mask: mask, scores: scores, into: &y)
  }

  /// Multi-head attention of a ragged batch, with queries, keys and values in any columns of any
  /// matrices: the queries of sequence s attend to the keys of sequence s.
  ///
  /// A result's bits do not depend on the other sequences of the batch, on the number of threads,
  /// or (with finite keys and values) on the other queries of its sequence.
  ///
  /// - Source: Vaswani et al. 2017, arXiv:1706.03762, section 3.2.
  /// - Parameters:
  ///   - queries: `[query tokens, …]`.
  ///   - keys: `[key tokens, …]`; may be the same matrix as `queries`.
  ///   - values: `[key tokens, …]`; may be the same matrix as `keys`.
  ///   - columns: where the heads begin in a row of each.
  ///   - shape: the heads.
  ///   - queryOffsets: where each sequence's queries begin, and the end of the last: n + 1
  ///     ascending numbers from 0 to the number of rows.
  ///   - keyOffsets: the same of keys and values, also n + 1 numbers.
  ///   - mask: which keys of its sequence a query sees.
  ///   - scores: how queries are multiplied with keys.
  ///   - y: result `[query tokens, heads × headDim]`; its `rows` become those of `queries`.
  /// - Precondition: the heads lie within the rows, a sequence with queries has keys, and a causal
  ///   sequence has at least as many keys as queries.
  /// - Complexity: O(queries × keys × width) a sequence; scratch for each thread's scores, and for
  ///   keys in bytes.
  package func attention(
    queries: borrowing Matrix, keys: borrowing Matrix, values: borrowing Matrix,
    columns: AttentionColumns = AttentionColumns(), shape: AttentionShape, queryOffsets: [Int],
    keyOffsets: [Int], mask: AttentionMask, scores: ScorePrecision = .float32,
    into y: inout Matrix
  ) {
    shape.check()
    precondition(y.columns == shape.queryWidth, "result width differs from the heads'")
    precondition(
      columns.queries + shape.queryWidth <= queries.columns
        && columns.keys + shape.keyWidth <= keys.columns
        && columns.values + shape.keyWidth <= values.columns, "heads exceed the rows")
    precondition(keys.rows == values.rows, "numbers of keys and values differ")
    precondition(queryOffsets.count == keyOffsets.count, "numbers of sequences differ")
    checkOffsets(queryOffsets, rows: queries.rows)
    checkOffsets(keyOffsets, rows: keys.rows)
    y.rows = queries.rows
    var operands = AttentionOperands(
      queries: queries.elements + columns.queries, queryStride: queries.columns,
      keys: keys.elements + columns.keys, keyStride: keys.columns,
      values: values.elements + columns.values, valueStride: values.columns, y: y.elements,
      shape: shape, queryOffsets: queryOffsets, keyOffsets: keyOffsets, mask: mask)
    operands.check()
    switch scores {
    case .float32: attention(operands)
    case .bytes:
      operands.keyByteCount = QuantizedKeys.byteCount(
        rows: operands.longest(keyOffsets), headDim: shape.headDim)
      let headCount = operands.sequenceCount * shape.keyValueHeads
      scratch.withBytes(headCount * operands.keyByteCount) { memory in
        operands.quantizedKeys = memory
        quantizeKeys(operands)
        attention(operands)
      }
    }
  }

  /// One task quantises the keys of one head of one sequence.
  private func quantizeKeys(_ operands: AttentionOperands) {
    let heads = operands.shape.keyValueHeads
    pool.run(taskCount: operands.sequenceCount * heads) { task in
      if let rows = operands.keyRows(sequence: task / heads, keyHead: task % heads) {
        kernels.quantizeKeys(rows)
      }
    }
  }

  /// One task computes one head of one sequence, or some blocks of its queries.
  private func attention(_ operands: AttentionOperands) {
    let headDim = operands.shape.headDim
    let tasks = AttentionTasks(
      operands, blockQueries: kernels.attentionQueryCount, threadCount: pool.threadCount)
    let keyCount = operands.longest(operands.keyOffsets)
    let scoresCount = kernels.attentionScratchCount(keyCount: keyCount, headDim: headDim)
    let scratchCount = scoresCount + (tasks.blocksPerTask > 1 ? 2 * keyCount * headDim : 0)
    scratch.withBytes(pool.threadCount * scratchCount * 4) { bytes in
      let memory = bytes.bindMemory(to: Float.self, capacity: pool.threadCount * scratchCount)
      pool.run(taskCount: tasks.count) { task, thread in
        let (sequence, head, queries) = tasks.part(task, of: operands)
        if queries.isEmpty { return }
        let scratch = memory + thread * scratchCount
        var rows = operands.rows(sequence: sequence, head: head, queries: queries)
        if queries.count > tasks.blockQueries { rows.pack(into: scratch + scoresCount) }
        for query in stride(
          from: queries.lowerBound, to: queries.upperBound, by: tasks.blockQueries)
        {
          let end = min(queries.upperBound, query + tasks.blockQueries)
          kernels.attention(
            operands.block(
              sequence: sequence, head: head, queries: query..<end, rows: rows, scratch: scratch))
        }
      }
    }
  }

  /// Traps unless the offsets ascend from 0 to `rows`.
  func checkOffsets(_ offsets: [Int], rows: Int) {
    precondition(offsets.first == 0 && offsets.last == rows, "offsets do not cover the rows")
    for index in 1..<max(1, offsets.count) {
      precondition(offsets[index - 1] <= offsets[index], "offsets do not ascend")
    }
  }
}
