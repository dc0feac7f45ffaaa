/// Keys and values of some consecutive positions, to be written into one head of a cache.
package struct CacheRows {
  /// The head's columns of the first position's key.
  package var keys: UnsafePointer<Float>
  /// The head's columns of the first position's value.
  package var values: UnsafePointer<Float>
  /// Elements from one position's key or value to the next.
  package var stride: Int
  /// Positions to write.
  package var rows: Int
  /// The first of them.
  package var firstPosition: Int
  /// The memory that receives them.
  package var head: CacheHead

  /// Creates the operands of one call.
  package init(
    keys: UnsafePointer<Float>, values: UnsafePointer<Float>, stride: Int, rows: Int,
    firstPosition: Int, head: CacheHead
  ) {
    self.keys = keys
    self.values = values
    self.stride = stride
    self.rows = rows
    self.firstPosition = firstPosition
    self.head = head
  }
}
