import KernelInterface

/// Computes the operations of a model: the kernels' choice, the threads, and the scratch memory.
///
/// A model holds one and passes it to every layer. All operations may be called from several
/// threads; those that run while the worker threads are taken compute on their own thread.
///
/// Every element of a result owns its whole reduction, in one fixed order. So with the own kernels
/// a row's result does not depend on the number of threads, on the other rows of the batch, or on
/// its place among them: same input row, same bits.
package final class ComputeContext: Sendable {
  /// Which implementation computes.
  package let path: KernelBackend
  /// The vector instructions that it uses.
  package let instructionSet: InstructionSet
  /// The threads that it runs on.
  package let pool: WorkerPool

  /// The kernels of everything but the products of linear layers.
  let kernels: any KernelSet
  /// The same kernels, which then multiply packed weights; nil where the scalar ones compute.
  let packed: (any PackedKernelSet)?
  /// The largest quant of activations of eight bits: 255, or 127; see
  /// ``PackedKernelSet/largestOffsetQuant``.
  let largestOffsetQuant: Float
  /// Whether rows of such activations have an outlier apart; see ``PackedKernelSet/rowsHaveOutliers``.
  let rowsHaveOutliers: Bool
  let scratch = ScratchStore()
  let weights = HugePageArena()

  /// - Parameters:
  ///   - path: which implementation computes.
  ///   - threadCount: threads, the caller included; the physical cores when nil.
  ///   - instructionSet: lowers the vector instructions, for tests; never above what the CPU has.
  ///     With the scalar kernels, the set whose steps of activations they take.
  package init(
    path: KernelBackend = .simd, threadCount: Int? = nil,
    instructionSet: InstructionSet = .detected
  ) {
    let vectors = InstructionSet.best(upTo: instructionSet)
    self.path = path
    self.instructionSet = path == .reference ? .scalar : vectors
    largestOffsetQuant = vectors.packedKernels?.largestOffsetQuant ?? 255
    rowsHaveOutliers = vectors.packedKernels?.rowsHaveOutliers ?? false
    kernels =
      path == .reference
      ? ReferenceKernels(largestOffsetQuant: largestOffsetQuant) : self.instructionSet.kernels
    packed = self.instructionSet.packedKernels
    pool = WorkerPool(threadCount: max(1, threadCount ?? physicalCoreCount()))
    if path == .blas { useOneBLASThread() }
  }
}
