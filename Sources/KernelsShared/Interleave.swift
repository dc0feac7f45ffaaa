package import KernelInterface

/// Interleaves sixteen rows of blocks: a transpose of their 32-bit words; see
/// ``InterleavedFormat``.
///
/// - Complexity: O(bytes), no allocation; reads and writes each byte once.
package func interleave(_ step: InterleaveStep) {
  // Local copies: the compiler cannot exclude that a store changes the structure.
  let format = step.format
  let (rows, halves, lineStride) = (step.rows, step.halves, step.lineStride)
  let halfOffset = format.halfOffset ?? 0
  for block in 0..<step.blockCount {
    let byteOffset = block * format.blockByteCount
    let wordsOffset = byteOffset + format.wordsOffset
    let words = step.words + block * format.wordCount * lineStride
    let start = transposeTiles(step, byteOffset: wordsOffset, into: words)
    for row in stride(from: 0, to: InterleavedFormat.rowCount, by: 4) {
      let first = rows[row] + wordsOffset
      let second = rows[row + 1] + wordsOffset
      let third = rows[row + 2] + wordsOffset
      let fourth = rows[row + 3] + wordsOffset
      for word in stride(from: start, to: format.wordCount, by: 4) {
        transpose(
          loadFour(first + word * 4), loadFour(second + word * 4), loadFour(third + word * 4),
          loadFour(fourth + word * 4), into: words + word * lineStride + row * 4,
          lineStride: lineStride)
      }
    }
    if format.halfOffset == nil { continue }
    var line = SIMD16<UInt16>(repeating: 0)
    for row in 0..<16 {
      line[row] = (rows[row] + byteOffset + halfOffset).loadUnaligned(as: UInt16.self)
    }
    halves.storeBytes(of: line, toByteOffset: block * 32, as: SIMD16<UInt16>.self)
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
