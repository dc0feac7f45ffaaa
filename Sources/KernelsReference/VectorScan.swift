/// Integer dot products of one query with many quantised vectors: the scalar twin.
///
/// `dots[r] = Σ_i codes[r, i] * query[i]`, exact.
///
/// The first step of a search (Store): codes are vectors of 8 bits, biased so that they are
/// unsigned; the query has 16 bits, so that only the vectors' own rounding limits the accuracy.
///
/// - Parameters:
///   - codes: row-major `[rows, stride]`, UInt8.
///   - stride: elements of a row.
///   - rows: vectors.
///   - query: `[stride]`, Int16.
///   - dots: receives `[rows]`, Int32.
/// - Precondition: `255 * Σ|query[i]|` is below 2³¹.
package func dotQuantizedVectors(
  codes: UnsafePointer<UInt8>, stride: Int, rows: Int, query: UnsafePointer<Int16>,
  dots: UnsafeMutablePointer<Int32>
) {
  for row in 0..<rows {
    let vector = codes + row * stride
    var sum: Int32 = 0
    for index in 0..<stride { sum &+= Int32(vector[index]) &* Int32(query[index]) }
    dots[row] = sum
  }
}
