import _Builtin_intrinsics.intel

/// The smallest range of a block that is quantised: `BlockQ80.smallestRange`.
private let smallestRange: Float = 0x1p-120

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
      let low = roundedQuants(first - shift, factor)
      let high = roundedQuants(second - shift, factor)
      (quants + block * 32).storeBytes(of: _mm512_cvtepi32_epi8(low), as: SIMD2<Int64>.self)
      (quants + block * 32 + 16).storeBytes(of: _mm512_cvtepi32_epi8(high), as: SIMD2<Int64>.self)
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

/// Lanes times `factor`, rounded to even, at least 0 and at most ``largestOffsetQuant``.
@inline(__always)
private func roundedQuants(_ lanes: FloatLanes, _ factor: FloatLanes) -> SIMD8<Int64> {
  // The second operand wins when the first is NaN, so every quant is in range.
  let held = minimum(maximum(lanes * factor, broadcast(0)), broadcast(largestOffsetQuant))
  return _mm512_cvtps_epi32(held)
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
