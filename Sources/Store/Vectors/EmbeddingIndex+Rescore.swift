// Exact scores of the candidates, computed from the Float32 vectors.

extension EmbeddingIndex {
  func rescore(
    _ survivors: [VectorCandidates.Candidate], query: [Float], limit: Int,
    report: inout SearchReport,
    withVector: (Int64, (UnsafeRawBufferPointer) -> Double) throws -> Double?
  ) throws -> [Match] {
    func isBefore(_ left: Match, _ right: Match) -> Bool {
      (right.score, left.id) < (left.score, right.id)
    }
    let wide = query.map(Double.init)
    var best: [Match] = []
    var next = 0
    while next < survivors.count {
      // The k-th exact score exceeds every remaining upper bound, so the rest need not be read.
      if best.count == limit, let last = best.last,
        last.score > Double(survivors[next].upper)
      {
        break
      }
      guard report.rescoredCount < EmbeddingIndex.maximumRescoredCount else {
        report.isProvedExact = false
        break
      }
      let id = id(ofSlot: survivors[next].slot)
      next += 1
      report.rescoredCount += 1
      guard let score = try withVector(id, { innerProduct(wide, $0) }) else { continue }
      let match = Match(id: id, score: score)
      if best.count == limit {
        guard let last = best.last, isBefore(match, last) else { continue }
        best.removeLast()
      }
      let place = best.firstIndex { isBefore(match, $0) } ?? best.count
      best.insert(match, at: place)
    }
    return best
  }

  /// The id of a vector, by binary search for its group.
  private func id(ofSlot slot: Int) -> Int64 {
    var low = 0
    var high = groups.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if groups[middle].firstSlot <= slot { low = middle } else { high = middle }
    }
    return groups[low].firstID + Int64(slot - groups[low].firstSlot)
  }
}

/// The inner product of a query and the little-endian Float32 elements of a vector, in Float64.
///
/// - Accuracy: 384 products of Float32 are exact in Float64; their sum is within 1e-13.
func innerProduct(_ query: [Double], _ vector: UnsafeRawBufferPointer) -> Double {
  precondition(vector.count == query.count * MemoryLayout<Float>.stride, "another dimension")
  // Eight partial sums, so that the additions do not depend on each other.
  var sums = SIMD8<Double>.zero
  var index = 0
  while index + 8 <= query.count {
    for lane in 0..<8 {
      let element = vector.loadUnaligned(fromByteOffset: (index + lane) * 4, as: Float.self)
      sums[lane] += query[index + lane] * Double(element)
    }
    index += 8
  }
  var sum = sums.sum()
  while index < query.count {
    let element = vector.loadUnaligned(fromByteOffset: index * 4, as: Float.self)
    sum += query[index] * Double(element)
    index += 1
  }
  return sum
}
