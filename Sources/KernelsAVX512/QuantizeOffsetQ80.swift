import _Builtin_intrinsics.intel

/// The smallest range of a block that is quantised: `BlockQ80.smallestRange`.
let smallestRange: Float = 0x1p-120

/// Quantises rows to blocks of 32 unsigned bytes for ``linearOffsetQ80(_:)``; see the scalar twin
/// `quantizeOffsetQ80`, with which quants, scales and offsets agree bit for bit.
///
/// A row becomes its quants, then its scales, then its offsets.
///
/// - Complexity: O(rows × inputs), no allocation.
package func quantizeOffsetQ80(
  _ x: UnsafePointer<Float>, rows: Int, inputs: Int, into target: UnsafeMutableRawPointer
) {
  let rowByteCount = offsetQ80RowByteCount(inputs: inputs)
  let blocks = inputs / 32
  for row in 0..<rows {
    let quants = target + row * rowByteCount
    let scales = quants + inputs
    let offsets = scales + blocks * 4
    for block in 0..<blocks {
      let source = x + row * inputs + block * 32
      let first = load(source)
      let second = load(source + 16)
      let largest = largestLane(maximum(first, second))
      // Adding 0 makes -0 a 0, whichever of the two the comparisons kept.
      let offset = leastLane(minimum(first, second)) + 0
      offsets.storeBytes(of: offset, toByteOffset: block * 4, as: Float.self)
      let range = largest - offset
      guard range >= smallestRange else {
        storeConstantBlock(quants + block * 32, scales + block * 4)
        continue
      }
      scales.storeBytes(of: range / largestOffsetQuant, toByteOffset: block * 4, as: Float.self)
      let shift = broadcast(offset)
      let factor = broadcast(largestOffsetQuant / range)
      quantizeUnsigned32(source, shift, factor, into: quants + block * 32)
    }
  }
}

/// A block whose values are all its offset, or so near that the difference is below any use.
///
/// A call, so that the test above stays a branch: as a choice between two values it set the low
/// byte of a register that the block before had written last, which tied each block to the one
/// before and made the whole loop half as fast.
@inline(never)
private func storeConstantBlock(
  _ quants: UnsafeMutableRawPointer, _ scale: UnsafeMutableRawPointer
) {
  quants.storeBytes(of: SIMD4<Int64>(repeating: 0), as: SIMD4<Int64>.self)
  scale.storeBytes(of: 0, as: Float.self)
}

/// The largest lane.
@inline(__always) func largestLane(_ lanes: FloatLanes) -> Float {
  let eight = _mm256_max_ps(lanes.lowHalf, lanes.highHalf)
  let four = _mm_max_ps(eight.lowHalf, eight.highHalf)
  let two = _mm_max_ps(four, SIMD4(four.z, four.w, four.x, four.y))
  let one = _mm_max_ps(two, SIMD4(two.y, two.x, two.w, two.z))
  return one.x
}

/// The least lane.
@inline(__always) func leastLane(_ lanes: FloatLanes) -> Float {
  let eight = _mm256_min_ps(lanes.lowHalf, lanes.highHalf)
  let four = _mm_min_ps(eight.lowHalf, eight.highHalf)
  let two = _mm_min_ps(four, SIMD4(four.z, four.w, four.x, four.y))
  let one = _mm_min_ps(two, SIMD4(two.y, two.x, two.w, two.z))
  return one.x
}
