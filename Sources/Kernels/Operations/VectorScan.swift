internal import KernelsAVX2
internal import KernelsAVX512
internal import KernelInterface
internal import KernelsReference

/// Integer dot products of one query with many quantised vectors.
///
/// `dots[r] = Σ_i codes[r, i] * query[i]`, exact, so all instruction sets give the same bits.
///
/// - Parameters:
///   - codes: row-major `[rows, stride]`, UInt8.
///   - stride: elements of a row, a multiple of 64 (pad the codes or the query with zeros).
///   - rows: vectors.
///   - query: `[stride]`, Int16.
///   - dots: receives `[rows]`, Int32.
///   - instructionSet: what to compute with; not above ``InstructionSet/supported``.
/// - Precondition: `255 * Σ|query[i]|` is below 2³¹.
/// - Complexity: O(rows * stride); 1,000,000 rows of 384 read 384 MB, at the speed of the memory.
package func dotQuantizedVectors(
  codes: UnsafePointer<UInt8>, stride: Int, rows: Int, query: UnsafePointer<Int16>,
  dots: UnsafeMutablePointer<Int32>, instructionSet: InstructionSet = .detected
) {
  precondition(stride.isMultiple(of: 64), "rows are not padded to 64 elements")
  #if arch(x86_64)
    switch instructionSet {
    case .avx512, .amx:
      dotQuantizedVectorsAVX512(
        codes: codes, stride: stride, rows: rows, query: query, dots: dots)
      return
    case .avx2:
      dotQuantizedVectorsAVX2(codes: codes, stride: stride, rows: rows, query: query, dots: dots)
      return
    case .scalar: break
    }
  #endif
  KernelsReference.dotQuantizedVectors(
    codes: codes, stride: stride, rows: rows, query: query, dots: dots)
}
