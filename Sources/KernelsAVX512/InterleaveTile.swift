import KernelInterface
import _Builtin_intrinsics.intel

/// Four registers.
private typealias Quad = (IntegerLanes, IntegerLanes, IntegerLanes, IntegerLanes)

/// Transposes the words of a block in tiles of sixteen rows by sixteen words: 16 loads, 64 shuffles
/// and 16 stores, where tiles of four by four need four times the loads and stores.
///
/// - Returns: how many words of each row were transposed; the rest are fewer than 16.
@inline(__always)
func transposeTiles(
  _ step: InterleaveStep, byteOffset: Int, into words: UnsafeMutableRawPointer
) -> Int {
  let count = step.format.wordCount / 16 * 16
  for word in stride(from: 0, to: count, by: 16) {
    let source = byteOffset + word * 4
    let rows0 = pairedWords(step.rows, source)
    let rows4 = pairedWords(step.rows + 4, source)
    let rows8 = pairedWords(step.rows + 8, source)
    let rows12 = pairedWords(step.rows + 12, source)
    let target = words + word * step.lineStride
    let stride = step.lineStride
    storeQuarters((rows0.0, rows4.0, rows8.0, rows12.0), target, stride)
    storeQuarters((rows0.1, rows4.1, rows8.1, rows12.1), target + stride, stride)
    storeQuarters((rows0.2, rows4.2, rows8.2, rows12.2), target + 2 * stride, stride)
    storeQuarters((rows0.3, rows4.3, rows8.3, rows12.3), target + 3 * stride, stride)
  }
  return count
}

/// Sixteen words of four rows: register c holds, in quarter L, word 4L + c of the four rows.
@inline(__always)
private func pairedWords(_ rows: UnsafePointer<UnsafeRawPointer>, _ byteOffset: Int) -> Quad {
  let row0 = loadIntegers(rows[0] + byteOffset)
  let row1 = loadIntegers(rows[1] + byteOffset)
  let row2 = loadIntegers(rows[2] + byteOffset)
  let row3 = loadIntegers(rows[3] + byteOffset)
  let low01 = _mm512_unpacklo_epi32(row0, row1)
  let high01 = _mm512_unpackhi_epi32(row0, row1)
  let low23 = _mm512_unpacklo_epi32(row2, row3)
  let high23 = _mm512_unpackhi_epi32(row2, row3)
  return (
    _mm512_unpacklo_epi64(low01, low23), _mm512_unpackhi_epi64(low01, low23),
    _mm512_unpacklo_epi64(high01, high23), _mm512_unpackhi_epi64(high01, high23)
  )
}

/// Stores the transpose of the quarters of four registers, four lines apart.
@inline(__always)
private func storeQuarters(_ quad: Quad, _ target: UnsafeMutableRawPointer, _ stride: Int) {
  let even01 = evenQuarters(quad.0, quad.1)
  let odd01 = oddQuarters(quad.0, quad.1)
  let even23 = evenQuarters(quad.2, quad.3)
  let odd23 = oddQuarters(quad.2, quad.3)
  store(evenQuarters(even01, even23), target)
  store(evenQuarters(odd01, odd23), target + 4 * stride)
  store(oddQuarters(even01, even23), target + 8 * stride)
  store(oddQuarters(odd01, odd23), target + 12 * stride)
}

/// Quarters 0 and 2 of both.
@inline(__always)
func evenQuarters(_ a: IntegerLanes, _ b: IntegerLanes) -> IntegerLanes {
  IntegerLanes(a[0], a[1], a[4], a[5], b[0], b[1], b[4], b[5])
}

/// Quarters 1 and 3 of both.
@inline(__always)
func oddQuarters(_ a: IntegerLanes, _ b: IntegerLanes) -> IntegerLanes {
  IntegerLanes(a[2], a[3], a[6], a[7], b[2], b[3], b[6], b[7])
}
