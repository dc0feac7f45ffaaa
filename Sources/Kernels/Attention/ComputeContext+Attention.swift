import KernelsReference

extension ComputeContext {
  /// Multi-head self-attention of a ragged batch: each sequence attends only to itself.
  ///
  /// - Parameters:
  ///   - queryKeyValue: `[tokens, 3 × width]`: queries, keys and values side by side.
  ///   - sequenceOffsets: where each sequence's rows begin, and the end of the last:
  ///     n + 1 ascending numbers from 0 to the number of rows.
  ///   - heads: number of heads; divides `width`.
  ///   - y: result `[tokens, width]`; its `rows` become those of `queryKeyValue`.
  package func attention(
    queryKeyValue: borrowing Matrix, sequenceOffsets: [Int], heads: Int, into y: inout Matrix
  ) {
    let width = y.columns
    precondition(queryKeyValue.columns == 3 * width, "packed width is not three times the width")
    precondition(heads > 0 && width.isMultiple(of: heads), "heads do not divide the width")
    checkOffsets(sequenceOffsets, rows: queryKeyValue.rows)
    y.rows = queryKeyValue.rows
    let packed = queryKeyValue.elements
    let result = y.elements
    if let vector {
      vectorAttention(
        vector, packed, sequenceOffsets: sequenceOffsets, heads: heads, width: width, into: result)
      return
    }
    pool.run(taskCount: sequenceOffsets.count - 1) { sequence in
      let start = sequenceOffsets[sequence]
      let tokens = sequenceOffsets[sequence + 1] - start
      scratch.withBytes(tokens * 4) { bytes in
        let floats = bytes.bindMemory(to: Float.self, capacity: tokens)
        var scores = UnsafeMutableBufferPointer(start: floats, count: tokens).mutableSpan
        var rows = UnsafeMutableBufferPointer(start: result + start * width, count: tokens * width)
          .mutableSpan
        KernelsReference.attention(
          queryKeyValue: UnsafeBufferPointer(
            start: packed + start * 3 * width, count: tokens * 3 * width
          ).span,
          heads: heads, width: width, scores: &scores, into: &rows)
      }
    }
  }

  /// A task is one head of one sequence; or, where those are few for the threads, one block of its
  /// queries.
  private func vectorAttention(
    _ vector: VectorKernels, _ packed: UnsafePointer<Float>, sequenceOffsets: [Int], heads: Int,
    width: Int, into result: UnsafeMutablePointer<Float>
  ) {
    let headDim = width / heads
    let sequenceCount = sequenceOffsets.count - 1
    let longest = (0..<sequenceCount).reduce(0) {
      max($0, sequenceOffsets[$1 + 1] - sequenceOffsets[$1])
    }
    // Six tasks a thread keep the threads' shares even.
    let isFine = sequenceCount * heads < 6 * pool.threadCount
    let rowsPerTask = isFine ? vector.attentionQueryCount : max(1, longest)
    let tasksPerHead = (longest + rowsPerTask - 1) / rowsPerTask
    let scratchCount = vector.attentionScratchCount(longest, headDim)
    scratch.withBytes(pool.threadCount * scratchCount * 4) { bytes in
      let memory = bytes.bindMemory(to: Float.self, capacity: pool.threadCount * scratchCount)
      pool.run(taskCount: sequenceCount * heads * tasksPerHead) { task, thread in
        let sequence = task / (heads * tasksPerHead)
        let column = task / tasksPerHead % heads * headDim
        let start = sequenceOffsets[sequence]
        let tokens = sequenceOffsets[sequence + 1] - start
        let firstQuery = task % tasksPerHead * rowsPerTask
        let rows = packed + start * 3 * width + column
        for query in stride(
          from: firstQuery, to: min(tokens, firstQuery + rowsPerTask),
          by: vector.attentionQueryCount)
        {
          vector.attend(
            AttentionBlock(
              queries: rows + query * 3 * width, keys: rows + width, values: rows + 2 * width,
              stride: 3 * width, queryCount: min(vector.attentionQueryCount, tokens - query),
              keyCount: tokens, headDim: headDim, y: result + (start + query) * width + column,
              yStride: width, scratch: memory + thread * scratchCount))
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
