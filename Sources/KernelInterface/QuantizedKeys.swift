/// Keys of one head of a sequence in signed bytes, for scores by products of bytes.
///
/// Key j is `scales[j] · quants[j, d]` in dimension d. Memory, in this order: the quants
/// `[rows, rowByteCount]`, the scales `[rows]`, the sums `[rows]`, and scratch for a row,
/// `[rowByteCount]` Float32.
package struct QuantizedKeys {
  /// The first row's quants; zeros follow a row's elements up to ``rowByteCount``.
  package var quants: UnsafeMutableRawPointer
  /// The scale of each row.
  package var scales: UnsafeMutablePointer<Float>
  /// The scale of each row times the sum of its quants.
  package var sums: UnsafeMutablePointer<Float>
  /// Elements of a head.
  package var headDim: Int

  /// Keys in some memory.
  ///
  /// - Parameters:
  ///   - memory: ``byteCount(rows:headDim:)`` bytes at a 64-byte boundary.
  ///   - rows: keys.
  ///   - headDim: elements of a head.
  package init(_ memory: UnsafeMutableRawPointer, rows: Int, headDim: Int) {
    self.headDim = headDim
    let rowByteCount = Self.rowByteCount(headDim: headDim)
    quants = memory
    scales = (memory + rows * rowByteCount).bindMemory(
      to: Float.self, capacity: 2 * rows + rowByteCount)
    sums = scales + rows
  }

  /// Bytes of one row: whole blocks of 32.
  package var rowByteCount: Int { Self.rowByteCount(headDim: headDim) }

  /// Bytes of one row of `headDim` elements: whole blocks of 32.
  package static func rowByteCount(headDim: Int) -> Int { (headDim + 31) / 32 * 32 }

  /// Bytes of `rows` keys, a multiple of a cache line.
  package static func byteCount(rows: Int, headDim: Int) -> Int {
    let rowByteCount = rowByteCount(headDim: headDim)
    return (rows * (rowByteCount + 8) + 4 * rowByteCount + 63) / 64 * 64
  }

  /// The same keys without the first `count`.
  package func dropping(_ count: Int) -> QuantizedKeys {
    var rest = self
    rest.quants += count * rowByteCount
    rest.scales += count
    rest.sums += count
    return rest
  }
}

/// The keys of one head of a sequence, and the memory that they are quantised to.
package struct KeyRows {
  /// The head's columns of the first key.
  package var keys: UnsafePointer<Float>
  /// Elements from one key to the next.
  package var stride: Int
  /// Keys.
  package var rows: Int
  /// The memory that they are quantised to.
  package var target: QuantizedKeys

  /// Creates the operands of one call.
  package init(keys: UnsafePointer<Float>, stride: Int, rows: Int, target: QuantizedKeys) {
    self.keys = keys
    self.stride = stride
    self.rows = rows
    self.target = target
  }

  /// Scratch for a row, `[rowByteCount]`.
  package var room: UnsafeMutablePointer<Float> { target.sums + rows }
}
