import KernelInterface
import KernelsAVX512
import KernelsReference

#if arch(x86_64)
  /// The kernels for x86-64-v4 with VNNI: all but products with quantised weights.
  protocol AVX512KernelSet: PackedKernelSet {}

  /// The kernels for x86-64-v4 with VNNI.
  struct AVX512Kernels: AVX512KernelSet {
    func quantizedScratchByteCount(rows: Int) -> Int {
      KernelsAVX512.quantizedScratchByteCount(rows: rows)
    }

    func multiply(_ type: QuantizedType, _ product: QuantizedProduct) {
      switch type {
      case .q4K: KernelsAVX512.linearQ4K(product)
      case .q5K: KernelsAVX512.linearQ5K(product)
      case .q6K: KernelsAVX512.linearQ6K(product)
      case .q80: KernelsAVX512.linearQ80(product)
      case .q40: KernelsAVX512.linearQ40(product)
      }
    }
  }

  /// Those kernels, with products of many quantised rows in the tile registers of AMX.
  struct AMXKernels: AVX512KernelSet {
    func quantizedScratchByteCount(rows: Int) -> Int {
      KernelsAVX512.tiledScratchByteCount(rows: rows)
    }

    func multiply(_ type: QuantizedType, _ product: QuantizedProduct) {
      switch type {
      case .q4K: KernelsAVX512.linearTilesQ4K(product)
      case .q5K: KernelsAVX512.linearTilesQ5K(product)
      case .q6K: KernelsAVX512.linearTilesQ6K(product)
      case .q80: KernelsAVX512.linearTilesQ80(product)
      case .q40: KernelsAVX512.linearTilesQ40(product)
      }
    }
  }

  extension AVX512KernelSet {
    func applyBiasAndActivation(
      _ x: UnsafeMutablePointer<Float>, rows: Int, stride: Int, width: Int,
      bias: UnsafePointer<Float>?, activation: ActivationFunction
    ) {
      KernelsAVX512.applyBiasAndActivation(
        x, rows: rows, stride: stride, width: width, bias: bias, activation: activation)
    }

    func layerNorm(_ task: LayerNormRows) { KernelsAVX512.layerNorm(task) }

    func rmsNorm(_ task: RMSNormRows) { KernelsAVX512.rmsNorm(task) }

    func glu(_ task: GLURows) { KernelsAVX512.glu(task) }

    func rope(_ task: RopeRows) { KernelsAVX512.rope(task) }

    var attentionQueryCount: Int { KernelsAVX512.attentionQueryCount }

    func attentionScratchCount(keyCount: Int, headDim: Int) -> Int {
      KernelsAVX512.attentionScratchCount(keyCount: keyCount, headDim: headDim)
    }

    func attention(_ block: AttentionBlock) { KernelsAVX512.attention(block) }

    func quantizeKeys(_ rows: KeyRows) { KernelsAVX512.quantizeKeys(rows) }

    func byteScores(_ block: AttentionBlock, into scores: UnsafeMutablePointer<Float>) {
      KernelsAVX512.byteScores(block, into: scores)
    }

    func appendToCache(_ rows: CacheRows) {
      switch rows.head.type {
      case .f16: KernelsAVX512.appendHalvesToCache(rows)
      case .f32, .q80: KernelsReference.appendToCache(rows)
      }
    }

    func cachedAttention(_ tile: CachedAttentionTile) { KernelsAVX512.cachedAttention(tile) }

    func meanPool(
      _ x: UnsafePointer<Float>, rows: Int, width: Int, into y: UnsafeMutablePointer<Float>
    ) {
      KernelsAVX512.meanPool(x, rows: rows, width: width, into: y)
    }

    func largestElement(_ x: UnsafePointer<Float>, count: Int) -> Float {
      KernelsAVX512.largestElement(x, count: count)
    }

    func sumOfExponentials(
      _ x: UnsafePointer<Float>, count: Int, largest: Float
    ) -> Double {
      KernelsAVX512.sumOfExponentials(x, count: count, largest: largest)
    }

    func l2Normalize(_ x: UnsafeMutablePointer<Float>, width: Int) {
      KernelsAVX512.l2Normalize(x, width: width)
    }

    func dotQuantizedVectors(
      codes: UnsafePointer<UInt8>, stride: Int, rows: Int, query: UnsafePointer<Int16>,
      dots: UnsafeMutablePointer<Int32>
    ) {
      KernelsAVX512.dotQuantizedVectors(
        codes: codes, stride: stride, rows: rows, query: query, dots: dots)
    }
  }

  // The products.
  extension AVX512KernelSet {
    var panelColumns: Int { KernelsAVX512.panelColumns }

    func linearPanels(_ product: PanelProduct) { KernelsAVX512.linearPanels(product) }

    var blockGroup: Int { KernelsAVX512.blockGroup }

    func offsetQ80RowByteCount(inputs: Int) -> Int {
      KernelsAVX512.offsetQ80RowByteCount(inputs: inputs)
    }

    func int16RowByteCount(inputs: Int) -> Int { KernelsAVX512.int16RowByteCount(inputs: inputs) }

    func quantizeInt16(
      _ x: UnsafePointer<Float>, rows: Int, inputs: Int, into target: UnsafeMutableRawPointer
    ) {
      KernelsAVX512.quantizeInt16(x, rows: rows, inputs: inputs, into: target)
    }

    func linearInt16Q80(_ product: OffsetQ80Product) { KernelsAVX512.linearInt16Q80(product) }

    var largestOffsetQuant: Float { KernelsAVX512.largestOffsetQuant }

    var rowsHaveOutliers: Bool { KernelsAVX512.rowsHaveOutliers }

    func quantizeOffsetQ80(
      _ x: UnsafePointer<Float>, rows: Int, inputs: Int, into target: UnsafeMutableRawPointer
    ) {
      KernelsAVX512.quantizeOffsetQ80(x, rows: rows, inputs: inputs, into: target)
    }

    func linearOffsetQ80(_ product: OffsetQ80Product) { KernelsAVX512.linearOffsetQ80(product) }

    var tilePanels: Int { KernelsAVX512.tileColumns / InterleavedFormat.rowCount }

    var activationByteCount: Int { KernelsAVX512.activationByteCount }

    var largestQuantizedRowCount: Int { KernelsAVX512.largestQuantizedRowCount }

    func quantizeQ8K(
      _ x: UnsafePointer<Float>, rows: Int, inputs: Int, into target: UnsafeMutableRawPointer,
      stride: Int
    ) {
      KernelsAVX512.quantizeQ8K(x, rows: rows, inputs: inputs, into: target, stride: stride)
    }

    func quantizeSignedQ80(
      _ x: UnsafePointer<Float>, rows: Int, inputs: Int, into target: UnsafeMutableRawPointer,
      stride: Int
    ) {
      KernelsAVX512.quantizeSignedQ80(x, rows: rows, inputs: inputs, into: target, stride: stride)
    }

    func interleave(_ step: InterleaveStep) { KernelsAVX512.interleave(step) }

    func widen(
      _ type: WidenedType, _ source: UnsafeRawPointer, blockCount: Int,
      into target: UnsafeMutablePointer<Float>
    ) {
      switch type {
      case .bf16: KernelsAVX512.widenBF16(source, count: blockCount, into: target)
      case .q41: KernelsAVX512.widenQ41(source, blockCount: blockCount, into: target)
      case .q50: KernelsAVX512.widenQ50(source, blockCount: blockCount, into: target)
      case .q51: KernelsAVX512.widenQ51(source, blockCount: blockCount, into: target)
      case .q2K: KernelsAVX512.widenQ2K(source, blockCount: blockCount, into: target)
      case .q3K: KernelsAVX512.widenQ3K(source, blockCount: blockCount, into: target)
      case .iq4NL: KernelsAVX512.widenIQ4NL(source, blockCount: blockCount, into: target)
      case .iq4XS: KernelsAVX512.widenIQ4XS(source, blockCount: blockCount, into: target)
      }
    }
  }
#endif
