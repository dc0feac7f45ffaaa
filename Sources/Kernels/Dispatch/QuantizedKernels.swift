import KernelsAVX2
import KernelsAVX512
import KernelInterface
import KernelsReference

/// The kernels of quantised weights of one instruction set, as values; a part of ``VectorKernels``.
struct QuantizedKernels: Sendable {
  /// Panels of 16 outputs that one tile multiplies: tasks are whole tiles.
  let tilePanels: Int
  /// Bytes of 256 quantised activations.
  let activationByteCount: Int
  /// Rows of activations of one call at most.
  let largestRowCount: Int
  /// Bytes of scratch of a product of so many rows.
  private(set) var scratchByteCount: @Sendable (Int) -> Int
  /// Quantises rows to `Q8_K`: source, rows, inputs, target, superblocks from one to the next of a row.
  let quantizeQ8K: QuantizeRows
  /// Quantises rows to `Q8_0`; as `quantizeQ8K`.
  let quantizeQ80: QuantizeRows
  let interleave: @Sendable (InterleaveStep) -> Void
  private(set) var q4K: Multiply
  private(set) var q5K: Multiply
  private(set) var q6K: Multiply
  private(set) var q80: Multiply
  private(set) var q40: Multiply

  typealias Multiply = @Sendable (QuantizedProduct) -> Void
  typealias QuantizeRows =
    @Sendable (UnsafePointer<Float>, Int, Int, UnsafeMutableRawPointer, Int) -> Void

  /// Bytes of quantised activations of so many rows.
  func activationsByteCount(rows: Int, inputs: Int) -> Int {
    rows * ((inputs + 255) / 256) * activationByteCount
  }

  #if arch(x86_64)
    static let avx2 = QuantizedKernels(
      tilePanels: KernelsAVX2.tileColumns / 16,
      activationByteCount: KernelsAVX2.activationByteCount,
      largestRowCount: KernelsAVX2.largestQuantizedRowCount,
      scratchByteCount: { KernelsAVX2.quantizedScratchByteCount(rows: $0) },
      quantizeQ8K: {
        KernelsAVX2.quantizeRowsQ8K($0, rows: $1, inputs: $2, into: $3, stride: $4)
      },
      quantizeQ80: {
        KernelsAVX2.quantizeRowsQ80Signed($0, rows: $1, inputs: $2, into: $3, stride: $4)
      },
      interleave: { KernelsAVX2.interleave($0) }, q4K: { KernelsAVX2.multiplyQ4K($0) },
      q5K: { KernelsAVX2.multiplyQ5K($0) }, q6K: { KernelsAVX2.multiplyQ6K($0) },
      q80: { KernelsAVX2.multiplyQ80($0) }, q40: { KernelsAVX2.multiplyQ40($0) })

    static let avx512 = QuantizedKernels(
      tilePanels: KernelsAVX512.tileColumns / 16,
      activationByteCount: KernelsAVX512.activationByteCount,
      largestRowCount: KernelsAVX512.largestQuantizedRowCount,
      scratchByteCount: { KernelsAVX512.quantizedScratchByteCount(rows: $0) },
      quantizeQ8K: {
        KernelsAVX512.quantizeRowsQ8K($0, rows: $1, inputs: $2, into: $3, stride: $4)
      },
      quantizeQ80: {
        KernelsAVX512.quantizeRowsQ80Signed($0, rows: $1, inputs: $2, into: $3, stride: $4)
      },
      interleave: { KernelsAVX512.interleave($0) }, q4K: { KernelsAVX512.multiplyQ4K($0) },
      q5K: { KernelsAVX512.multiplyQ5K($0) }, q6K: { KernelsAVX512.multiplyQ6K($0) },
      q80: { KernelsAVX512.multiplyQ80($0) }, q40: { KernelsAVX512.multiplyQ40($0) })

    /// Those of `avx512`, with products of many rows in tile registers.
    static let amx: QuantizedKernels = {
      var kernels = avx512
      kernels.scratchByteCount = { KernelsAVX512.tiledScratchByteCount(rows: $0) }
      kernels.q4K = { KernelsAVX512.multiplyTilesQ4K($0) }
      kernels.q5K = { KernelsAVX512.multiplyTilesQ5K($0) }
      kernels.q6K = { KernelsAVX512.multiplyTilesQ6K($0) }
      kernels.q80 = { KernelsAVX512.multiplyTilesQ80($0) }
      kernels.q40 = { KernelsAVX512.multiplyTilesQ40($0) }
      return kernels
    }()
  #endif
}

/// The types whose integer kernels take activations quantised as ggml quantises them.
enum QuantizedType: Sendable {
  case q4K, q5K, q6K, q80, q40

  /// The kernels' type for a file's type, or nil where there is none.
  init?(_ type: WeightType) {
    switch type {
    case .q4K: self = .q4K
    case .q5K: self = .q5K
    case .q6K: self = .q6K
    case .q80: self = .q80
    case .q40: self = .q40
    default: return nil
    }
  }

  /// How its blocks are interleaved.
  var format: InterleavedFormat {
    switch self {
    case .q4K: .q4K
    case .q5K: .q5K
    case .q6K: .q6K
    case .q80: .q80
    case .q40: .q40
    }
  }

  /// Whether its activations are `Q8_K`, else `Q8_0`.
  var takesQ8K: Bool { format.blockElementCount == 256 }

  /// Multiplies with the kernels of an instruction set.
  func multiply(_ product: QuantizedProduct, _ kernels: QuantizedKernels) {
    switch self {
    case .q4K: kernels.q4K(product)
    case .q5K: kernels.q5K(product)
    case .q6K: kernels.q6K(product)
    case .q80: kernels.q80(product)
    case .q40: kernels.q40(product)
    }
  }
}
