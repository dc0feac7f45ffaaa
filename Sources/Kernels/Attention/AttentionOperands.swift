import KernelInterface

/// The operands of one call of attention.
struct AttentionOperands {
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

  /// The keys of a sequence that at least one of some queries sees, from a multiple of
  /// ``AttentionBlock/keysInSum`` on: the kernel adds parts of so many keys, which must be the same
  /// whatever the block.
  private func seenKeys(sequence: Int, queries range: Range<Int>) -> Range<Int> {
    let position = firstPosition(sequence) + range.lowerBound
    let firstSeen = max(0, min(keyCount(sequence), position + 1 - mask.window))
    let first = firstSeen - firstSeen % AttentionBlock.keysInSum
    return first..<min(keyCount(sequence), position + range.count)
  }

  /// The position of a sequence's first query among its keys.
  private func firstPosition(_ sequence: Int) -> Int {
    mask.firstPosition(queries: queryCount(sequence), keys: keyCount(sequence))
  }

  /// The keys and values of a head that at least one of some queries sees.
  func rows(sequence: Int, head: Int, queries range: Range<Int>) -> HeadRows {
    let seen = seenKeys(sequence: sequence, queries: range)
    let keyHead = head / shape.headsPerKey
    let keyRow = keyOffsets[sequence] + seen.lowerBound
    let column = keyHead * shape.headDim
    let quantized = keyRows(sequence: sequence, keyHead: keyHead)?.target
    return HeadRows(
      keys: keys + keyRow * keyStride + column, keyStride: keyStride,
      quantizedKeys: quantized?.dropping(seen.lowerBound),
      values: values + keyRow * valueStride + column, valueStride: valueStride, range: seen,
      headDim: shape.headDim)
  }

  /// Some queries of one head of a sequence, with those of `rows` that at least one of them sees.
  func block(
    sequence: Int, head: Int, queries range: Range<Int>, rows: HeadRows,
    scratch: UnsafeMutablePointer<Float>
  ) -> AttentionBlock {
    let seen = seenKeys(sequence: sequence, queries: range)
    let rows = rows.dropping(seen.lowerBound - rows.range.lowerBound)
    let ahead = rowsAhead(sequence: sequence, queries: range).clamped(to: seen)
    let queryRow = queryOffsets[sequence] + range.lowerBound
    return AttentionBlock(
      queries: queries + queryRow * queryStride + head * shape.headDim, queryStride: queryStride,
      keys: rows.keys, keyStride: rows.keyStride, quantizedKeys: rows.quantizedKeys,
      values: rows.values, valueStride: rows.valueStride, queryCount: range.count,
      keyCount: seen.count,
      rowsAhead: rows.isPacked ? 0..<0 : ahead.shifted(by: -seen.lowerBound),
      firstPosition: firstPosition(sequence) + range.lowerBound - seen.lowerBound,
      window: mask.window, headDim: shape.headDim,
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
