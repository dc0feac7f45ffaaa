/// Which implementation computes: the choice made by `--kernels`.
package enum KernelBackend: String, Sendable, CaseIterable {
  /// The scalar twins of KernelsReference: slow, written to be read.
  case reference
  /// The project's own vector kernels, in the best instruction set of this CPU.
  case simd
  /// As `simd`, with every matrix product done by OpenBLAS in Float32.
  case blas
}
