import Kernels

// The scan of the 8-bit codes: each task scans a tile of slots and collects candidates with bounds
// on their scores.

extension EmbeddingIndex {
  /// A range of slots of one block, scanned by one task.
  typealias Tile = Range<Int>

  func tiles(isAllowed: ((Int64) -> Bool)?) -> [Tile] {
    var ranges: [Range<Int>] = []
    if let isAllowed {
      for group in groups where isAllowed(group.key) {
        let range = group.firstSlot..<group.firstSlot + group.count
        if let last = ranges.last, last.upperBound == range.lowerBound {
          ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
        } else {
          ranges.append(range)
        }
      }
    } else {
      ranges = [0..<slotCount]
    }
    return ranges.flatMap { range in
      // Tiles start at multiples of their size, so none spans two blocks.
      let first = range.lowerBound / EmbeddingIndex.tileCount
      let last = (range.upperBound + EmbeddingIndex.tileCount - 1) / EmbeddingIndex.tileCount
      return (first..<max(first, last)).map {
        ($0 * EmbeddingIndex.tileCount..<($0 + 1) * EmbeddingIndex.tileCount).clamped(to: range)
      }
    }
  }

  func scan(
    _ tiles: [Tile], _ query: QuantizedQuery, limit: Int
  ) -> VectorCandidates {
    // The states of two workers must not share a cache line; separate class instances ensure that.
    let workers = (0..<pool.threadCount).map { _ in
      TileScanner(limit: limit, tileCount: EmbeddingIndex.tileCount)
    }
    pool.run(taskCount: tiles.count) { task, thread in
      let tile = tiles[task]
      workers[thread].scan(
        blocks[tile.lowerBound / VectorBlock.capacity],
        first: tile.lowerBound % VectorBlock.capacity, count: tile.count,
        firstSlot: tile.lowerBound, query, instructionSet)
    }
    var result = workers[0].candidates
    for worker in workers.dropFirst() { result.merge(worker.candidates) }
    return result
  }
}

/// The state of one thread of a scan.
private final class TileScanner {
  var candidates: VectorCandidates
  private let dots: UnsafeMutablePointer<Int32>

  init(limit: Int, tileCount: Int) {
    candidates = VectorCandidates(limit: limit)
    dots = .allocate(capacity: tileCount)
  }

  deinit { dots.deallocate() }

  func scan(
    _ block: VectorBlock, first: Int, count: Int, firstSlot: Int, _ query: QuantizedQuery,
    _ instructionSet: InstructionSet
  ) {
    query.elements.withUnsafeBufferPointer { elements in
      guard let elements = elements.baseAddress else { return }
      dotQuantizedVectors(
        codes: block.codes + first * block.stride, stride: block.stride, rows: count,
        query: elements, dots: dots, instructionSet: instructionSet)
    }
    let scales = block.scales + first
    let residuals = block.residuals + first
    var threshold = candidates.threshold
    for row in 0..<count {
      let scale = scales[row]
      let score = Float(dots[row] &- query.offset) * (scale * query.scale)
      let error = query.norm * residuals[row] + query.slack * scale
      guard score + error >= threshold else { continue }
      candidates.insert(slot: firstSlot + row, upper: score + error, lower: score - error)
      threshold = candidates.threshold
    }
  }
}
