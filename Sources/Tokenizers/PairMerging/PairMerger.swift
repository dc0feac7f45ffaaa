/// Byte-pair merging of words; the working memory is kept from word to word.
///
/// Repeatedly merges the pair of neighbours with the lowest rank, of equal ranks the leftmost, until
/// no pair merges. SentencePiece's agenda and llama.cpp's queue have the same order.
///
/// - Source: Sennrich et al. 2016, arXiv:1508.07909, algorithm 1. Parity: sentencepiece
///   `bpe_model.cc`, llama.cpp `llm_tokenizer_spm_session` and `llm_tokenizer_bpe_session`.
/// - Complexity: O(k²) for words of k ≤ ``shortWordSymbolCount`` symbols, which are nearly all, and
///   O(k log k) for longer words; no allocation once the buffers have grown.
struct PairMerger {
  /// Longest word for which a linear scan is faster than a heap, measured on English prose.
  static let shortWordSymbolCount = 48

  /// Element n is the packed merge of symbols n and n + 1, or `MergeTable.none`.
  private var candidates: [UInt64] = []
  private var next: [Int32] = []
  private var previous: [Int32] = []
  private var queue = RankQueue()

  /// Merges the symbols of a word in place.
  mutating func merge(_ symbols: inout [Int32], with table: MergeTable) {
    if symbols.count < 2 { return }
    candidates.removeAll(keepingCapacity: true)
    var isMergeable = false
    for index in 0..<symbols.count - 1 {
      let packed = table.packedMerge(left: symbols[index], right: symbols[index + 1])
      candidates.append(packed)
      if packed != MergeTable.none { isMergeable = true }
    }
    if !isMergeable { return }
    if symbols.count <= Self.shortWordSymbolCount {
      mergeShort(&symbols, table)
    } else {
      mergeLong(&symbols, table)
    }
  }

  private mutating func mergeShort(_ symbols: inout [Int32], _ table: MergeTable) {
    while true {
      var lowest = MergeTable.none
      var place = -1
      for (index, packed) in candidates.enumerated() where packed >> 32 < lowest >> 32 {
        lowest = packed
        place = index
      }
      if place < 0 { return }
      symbols[place] = Int32(truncatingIfNeeded: lowest)
      symbols.remove(at: place + 1)
      candidates.remove(at: place)
      if place > 0 {
        candidates[place - 1] = table.packedMerge(
          left: symbols[place - 1], right: symbols[place])
      }
      if place < candidates.count {
        candidates[place] = table.packedMerge(left: symbols[place], right: symbols[place + 1])
      }
    }
  }

  /// The same result with a linked list and a priority queue.
  ///
  /// Outdated entries stay in the queue and are skipped when they are popped, because their rank
  /// differs from that of the pair at their place.
  private mutating func mergeLong(_ symbols: inout [Int32], _ table: MergeTable) {
    let count = symbols.count
    next = (0..<count).map { Int32($0 + 1) }
    previous = (0..<count).map { Int32($0 - 1) }
    candidates.append(MergeTable.none)  // the last symbol has no right neighbour
    queue.fill(candidates)
    while let (rank, place) = queue.pop() {
      guard UInt32(candidates[place] >> 32) == rank, candidates[place] != MergeTable.none else {
        continue
      }
      let right = Int(next[place])
      symbols[place] = Int32(truncatingIfNeeded: candidates[place])
      candidates[right] = MergeTable.none
      symbols[right] = -1
      next[place] = next[right]
      if next[place] < count { previous[Int(next[place])] = Int32(place) }
      if previous[place] >= 0 { reconsider(Int(previous[place]), symbols, table) }
      reconsider(place, symbols, table)
    }
    symbols.removeAll { $0 < 0 }
  }

  /// Looks up the pair that begins at `place` and queues it if it merges.
  private mutating func reconsider(_ place: Int, _ symbols: [Int32], _ table: MergeTable) {
    let right = Int(next[place])
    guard right < symbols.count else {
      candidates[place] = MergeTable.none
      return
    }
    candidates[place] = table.packedMerge(left: symbols[place], right: symbols[right])
    if candidates[place] != MergeTable.none {
      queue.push(rank: UInt32(candidates[place] >> 32), place: place)
    }
  }
}

/// A binary heap of places, ordered by rank, then by place.
private struct RankQueue {
  /// `rank << 32 | place`.
  private var heap: [UInt64] = []

  /// Replaces the content with the candidates that merge, in O(count).
  mutating func fill(_ candidates: [UInt64]) {
    heap.removeAll(keepingCapacity: true)
    for (place, packed) in candidates.enumerated() where packed != MergeTable.none {
      heap.append((packed >> 32) << 32 | UInt64(place))
    }
    for index in (0..<heap.count / 2).reversed() { sink(index) }
  }

  mutating func push(rank: UInt32, place: Int) {
    let entry = UInt64(rank) << 32 | UInt64(place)
    heap.append(entry)
    var index = heap.count - 1
    while index > 0, heap[(index - 1) / 2] > entry {
      heap[index] = heap[(index - 1) / 2]
      index = (index - 1) / 2
    }
    heap[index] = entry
  }

  mutating func pop() -> (rank: UInt32, place: Int)? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      sink(0)
    }
    return (UInt32(first >> 32), Int(first & 0xFFFF_FFFF))
  }

  private mutating func sink(_ start: Int) {
    let entry = heap[start]
    var index = start
    while true {
      var child = index * 2 + 1
      if child >= heap.count { break }
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      if heap[child] >= entry { break }
      heap[index] = heap[child]
      index = child
    }
    heap[index] = entry
  }
}
