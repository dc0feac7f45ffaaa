package import KernelsReference

/// Interleaves sixteen rows of blocks: a transpose of their 32-bit words; see ``InterleavedFormat``.
///
/// - Complexity: O(bytes), no allocation; reads and writes each byte once.
package func interleave(_ step: InterleaveStep) {
  let format = step.format
  for block in 0..<step.blockCount {
    let byteOffset = block * format.blockByteCount
    let words = step.words + block * format.wordCount * step.lineStride
    let start = transposeTiles(step, byteOffset: byteOffset + format.wordsOffset, into: words)
    for row in stride(from: 0, to: InterleavedFormat.rowCount, by: 4) {
      let first = step.rows[row] + byteOffset + format.wordsOffset
      let second = step.rows[row + 1] + byteOffset + format.wordsOffset
      let third = step.rows[row + 2] + byteOffset + format.wordsOffset
      let fourth = step.rows[row + 3] + byteOffset + format.wordsOffset
      for word in stride(from: start, to: format.wordCount, by: 4) {
        transpose(
          loadFour(first + word * 4), loadFour(second + word * 4), loadFour(third + word * 4),
          loadFour(fourth + word * 4), into: words + word * step.lineStride + row * 4,
          lineStride: step.lineStride)
      }
    }
    guard let halfOffset = format.halfOffset else { continue }
    for row in 0..<InterleavedFormat.rowCount {
      let half = (step.rows[row] + byteOffset + halfOffset).loadUnaligned(as: UInt16.self)
      step.halves.storeBytes(
        of: half, toByteOffset: (block * InterleavedFormat.rowCount + row) * 2, as: UInt16.self)
    }
  }
}

/// Four words, any alignment.
@inline(__always) private func loadFour(_ source: UnsafeRawPointer) -> SIMD4<UInt32> {
  source.loadUnaligned(as: SIMD4<UInt32>.self)
}

/// Stores the transpose of four rows of four words, a line apart.
@inline(__always)
private func transpose(
  _ a: SIMD4<UInt32>, _ b: SIMD4<UInt32>, _ c: SIMD4<UInt32>, _ d: SIMD4<UInt32>,
  into target: UnsafeMutableRawPointer, lineStride: Int
) {
  let lowAB = SIMD4(a.x, b.x, a.y, b.y)
  let highAB = SIMD4(a.z, b.z, a.w, b.w)
  let lowCD = SIMD4(c.x, d.x, c.y, d.y)
  let highCD = SIMD4(c.z, d.z, c.w, d.w)
  target.storeBytes(of: SIMD4(lowHalf: lowAB.lowHalf, highHalf: lowCD.lowHalf), as: SIMD4.self)
  target.storeBytes(
    of: SIMD4(lowHalf: lowAB.highHalf, highHalf: lowCD.highHalf), toByteOffset: lineStride,
    as: SIMD4.self)
  target.storeBytes(
    of: SIMD4(lowHalf: highAB.lowHalf, highHalf: highCD.lowHalf), toByteOffset: 2 * lineStride,
    as: SIMD4.self)
  target.storeBytes(
    of: SIMD4(lowHalf: highAB.highHalf, highHalf: highCD.highHalf),
    toByteOffset: 3 * lineStride, as: SIMD4.self)
}
