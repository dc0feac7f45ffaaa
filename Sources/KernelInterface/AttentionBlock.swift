/// Attention of one block of queries of one head to the keys of its sequence.
///
/// Query q is at position `firstPosition + q` among the keys. It sees the `window` keys that end
/// with its own position: keys `max(0, p + 1 - window) ..< min(keyCount, p + 1)`. It is full
/// attention where `firstPosition` is at least `keyCount - 1` and `window` exceeds every position.
package struct AttentionBlock {
  /// Keys whose exponentials a kernel adds in one chain before it adds the sums of the chains.
  ///
  /// The first key of a block is a multiple of it in its sequence, so that a query's bits do not
  /// depend on the block that it is in.
  @inlinable package static var keysInSum: Int { 64 }

  /// The head's columns of the first query's row.
  package var queries: UnsafePointer<Float>
  /// Elements from one query to the next.
  package var queryStride: Int
  /// The head's columns of the sequence's first key.
  package var keys: UnsafePointer<Float>
  /// Elements from one key to the next.
  package var keyStride: Int
  /// The same keys in bytes, with which the scores are computed, or nil for Float32 scores.
  package var quantizedKeys: QuantizedKeys?
  /// The head's columns of the sequence's first value.
  package var values: UnsafePointer<Float>
  /// Elements from one value to the next.
  package var valueStride: Int
  /// Queries, at most `attentionQueryCount` of the instruction set.
  package var queryCount: Int
  /// Keys and values, at least 1.
  package var keyCount: Int
  /// Rows of the block's keys and values whose following columns, the next head's, are worth
  /// fetching meanwhile.
  package var rowsAhead: Range<Int>
  /// Position of the first query among the keys.
  package var firstPosition: Int
  /// Keys that a query sees, its own position included; at least 1.
  package var window: Int
  /// Columns of a head.
  package var headDim: Int
  /// The head's columns of the first query's result.
  package var y: UnsafeMutablePointer<Float>
  /// Elements from one row of the result to the next.
  package var yStride: Int
  /// Memory for `attentionScratchCount` elements.
  package var scratch: UnsafeMutablePointer<Float>

  /// Creates the operands of one call.
  package init(
    queries: UnsafePointer<Float>, queryStride: Int, keys: UnsafePointer<Float>, keyStride: Int,
    quantizedKeys: QuantizedKeys? = nil, values: UnsafePointer<Float>, valueStride: Int,
    queryCount: Int, keyCount: Int,
    rowsAhead: Range<Int> = 0..<0, firstPosition: Int, window: Int, headDim: Int,
    y: UnsafeMutablePointer<Float>, yStride: Int, scratch: UnsafeMutablePointer<Float>
  ) {
    self.queries = queries
    self.queryStride = queryStride
    self.keys = keys
    self.keyStride = keyStride
    self.quantizedKeys = quantizedKeys
    self.values = values
    self.valueStride = valueStride
    self.queryCount = queryCount
    self.keyCount = keyCount
    self.rowsAhead = rowsAhead
    self.firstPosition = firstPosition
    self.window = window
    self.headDim = headDim
    self.y = y
    self.yStride = yStride
    self.scratch = scratch
  }

  /// The keys that query `query` of the block sees.
  ///
  /// - Complexity: O(1).
  package func keys(seenBy query: Int) -> Range<Int> {
    let position = firstPosition + query
    return max(0, position + 1 - window)..<min(keyCount, position + 1)
  }
}
