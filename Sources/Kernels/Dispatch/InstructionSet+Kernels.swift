import KernelInterface

extension InstructionSet {
  /// The kernels that compute with this instruction set.
  ///
  /// - Precondition: not above ``InstructionSet/supported``, where they are called.
  var kernels: any KernelSet { packedKernels ?? ReferenceKernels() }

  /// The same kernels, where they also multiply packed weights; nil for the scalar ones.
  var packedKernels: (any PackedKernelSet)? {
    #if arch(x86_64)
      switch self {
      case .scalar: nil
      case .avx2: AVX2Kernels()
      case .avxVNNI: AVXVNNIKernels()
      case .avx512: AVX512Kernels()
      case .amx: AMXKernels()
      }
    #else
      nil
    #endif
  }
}
