import KernelInterface
import KernelsReference

/// The scalar twins, with the operands of the kernels.
struct ReferenceKernels: KernelSet {
  /// The largest quant of queries that are multiplied with quantised keys.
  var largestOffsetQuant: Float = 255

  func applyBiasAndActivation(
    _ x: UnsafeMutablePointer<Float>, rows: Int, stride: Int, width: Int,
    bias: UnsafePointer<Float>?, activation: ActivationFunction
  ) {
    for row in 0..<rows {
      var span = UnsafeMutableBufferPointer(start: x + row * stride, count: width).mutableSpan
      if let bias {
        add(&span, residual: UnsafeBufferPointer(start: bias, count: width).span)
      }
      apply(activation, to: &span)
    }
  }

  func layerNorm(_ task: LayerNormRows) {
    let count = task.rows * task.width
    if task.y != task.x { task.y.update(from: task.x, count: count) }
    var span = UnsafeMutableBufferPointer(start: task.y, count: count).mutableSpan
    if let residual = task.residual {
      add(&span, residual: UnsafeBufferPointer(start: residual, count: count).span)
    }
    KernelsReference.layerNorm(
      &span, weight: UnsafeBufferPointer(start: task.weight, count: task.width).span,
      bias: UnsafeBufferPointer(start: task.bias, count: task.width).span, epsilon: task.epsilon)
  }

  func rmsNorm(_ task: RMSNormRows) {
    for row in 0..<task.rows {
      var y = UnsafeMutableBufferPointer(start: task.y + row * task.width, count: task.width)
        .mutableSpan
      KernelsReference.rmsNorm(
        UnsafeBufferPointer(start: task.x + row * task.width, count: task.width).span,
        weight: UnsafeBufferPointer(start: task.weight, count: task.width).span,
        epsilon: task.epsilon, addsToY: task.addsToY, into: &y)
    }
  }

  func glu(_ task: GLURows) {
    for row in 0..<task.rows {
      var y = UnsafeMutableBufferPointer(start: task.y + row * task.width, count: task.width)
        .mutableSpan
      KernelsReference.glu(
        UnsafeBufferPointer(start: task.x + row * 2 * task.width, count: 2 * task.width).span,
        activation: task.activation, into: &y)
    }
  }

  func rope(_ task: RopeRows) {
    for row in 0..<task.rows {
      let table = task.table + row * 2 * task.rotaryDim
      for head in 0..<task.heads {
        var span = UnsafeMutableBufferPointer(
          start: task.x + row * task.stride + head * task.headDim, count: task.headDim
        ).mutableSpan
        KernelsReference.rope(
          &span, cosines: UnsafeBufferPointer(start: table, count: task.rotaryDim).span,
          sines: UnsafeBufferPointer(start: table + task.rotaryDim, count: task.rotaryDim).span,
          style: task.style)
      }
    }
  }

  /// As many as give every thread work in a short sequence.
  var attentionQueryCount: Int { 8 }

  /// A query's scores, and its quants.
  func attentionScratchCount(keyCount: Int, headDim: Int) -> Int { keyCount + headDim }

  func attention(_ block: AttentionBlock) {
    let last = block.keyCount - 1
    let values = UnsafeBufferPointer(
      start: block.values, count: last * block.valueStride + block.headDim)
    for query in 0..<block.queryCount {
      let positions = block.keys(seenBy: query)
      let memory = UnsafeMutableBufferPointer(start: block.scratch, count: positions.count)
      var scores = memory.mutableSpan
      var y = UnsafeMutableBufferPointer(
        start: block.y + query * block.yStride, count: block.headDim
      ).mutableSpan
      let row = UnsafeBufferPointer(
        start: block.queries + query * block.queryStride, count: block.headDim
      ).span
      if let keys = block.quantizedKeys?.dropping(positions.lowerBound) {
        byteScores(row, keys, room: block.scratch + block.keyCount, into: &scores)
        KernelsReference.attention(
          scores: &scores, values: values.span, valueStride: block.valueStride,
          firstPosition: positions.lowerBound, into: &y)
      } else {
        let keys = UnsafeBufferPointer(
          start: block.keys, count: last * block.keyStride + block.headDim)
        KernelsReference.attention(
          query: row, keys: keys.span, keyStride: block.keyStride, values: values.span,
          valueStride: block.valueStride, positions: positions, scores: &scores, into: &y)
      }
    }
  }

  private func byteScores(
    _ query: Span<Float>, _ keys: QuantizedKeys, room: UnsafeMutablePointer<Float>,
    into scores: inout MutableSpan<Float>
  ) {
    let count = scores.count
    let bytes = UnsafeMutableRawPointer(room).bindMemory(to: UInt8.self, capacity: query.count)
    var quants = UnsafeMutableBufferPointer(start: bytes, count: query.count).mutableSpan
    KernelsReference.byteScores(
      query: query, largestQuant: largestOffsetQuant,
      keyQuants: UnsafeBufferPointer(
        start: keys.quants.assumingMemoryBound(to: Int8.self), count: count * keys.rowByteCount
      ).span, keyScales: UnsafeBufferPointer(start: keys.scales, count: count).span,
      keySums: UnsafeBufferPointer(start: keys.sums, count: count).span, quants: &quants,
      scores: &scores)
  }

  func quantizeKeys(_ rows: KeyRows) {
    let (target, count) = (rows.target, rows.rows)
    let keys = UnsafeBufferPointer(
      start: rows.keys, count: max(0, (count - 1) * rows.stride + target.headDim))
    var quants = UnsafeMutableBufferPointer(
      start: target.quants.bindMemory(to: Int8.self, capacity: count * target.rowByteCount),
      count: count * target.rowByteCount
    ).mutableSpan
    var scales = UnsafeMutableBufferPointer(start: target.scales, count: count).mutableSpan
    var sums = UnsafeMutableBufferPointer(start: target.sums, count: count).mutableSpan
    KernelsReference.quantizeKeys(
      keys.span, stride: rows.stride, headDim: target.headDim, quants: &quants, scales: &scales,
      sums: &sums)
  }

  func appendToCache(_ rows: CacheRows) { KernelsReference.appendToCache(rows) }

  func cachedAttention(_ tile: CachedAttentionTile) {
    let headDim = tile.head.headDim
    for row in 0..<tile.rows {
      let positions = tile.positions(ofRow: row)
      for head in 0..<tile.headsPerKey {
        var scores = UnsafeMutableBufferPointer(start: tile.scratch, count: positions.count)
          .mutableSpan
        var y = UnsafeMutableBufferPointer(
          start: tile.y + row * tile.yStride + head * headDim, count: headDim
        ).mutableSpan
        KernelsReference.cachedAttention(
          query: UnsafeBufferPointer(
            start: tile.queries + row * tile.queryStride + head * headDim, count: headDim
          ).span, head: tile.head, positions: positions, scores: &scores, into: &y)
      }
    }
  }

  func meanPool(
    _ x: UnsafePointer<Float>, rows: Int, width: Int, into y: UnsafeMutablePointer<Float>
  ) {
    var span = UnsafeMutableBufferPointer(start: y, count: width).mutableSpan
    KernelsReference.meanPool(
      UnsafeBufferPointer(start: x, count: rows * width).span, into: &span)
  }

  func largestElement(_ x: UnsafePointer<Float>, count: Int) -> Float {
    KernelsReference.largestElement(UnsafeBufferPointer(start: x, count: count).span)
  }

  func sumOfExponentials(_ x: UnsafePointer<Float>, count: Int, largest: Float) -> Double {
    KernelsReference.sumOfExponentials(
      UnsafeBufferPointer(start: x, count: count).span, largest: largest)
  }

  func l2Normalize(_ x: UnsafeMutablePointer<Float>, width: Int) {
    var span = UnsafeMutableBufferPointer(start: x, count: width).mutableSpan
    KernelsReference.l2Normalize(&span)
  }

  func dotQuantizedVectors(
    codes: UnsafePointer<UInt8>, stride: Int, rows: Int, query: UnsafePointer<Int16>,
    dots: UnsafeMutablePointer<Int32>
  ) {
    KernelsReference.dotQuantizedVectors(
      codes: codes, stride: stride, rows: rows, query: query, dots: dots)
  }
}
