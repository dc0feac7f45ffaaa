import _Builtin_intrinsics.intel

/// The smallest range of a block that is quantised: `BlockQ80.smallestRange`.
let smallestRange: Float = 0x1p-120

/// Quantises rows to blocks of 32 unsigned bytes for ``linearOffsetQ80(_:)``; see the scalar twin
/// `quantizeOffsetQ80`, with which quants, scales and offsets agree bit for bit.
///
/// A row becomes its quants, then its scales, then its offsets, then its outlier where
/// ``rowsHaveOutliers``.
///
/// - Complexity: O(rows × inputs), no allocation.
package func quantizeOffsetQ80(
  _ x: UnsafePointer<Float>, rows: Int, inputs: Int, into target: UnsafeMutableRawPointer
) {
  let rowByteCount = offsetQ80RowByteCount(inputs: inputs)
  for row in 0..<rows {
    let parts = OffsetQ80Row(target + row * rowByteCount, inputs: inputs)
    var widest = WidestBlock()
    for block in 0..<(inputs / 32) {
      let source = x + row * inputs + block * 32
      let lanes = (load(source), load(source + 8), load(source + 16), load(source + 24))
      let largest = largestLane(
        maximum(maximum(lanes.0, lanes.1), maximum(lanes.2, lanes.3)))
      // Adding 0 makes -0 a 0, whichever of the two the comparisons kept.
      let offset =
        leastLane(minimum(minimum(lanes.0, lanes.1), minimum(lanes.2, lanes.3))) + 0
      let range = largest - offset
      let isConstant = !(range >= smallestRange)
      let scale = isConstant ? 0 : range / largestOffsetQuant
      if rowsHaveOutliers { widest.note(range, block: block) }
      parts.scales.storeBytes(of: scale, toByteOffset: block * 4, as: Float.self)
      parts.offsets.storeBytes(of: offset, toByteOffset: block * 4, as: Float.self)
      let factor = broadcast(isConstant ? 0 : largestOffsetQuant / range)
      let shift = broadcast(offset)
      quantizeUnsigned32(source, shift, factor, into: parts.quants + block * 32)
    }
    if rowsHaveOutliers { separateOutlier(x + row * inputs, widest, parts) }
  }
}

/// The largest lane.
@inline(__always) func largestLane(_ lanes: FloatLanes) -> Float {
  let four = _mm_max_ps(lanes.lowHalf, lanes.highHalf)
  let two = _mm_max_ps(four, SIMD4(four.z, four.w, four.x, four.y))
  let one = _mm_max_ps(two, SIMD4(two.y, two.x, two.w, two.z))
  return one.x
}

/// The least lane.
@inline(__always) func leastLane(_ lanes: FloatLanes) -> Float {
  let four = _mm_min_ps(lanes.lowHalf, lanes.highHalf)
  let two = _mm_min_ps(four, SIMD4(four.z, four.w, four.x, four.y))
  let one = _mm_min_ps(two, SIMD4(two.y, two.x, two.w, two.z))
  return one.x
}
