import KernelsAVX2
import KernelsAVX512
import KernelsReference

extension VectorKernels {
  /// The kernels of the Llama family, of one instruction set.
  struct Llama: Sendable {
    let rmsNorm: @Sendable (RMSNormRows) -> Void
    let rope: @Sendable (RopeRows) -> Void
    let swiGLU: @Sendable (SwiGLURows) -> Void
    /// For caches of Float16.
    let appendHalves: @Sendable (CacheRows) -> Void
    let attend: @Sendable (CachedAttentionTile) -> Void

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
        rmsNorm: { KernelsAVX2.normalizeRootMeanSquare($0) }, rope: { KernelsAVX2.rotate($0) },
        swiGLU: { KernelsAVX2.applySwiGLU($0) },
        appendHalves: { KernelsAVX2.appendHalvesToCache($0) },
        attend: { KernelsAVX2.attendToCache($0) })

      private static let avx512 = Llama(
        rmsNorm: { KernelsAVX512.normalizeRootMeanSquare($0) },
        rope: { KernelsAVX512.rotate($0) }, swiGLU: { KernelsAVX512.applySwiGLU($0) },
        appendHalves: { KernelsAVX512.appendHalvesToCache($0) },
        attend: { KernelsAVX512.attendToCache($0) })
    #endif
  }
}
