extension ComputeContext {
  /// Runs `body` over ranges of rows: on the calling thread for little work, in parallel for more.
  func forRowChunks(_ rows: Int, elementsPerRow: Int, _ body: (Range<Int>) -> Void) {
    // 16,384 elements are about 3 µs of work, worth sharing.
    let rowsPerChunk = max(1, 16_384 / max(1, elementsPerRow))
    pool.run(taskCount: (rows + rowsPerChunk - 1) / rowsPerChunk) { chunk in
      let start = chunk * rowsPerChunk
      body(start..<min(rows, start + rowsPerChunk))
    }
  }
}
