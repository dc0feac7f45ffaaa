import KernelsAVX2
import KernelsAVX512
import KernelInterface
import KernelsReference

extension VectorKernels {
  /// The kernels of the Llama family, of one instruction set.
  struct Llama: Sendable {
    let rmsNorm: @Sendable (RMSNormRows) -> Void
    let rope: @Sendable (RopeRows) -> Void
    let swiGLU: @Sendable (SwiGLURows) -> Void
    /// For caches of Float16.
    let appendHalves: @Sendable (CacheRows) -> Void
    let cachedAttention: @Sendable (CachedAttentionTile) -> Void

    /// The kernels of an instruction set; nil for `scalar`, which has none.
    static func kernels(for instructionSet: InstructionSet) -> Llama? {
      #if arch(x86_64)
        switch instructionSet {
        case .scalar: nil
        case .avx2: avx2
        case .avx512, .amx: avx512
        }
      #else
        nil
      #endif
    }

    #if arch(x86_64)
      private static let avx2 = Llama(
        rmsNorm: { KernelsAVX2.rmsNorm($0) }, rope: { KernelsAVX2.rope($0) },
        swiGLU: { KernelsAVX2.swiGLU($0) },
        appendHalves: { KernelsAVX2.appendHalvesToCache($0) },
        cachedAttention: { KernelsAVX2.cachedAttention($0) })

      private static let avx512 = Llama(
        rmsNorm: { KernelsAVX512.rmsNorm($0) },
        rope: { KernelsAVX512.rope($0) }, swiGLU: { KernelsAVX512.swiGLU($0) },
        appendHalves: { KernelsAVX512.appendHalvesToCache($0) },
        cachedAttention: { KernelsAVX512.cachedAttention($0) })
    #endif
  }
}
