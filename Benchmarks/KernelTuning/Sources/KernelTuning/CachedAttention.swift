import KernelsAVX2
import KernelsAVX512
import KernelInterface

/// Attention of one head of keys in a cache, headDim 128, 4 query heads, on one thread: a decoded
/// token (1 row) and a task of a prefill (8 rows).
func measureCachedAttention() {
  print("| cache | rows x positions | AVX-512 µs | GFLOP/s | AVX2 µs | GFLOP/s |")
  print("|---|---|---|---|---|---|")
  for (name, type) in [("F32", CacheElement.f32), ("F16", .f16), ("Q8_0", .q80)] {
    for (rows, positions) in [(1, 512), (1, 4096), (8, 512), (8, 4096)] {
      let tile = cachedTile(type: type, rows: rows, positions: positions)
      let wide = processorSeconds(repeats: 300) { KernelsAVX512.cachedAttention(tile) }
      let narrow = processorSeconds(repeats: 300) { KernelsAVX2.cachedAttention(tile) }
      let operations = Double(4 * rows * 4 * positions * 128) * 1e-9
      let cells = [wide, narrow].flatMap { [Int($0 * 1e6), Int(operations / $0)] }
      print(
        "| \(name) | \(rows) x \(positions) | "
          + cells.map(String.init).joined(separator: " | ") + " |")
    }
  }
}

/// Queries at the end of a cache of zeros with room for as many positions, never freed.
private func cachedTile(type: CacheElement, rows: Int, positions: Int) -> CachedAttentionTile {
  let (headDim, headsPerKey) = (128, 4)
  let elements = (positions + 64) * headDim
  func zeros(_ byteCount: Int) -> UnsafeMutableRawPointer {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    return memory
  }
  let head = CacheHead(
    type: type, headDim: headDim, keys: zeros(elements * type.byteCount),
    values: zeros(elements * type.byteCount),
    keyScales: zeros(elements / 16).assumingMemoryBound(to: Float16.self),
    valueScales: zeros(elements / 16).assumingMemoryBound(to: Float16.self))
  let width = headsPerKey * headDim
  let scratchCount = CachedAttentionTile.scratchCount(
    queries: rows * headsPerKey, positions: positions, headDim: headDim)
  return CachedAttentionTile(
    queries: values(rows * width), queryStride: width, rows: rows, headsPerKey: headsPerKey,
    firstPosition: positions - rows, rowStep: 1, window: Int.max / 2, head: head,
    y: values(rows * width),
    yStride: width, scratch: values(scratchCount))
}
