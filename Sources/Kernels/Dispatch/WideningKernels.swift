import KernelsAVX2
import KernelsAVX512
import KernelInterface
import KernelsReference

/// The kernels that widen packed weights to Float32, of one instruction set; a part of
/// ``VectorKernels``.
struct WideningKernels: Sendable {
  let bf16: Widen
  let q41: Widen
  let q50: Widen
  let q51: Widen
  let q2K: Widen
  let q3K: Widen
  let iq4NL: Widen
  let iq4XS: Widen

  /// Widens whole blocks: source, blocks, target.
  typealias Widen = @Sendable (UnsafeRawPointer, Int, UnsafeMutablePointer<Float>) -> Void

  /// The kernel of a type, or nil for a type that has kernels of its own to multiply with.
  func kernel(for type: WeightType) -> Widen? {
    switch type {
    case .bf16: bf16
    case .q41: q41
    case .q50: q50
    case .q51: q51
    case .q2K: q2K
    case .q3K: q3K
    case .iq4NL: iq4NL
    case .iq4XS: iq4XS
    case .f32, .f16, .q40, .q80, .q4K, .q5K, .q6K: nil
    }
  }

  /// Widens a file's elements to Float32, bit for bit as ``Kernels/widen(type:bytes:into:)``, which
  /// does it for the types without a kernel.
  ///
  /// - Precondition: `bytes` are as many whole blocks as `values` has room for.
  func widen(
    type: WeightType, bytes: UnsafeRawBufferPointer, into values: UnsafeMutableBufferPointer<Float>
  ) {
    guard let kernel = kernel(for: type) else {
      Kernels.widen(type: type, bytes: bytes, into: values)
      return
    }
    let blockCount = values.count / type.blockElementCount
    precondition(
      values.count == blockCount * type.blockElementCount
        && bytes.count == blockCount * type.blockByteCount,
      "bytes and values hold different numbers of blocks")
    guard let source = bytes.baseAddress, let target = values.baseAddress else { return }
    kernel(source, blockCount, target)
  }

  #if arch(x86_64)
    static let avx2 = WideningKernels(
      bf16: { KernelsAVX2.widenBF16($0, count: $1, into: $2) },
      q41: { KernelsAVX2.widenQ41($0, blockCount: $1, into: $2) },
      q50: { KernelsAVX2.widenQ50($0, blockCount: $1, into: $2) },
      q51: { KernelsAVX2.widenQ51($0, blockCount: $1, into: $2) },
      q2K: { KernelsAVX2.widenQ2K($0, blockCount: $1, into: $2) },
      q3K: { KernelsAVX2.widenQ3K($0, blockCount: $1, into: $2) },
      iq4NL: { KernelsAVX2.widenIQ4NL($0, blockCount: $1, into: $2) },
      iq4XS: { KernelsAVX2.widenIQ4XS($0, blockCount: $1, into: $2) })

    static let avx512 = WideningKernels(
      bf16: { KernelsAVX512.widenBF16($0, count: $1, into: $2) },
      q41: { KernelsAVX512.widenQ41($0, blockCount: $1, into: $2) },
      q50: { KernelsAVX512.widenQ50($0, blockCount: $1, into: $2) },
      q51: { KernelsAVX512.widenQ51($0, blockCount: $1, into: $2) },
      q2K: { KernelsAVX512.widenQ2K($0, blockCount: $1, into: $2) },
      q3K: { KernelsAVX512.widenQ3K($0, blockCount: $1, into: $2) },
      iq4NL: { KernelsAVX512.widenIQ4NL($0, blockCount: $1, into: $2) },
      iq4XS: { KernelsAVX512.widenIQ4XS($0, blockCount: $1, into: $2) })
  #endif
}
