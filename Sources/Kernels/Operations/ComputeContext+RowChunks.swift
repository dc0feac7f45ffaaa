extension ComputeContext {
  /// Runs `body` over ranges of rows: on the calling thread for little work, in parallel for more.
  func forRowChunks(_ rows: Int, elementsPerRow: Int, _ body: (Range<Int>) -> Void) {
    // 16,384 elements are about 3 µs of work, worth sharing.
    let largest = max(1, 16_384 / max(1, elementsPerRow))
    let chunks = (rows + largest - 1) / largest
    // As many for each thread: of three equal chunks, one of two threads would have two.
    let rounds = (chunks + pool.freeThreadCount - 1) / pool.freeThreadCount
    let even = chunks > 1 ? rounds * pool.freeThreadCount : 1
    let rowsPerChunk = max(1, (rows + even - 1) / even)
    pool.runInParts(taskCount: (rows + rowsPerChunk - 1) / rowsPerChunk) { chunk, _ in
      let start = chunk * rowsPerChunk
      body(start..<min(rows, start + rowsPerChunk))
    }
  }
}
