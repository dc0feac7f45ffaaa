// What the vector kernels of the Llama family are told; see KernelArguments.swift.

/// Root-mean-square normalisation of some rows.
package struct RMSNormRows {
  /// The first row, `[rows, width]`.
  package var x: UnsafePointer<Float>
  /// The first row of the result, `[rows, width]`.
  package var y: UnsafeMutablePointer<Float>
  /// Rows.
  package var rows: Int
  /// Elements in a row.
  package var width: Int
  /// Gain, `[width]`.
  package var weight: UnsafePointer<Float>
  /// Added to the mean square.
  package var epsilon: Float

  /// All fields.
  package init(
    x: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>, rows: Int, width: Int,
    weight: UnsafePointer<Float>, epsilon: Float
  ) {
    self.x = x
    self.y = y
    self.rows = rows
    self.width = width
    self.weight = weight
    self.epsilon = epsilon
  }
}

/// SwiGLU of some rows `[gate | up]`.
package struct SwiGLURows {
  /// The first row, `[rows, 2 × width]`.
  package var x: UnsafePointer<Float>
  /// The first row of the result, `[rows, width]`.
  package var y: UnsafeMutablePointer<Float>
  /// Rows.
  package var rows: Int
  /// Elements in a row of the result.
  package var width: Int

  /// All fields.
  package init(
    x: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>, rows: Int, width: Int
  ) {
    self.x = x
    self.y = y
    self.rows = rows
    self.width = width
  }
}

/// Which elements of a head rotate together.
package enum RopeStyle: String, Sendable, CaseIterable {
  /// `(0, 1), (2, 3), …`: GGUF files of arch `llama`.
  case interleaved
  /// `(0, n/2), (1, n/2 + 1), …`: arch `phi3`, GPT-NeoX, and every Hugging Face checkpoint.
  case halves
}

/// Rotation of the heads at the start of some rows, in place.
package struct RopeRows {
  /// The first row; `heads` heads of `headDim` elements stand at its start.
  package var x: UnsafeMutablePointer<Float>
  /// Elements from one row to the next.
  package var stride: Int
  /// Rows.
  package var rows: Int
  /// Heads to rotate in each row.
  package var heads: Int
  /// Elements of a head.
  package var headDim: Int
  /// Elements of a head that rotate, the first ones; even.
  package var rotaryDim: Int
  /// Which elements rotate together.
  package var style: RopeStyle
  /// For each row `rotaryDim` cosines, then `rotaryDim` sines, each with the sign that its element
  /// needs: minus for the first of a pair.
  package var table: UnsafePointer<Float>

  /// All fields.
  package init(
    x: UnsafeMutablePointer<Float>, stride: Int, rows: Int, heads: Int, headDim: Int,
    rotaryDim: Int, style: RopeStyle, table: UnsafePointer<Float>
  ) {
    self.x = x
    self.stride = stride
    self.rows = rows
    self.heads = heads
    self.headDim = headDim
    self.rotaryDim = rotaryDim
    self.style = style
    self.table = table
  }
}

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
  /// Where they go.
  package var head: CacheHead

  /// All fields.
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

/// Causal attention of some consecutive rows' queries that share one head of a cache.
///
/// A row has `headsPerKey` query heads side by side. Row r stands at position
/// `firstPosition + r` and attends to the `window` positions that end with its own.
package struct CachedAttentionTile {
  /// The first row's first query head of the group.
  package var queries: UnsafePointer<Float>
  /// Elements from one row of queries to the next.
  package var queryStride: Int
  /// Rows.
  package var rows: Int
  /// Query heads that share the key head.
  package var headsPerKey: Int
  /// Position of the first row.
  package var firstPosition: Int
  /// Positions that a row sees, its own included; at least 1.
  package var window: Int
  /// The keys and values, those of the rows' own positions included.
  package var head: CacheHead
  /// The group's columns of the first row's result.
  package var y: UnsafeMutablePointer<Float>
  /// Elements from one row of the result to the next.
  package var yStride: Int
  /// Memory for ``scratchCount`` elements at a 64-byte boundary.
  package var scratch: UnsafeMutablePointer<Float>

  /// All fields.
  package init(
    queries: UnsafePointer<Float>, queryStride: Int, rows: Int, headsPerKey: Int,
    firstPosition: Int, window: Int, head: CacheHead, y: UnsafeMutablePointer<Float>, yStride: Int,
    scratch: UnsafeMutablePointer<Float>
  ) {
    self.queries = queries
    self.queryStride = queryStride
    self.rows = rows
    self.headsPerKey = headsPerKey
    self.firstPosition = firstPosition
    self.window = window
    self.head = head
    self.y = y
    self.yStride = yStride
    self.scratch = scratch
  }

  /// The positions that a row sees.
  package func positions(ofRow row: Int) -> Range<Int> {
    let end = firstPosition + row + 1
    return max(0, end - window)..<end
  }

  /// Elements from one query's scores to the next: the positions from the first that any row sees,
  /// in whole tiles of keys, and a cache line so that rows do not fall into the same cache sets.
  package static func scoreStride(rows: Int, firstPosition: Int, window: Int) -> Int {
    let end = firstPosition + rows
    let start = max(0, firstPosition + 1 - window) / CacheHead.tilePositions
    return (end + CacheHead.tilePositions - 1) / CacheHead.tilePositions * CacheHead.tilePositions
      - start * CacheHead.tilePositions + CacheHead.blockPositions
  }

  /// Elements of scratch that suffice for a tile: scaled queries, scores, sums and factors.
  ///
  /// - Parameters:
  ///   - queries: `rows × headsPerKey`.
  ///   - positions: no fewer than all its rows together see.
  ///   - headDim: elements of a head.
  /// - Returns: Float32 elements, whole cache lines.
  package static func scratchCount(queries: Int, positions: Int, headDim: Int) -> Int {
    // The scores begin and end at whole tiles of keys.
    let stride = positions + 2 * CacheHead.tilePositions + CacheHead.blockPositions
    let floats = queries * (headDim + stride + CacheHead.valueStride(headDim: headDim) + 1)
    let line = CacheHead.blockPositions
    return (floats + line - 1) / line * line
  }
}
