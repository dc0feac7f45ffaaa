import KernelInterface
import KernelsAVX2
import KernelsAVXVNNI
import KernelsReference

#if arch(x86_64)
  /// The kernels for x86-64-v3: all but those with products of bytes.
  protocol AVX2KernelSet: PackedKernelSet {}

  /// The kernels for x86-64-v3: AVX2, FMA and F16C.
  struct AVX2Kernels: AVX2KernelSet {
    var largestOffsetQuant: Float { KernelsAVX2.largestOffsetQuant }

    var rowsHaveOutliers: Bool { KernelsAVX2.rowsHaveOutliers }

    func quantizeOffsetQ80(
      _ x: UnsafePointer<Float>, rows: Int, inputs: Int, into target: UnsafeMutableRawPointer
    ) {
      KernelsAVX2.quantizeOffsetQ80(x, rows: rows, inputs: inputs, into: target)
    }

    func offsetQ80RowByteCount(inputs: Int) -> Int {
      KernelsAVX2.offsetQ80RowByteCount(inputs: inputs)
    }

    func linearOffsetQ80(_ product: OffsetQ80Product) { KernelsAVX2.linearOffsetQ80(product) }

    func attention(_ block: AttentionBlock) { KernelsAVX2.attention(block) }

    func byteScores(_ block: AttentionBlock, into scores: UnsafeMutablePointer<Float>) {
      KernelsAVX2.byteScores(block, into: scores)
    }
  }

  /// Those kernels, with AVX-VNNI's products of bytes.
  struct AVXVNNIKernels: AVX2KernelSet {
    var largestOffsetQuant: Float { KernelsAVXVNNI.largestOffsetQuant }

    var rowsHaveOutliers: Bool { KernelsAVXVNNI.rowsHaveOutliers }

    func quantizeOffsetQ80(
      _ x: UnsafePointer<Float>, rows: Int, inputs: Int, into target: UnsafeMutableRawPointer
    ) {
      KernelsAVXVNNI.quantizeOffsetQ80(x, rows: rows, inputs: inputs, into: target)
    }

    func offsetQ80RowByteCount(inputs: Int) -> Int {
      KernelsAVXVNNI.offsetQ80RowByteCount(inputs: inputs)
    }

    func linearOffsetQ80(_ product: OffsetQ80Product) { KernelsAVXVNNI.linearOffsetQ80(product) }

    func attention(_ block: AttentionBlock) { KernelsAVXVNNI.attention(block) }

    func byteScores(_ block: AttentionBlock, into scores: UnsafeMutablePointer<Float>) {
      KernelsAVXVNNI.byteScores(block, into: scores)
    }
  }

  extension AVX2KernelSet {
    func applyBiasAndActivation(
      _ x: UnsafeMutablePointer<Float>, rows: Int, stride: Int, width: Int,
      bias: UnsafePointer<Float>?, activation: ActivationFunction
    ) {
      KernelsAVX2.applyBiasAndActivation(
        x, rows: rows, stride: stride, width: width, bias: bias, activation: activation)
    }

    func layerNorm(_ task: LayerNormRows) { KernelsAVX2.layerNorm(task) }

    func rmsNorm(_ task: RMSNormRows) { KernelsAVX2.rmsNorm(task) }

    func glu(_ task: GLURows) { KernelsAVX2.glu(task) }

    func rope(_ task: RopeRows) { KernelsAVX2.rope(task) }

    var attentionQueryCount: Int { KernelsAVX2.attentionQueryCount }

    func attentionScratchCount(keyCount: Int, headDim: Int) -> Int {
      KernelsAVX2.attentionScratchCount(keyCount: keyCount, headDim: headDim)
    }

    func quantizeKeys(_ rows: KeyRows) { KernelsAVX2.quantizeKeys(rows) }

    func appendToCache(_ rows: CacheRows) {
      switch rows.head.type {
      case .f16: KernelsAVX2.appendHalvesToCache(rows)
      case .f32, .q80: KernelsReference.appendToCache(rows)
      }
    }

    func cachedAttention(_ tile: CachedAttentionTile) { KernelsAVX2.cachedAttention(tile) }

    func meanPool(
      _ x: UnsafePointer<Float>, rows: Int, width: Int, into y: UnsafeMutablePointer<Float>
    ) {
      KernelsAVX2.meanPool(x, rows: rows, width: width, into: y)
    }

    func largestElement(_ x: UnsafePointer<Float>, count: Int) -> Float {
      KernelsAVX2.largestElement(x, count: count)
    }

    func sumOfExponentials(
      _ x: UnsafePointer<Float>, count: Int, largest: Float
    ) -> Double {
      KernelsAVX2.sumOfExponentials(x, count: count, largest: largest)
    }

    func l2Normalize(_ x: UnsafeMutablePointer<Float>, width: Int) {
      KernelsAVX2.l2Normalize(x, width: width)
    }

    func dotQuantizedVectors(
      codes: UnsafePointer<UInt8>, stride: Int, rows: Int, query: UnsafePointer<Int16>,
      dots: UnsafeMutablePointer<Int32>
    ) {
      KernelsAVX2.dotQuantizedVectors(
        codes: codes, stride: stride, rows: rows, query: query, dots: dots)
    }
  }

  // The products.
  extension AVX2KernelSet {
    var panelColumns: Int { KernelsAVX2.panelColumns }

    func linearPanels(_ product: PanelProduct) { KernelsAVX2.linearPanels(product) }

    var blockGroup: Int { KernelsAVX2.blockGroup }

    func int16RowByteCount(inputs: Int) -> Int { KernelsAVX2.int16RowByteCount(inputs: inputs) }

    func quantizeInt16(
      _ x: UnsafePointer<Float>, rows: Int, inputs: Int, into target: UnsafeMutableRawPointer
    ) {
      KernelsAVX2.quantizeInt16(x, rows: rows, inputs: inputs, into: target)
    }

    func linearInt16Q80(_ product: OffsetQ80Product) { KernelsAVX2.linearInt16Q80(product) }

    var tilePanels: Int { KernelsAVX2.tileColumns / InterleavedFormat.rowCount }

    var activationByteCount: Int { KernelsAVX2.activationByteCount }

    var largestQuantizedRowCount: Int { KernelsAVX2.largestQuantizedRowCount }

    func quantizedScratchByteCount(rows: Int) -> Int {
      KernelsAVX2.quantizedScratchByteCount(rows: rows)
    }

    func quantizeQ8K(
      _ x: UnsafePointer<Float>, rows: Int, inputs: Int, into target: UnsafeMutableRawPointer,
      stride: Int
    ) {
      KernelsAVX2.quantizeQ8K(x, rows: rows, inputs: inputs, into: target, stride: stride)
    }

    func quantizeSignedQ80(
      _ x: UnsafePointer<Float>, rows: Int, inputs: Int, into target: UnsafeMutableRawPointer,
      stride: Int
    ) {
      KernelsAVX2.quantizeSignedQ80(x, rows: rows, inputs: inputs, into: target, stride: stride)
    }

    func multiply(_ type: QuantizedType, _ product: QuantizedProduct) {
      switch type {
      case .q4K: KernelsAVX2.linearQ4K(product)
      case .q5K: KernelsAVX2.linearQ5K(product)
      case .q6K: KernelsAVX2.linearQ6K(product)
      case .q80: KernelsAVX2.linearQ80(product)
      case .q40: KernelsAVX2.linearQ40(product)
      }
    }

    func interleave(_ step: InterleaveStep) { KernelsAVX2.interleave(step) }

    func widen(
      _ type: WidenedType, _ source: UnsafeRawPointer, blockCount: Int,
      into target: UnsafeMutablePointer<Float>
    ) {
      switch type {
      case .bf16: KernelsAVX2.widenBF16(source, count: blockCount, into: target)
      case .q41: KernelsAVX2.widenQ41(source, blockCount: blockCount, into: target)
      case .q50: KernelsAVX2.widenQ50(source, blockCount: blockCount, into: target)
      case .q51: KernelsAVX2.widenQ51(source, blockCount: blockCount, into: target)
      case .q2K: KernelsAVX2.widenQ2K(source, blockCount: blockCount, into: target)
      case .q3K: KernelsAVX2.widenQ3K(source, blockCount: blockCount, into: target)
      case .iq4NL: KernelsAVX2.widenIQ4NL(source, blockCount: blockCount, into: target)
      case .iq4XS: KernelsAVX2.widenIQ4XS(source, blockCount: blockCount, into: target)
      }
    }
  }
#endif
