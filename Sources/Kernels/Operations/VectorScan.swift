import KernelInterface

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
  instructionSet.kernels.dotQuantizedVectors(
    codes: codes, stride: stride, rows: rows, query: query, dots: dots)
}
