import KernelsAVX2
import KernelsAVX512
import KernelInterface
import KernelsReference

/// The vector kernels of one instruction set, as values: the one place that chooses between the
/// targets that are compiled for an instruction set.
struct VectorKernels: Sendable {
  /// Outputs in a weight panel.
  let panelColumns: Int
  /// Inputs in a group of a `Q8_0` panel.
  let blockGroup: Int
  /// Queries in a block of attention.
  let attentionQueryCount: Int

  let multiplyPanels: @Sendable (PanelProduct) -> Void
  let multiplyBlocks: @Sendable (BlockProduct) -> Void
  /// Bytes of a quantised row of so many inputs.
  let quantizedRowByteCount: @Sendable (Int) -> Int
  /// Quantises rows: source, rows, inputs, target.
  let quantizeRows: @Sendable (UnsafePointer<Float>, Int, Int, UnsafeMutableRawPointer) -> Void
  /// Adds a bias and applies an activation: elements, rows, stride, width, bias, activation.
  let applyBiasAndActivation:
    @Sendable (
      UnsafeMutablePointer<Float>, Int, Int, Int, UnsafePointer<Float>?, ActivationFunction
    ) -> Void
  let layerNorm: @Sendable (LayerNormRows) -> Void
  let attention: @Sendable (AttentionBlock) -> Void
  /// Elements of scratch for `attention`: keys, columns of a head.
  let attentionScratchCount: @Sendable (Int, Int) -> Int
  /// The mean of rows: source, rows, width, target.
  let meanPool: @Sendable (UnsafePointer<Float>, Int, Int, UnsafeMutablePointer<Float>) -> Void
  /// Scales one row to unit length: elements, width.
  let l2Normalize: @Sendable (UnsafeMutablePointer<Float>, Int) -> Void
  /// Products with quantised weights.
  private(set) var quantized: QuantizedKernels
  /// Packed weights to Float32.
  let widening: WideningKernels

  /// The kernels of an instruction set; nil for `scalar`, which has none.
  static func kernels(for instructionSet: InstructionSet) -> VectorKernels? {
    #if arch(x86_64)
      switch instructionSet {
      case .scalar: nil
      case .avx2: avx2
      case .avx512: avx512
      case .amx: amx
      }
    #else
      nil
    #endif
  }

  #if arch(x86_64)
    private static let avx2 = VectorKernels(
      panelColumns: KernelsAVX2.panelColumns, blockGroup: KernelsAVX2.blockGroup,
      attentionQueryCount: KernelsAVX2.attentionQueryCount,
      multiplyPanels: { KernelsAVX2.multiplyPanels($0) },
      multiplyBlocks: { KernelsAVX2.multiplyBlocks($0) },
      quantizedRowByteCount: { KernelsAVX2.quantizedRowByteCount(inputs: $0) },
      quantizeRows: { KernelsAVX2.quantizeRows($0, rows: $1, inputs: $2, into: $3) },
      applyBiasAndActivation: {
        KernelsAVX2.applyBiasAndActivation(
          $0, rows: $1, stride: $2, width: $3, bias: $4, activation: $5)
      },
      layerNorm: { KernelsAVX2.layerNorm($0) }, attention: { KernelsAVX2.attention($0) },
      attentionScratchCount: { KernelsAVX2.attentionScratchCount(keyCount: $0, headDim: $1) },
      meanPool: { KernelsAVX2.meanPool($0, rows: $1, width: $2, into: $3) },
      l2Normalize: { KernelsAVX2.l2Normalize($0, width: $1) }, quantized: .avx2,
      widening: .avx2)

    private static let avx512 = VectorKernels(
      panelColumns: KernelsAVX512.panelColumns, blockGroup: KernelsAVX512.blockGroup,
      attentionQueryCount: KernelsAVX512.attentionQueryCount,
      multiplyPanels: { KernelsAVX512.multiplyPanels($0) },
      multiplyBlocks: { KernelsAVX512.multiplyBlocks($0) },
      quantizedRowByteCount: { KernelsAVX512.quantizedRowByteCount(inputs: $0) },
      quantizeRows: { KernelsAVX512.quantizeRows($0, rows: $1, inputs: $2, into: $3) },
      applyBiasAndActivation: {
        KernelsAVX512.applyBiasAndActivation(
          $0, rows: $1, stride: $2, width: $3, bias: $4, activation: $5)
      },
      layerNorm: { KernelsAVX512.layerNorm($0) }, attention: { KernelsAVX512.attention($0) },
      attentionScratchCount: { KernelsAVX512.attentionScratchCount(keyCount: $0, headDim: $1) },
      meanPool: { KernelsAVX512.meanPool($0, rows: $1, width: $2, into: $3) },
      l2Normalize: { KernelsAVX512.l2Normalize($0, width: $1) }, quantized: .avx512,
      widening: .avx512)

    private static let amx: VectorKernels = {
      var kernels = avx512
      kernels.quantized = .amx
      return kernels
    }()
  #endif
}
