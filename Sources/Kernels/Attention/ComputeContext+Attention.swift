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

  /// One task computes one head of one sequence; or, where those are few for the threads, one block
  /// of its queries.
  private func attention(_ operands: AttentionOperands) {
    let (shape, sequenceCount) = (operands.shape, operands.sequenceCount)
    let longest = operands.longest(operands.queryOffsets)
    // Six tasks a thread keep the threads' shares even.
    let isFine = sequenceCount * shape.heads < 6 * pool.threadCount
    let blockQueries = kernels.attentionQueryCount
    let queriesPerTask = isFine ? blockQueries : max(1, longest)
    let tasksPerHead = (longest + queriesPerTask - 1) / queriesPerTask
    let scratchCount = kernels.attentionScratchCount(
      keyCount: operands.longest(operands.keyOffsets), headDim: shape.headDim)
    scratch.withBytes(pool.threadCount * scratchCount * 4) { bytes in
      let memory = bytes.bindMemory(to: Float.self, capacity: pool.threadCount * scratchCount)
      pool.run(taskCount: sequenceCount * shape.heads * tasksPerHead) { task, thread in
        let sequence = task / (shape.heads * tasksPerHead)
        let head = task / tasksPerHead % shape.heads
        let firstQuery = task % tasksPerHead * queriesPerTask
        let end = min(operands.queryCount(sequence), firstQuery + queriesPerTask)
        for query in stride(from: firstQuery, to: end, by: blockQueries) {
          kernels.attention(
            operands.block(
              sequence: sequence, head: head, queries: query..<min(end, query + blockQueries),
              scratch: memory + thread * scratchCount))
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

/// The operands of one call of attention.
private struct AttentionOperands {
  /// The first query head's columns of the first row.
  let queries: UnsafePointer<Float>
  let queryStride: Int
  let keys: UnsafePointer<Float>
  let keyStride: Int
  let values: UnsafePointer<Float>
  let valueStride: Int
  let y: UnsafeMutablePointer<Float>
  let shape: AttentionShape
  let queryOffsets: [Int]
  let keyOffsets: [Int]
  let mask: AttentionMask
  /// The keys of all heads of all sequences in bytes, or nil.
  var quantizedKeys: UnsafeMutableRawPointer?
  /// Bytes of the quantised keys of one head, for the longest sequence.
  var keyByteCount = 0

  var sequenceCount: Int { queryOffsets.count - 1 }

  func queryCount(_ sequence: Int) -> Int { queryOffsets[sequence + 1] - queryOffsets[sequence] }

  func keyCount(_ sequence: Int) -> Int { keyOffsets[sequence + 1] - keyOffsets[sequence] }

  /// The rows of the longest sequence.
  func longest(_ offsets: [Int]) -> Int {
    (0..<sequenceCount).reduce(0) { max($0, offsets[$1 + 1] - offsets[$1]) }
  }

  func check() {
    for sequence in 0..<sequenceCount {
      mask.check(queries: queryCount(sequence), keys: keyCount(sequence))
    }
  }

  /// One head's keys of a sequence with their memory; nil where keys stay Float32 or there are none.
  func keyRows(sequence: Int, keyHead: Int) -> KeyRows? {
    let count = keyCount(sequence)
    guard let quantizedKeys, count > 0 else { return nil }
    let index = sequence * shape.keyValueHeads + keyHead
    return KeyRows(
      keys: keys + keyOffsets[sequence] * keyStride + keyHead * shape.headDim, stride: keyStride,
      rows: count,
      target: QuantizedKeys(
        quantizedKeys + index * keyByteCount, rows: count, headDim: shape.headDim))
  }

  /// Some queries of one head of a sequence, with the keys that at least one of them sees.
  func block(
    sequence: Int, head: Int, queries range: Range<Int>, scratch: UnsafeMutablePointer<Float>
  ) -> AttentionBlock {
    let keyCount = keyCount(sequence)
    let firstPosition =
      mask.firstPosition(queries: queryCount(sequence), keys: keyCount) + range.lowerBound
    // The kernel adds parts of this many keys, which must be the same whatever the block.
    let firstSeen = max(0, min(keyCount, firstPosition + 1 - mask.window))
    let firstKey = firstSeen - firstSeen % AttentionBlock.keysInSum
    let endKey = min(keyCount, firstPosition + range.count)
    let queryRow = queryOffsets[sequence] + range.lowerBound
    let keyRow = keyOffsets[sequence] + firstKey
    let keyHead = head / shape.headsPerKey
    let keyColumn = keyHead * shape.headDim
    return AttentionBlock(
      queries: queries + queryRow * queryStride + head * shape.headDim, queryStride: queryStride,
      keys: keys + keyRow * keyStride + keyColumn, keyStride: keyStride,
      quantizedKeys: keyRows(sequence: sequence, keyHead: keyHead)?.target.dropping(firstKey),
      values: values + keyRow * valueStride + keyColumn, valueStride: valueStride,
      queryCount: range.count, keyCount: endKey - firstKey,
      rowsAhead: rowsAhead(sequence: sequence, queries: range)
        .clamped(to: firstKey..<endKey).shifted(by: -firstKey),
      firstPosition: firstPosition - firstKey, window: mask.window, headDim: shape.headDim,
      y: y + queryRow * shape.queryWidth + head * shape.headDim, yStride: shape.queryWidth,
      scratch: scratch)
  }

  /// The share of a sequence's keys that falls to some of its queries: all of them together fetch
  /// each row once.
  private func rowsAhead(sequence: Int, queries range: Range<Int>) -> Range<Int> {
    let (queries, keys) = (queryCount(sequence), keyCount(sequence))
    return range.lowerBound * keys / queries..<range.upperBound * keys / queries
  }
}

extension Range<Int> {
  fileprivate func shifted(by distance: Int) -> Range<Int> {
    lowerBound + distance..<upperBound + distance
  }
}
