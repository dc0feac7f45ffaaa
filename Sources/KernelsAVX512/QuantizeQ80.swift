import _Builtin_intrinsics.intel

/// Quantises rows to blocks of 32 signed bytes for ``multiplyBlocks(_:)``; see the scalar twin
/// `quantizeBlocks`, with which quants and scales agree bit for bit.
///
/// A row becomes its quants, then its scales, then for each block `-128 · Σ quants`, where the
/// integer sums of the product start.
///
/// - Complexity: O(rows × inputs), no allocation.
package func quantizeRows(
  _ x: UnsafePointer<Float>, rows: Int, inputs: Int, into target: UnsafeMutableRawPointer
) {
  let rowByteCount = quantizedRowByteCount(inputs: inputs)
  let blocks = inputs / 32
  for row in 0..<rows {
    let quants = target + row * rowByteCount
    let scales = quants + inputs
    let starts = scales + blocks * 4
    for block in 0..<blocks {
      let source = x + row * inputs + block * 32
      let first = load(source)
      let second = load(source + 16)
      let largest = largestLane(maximum(magnitude(first), magnitude(second)))
      let inverse = 127 / largest
      guard inverse < .infinity else {
        storeZeroBlock(quants + block * 32, scales + block * 4, starts + block * 4)
        continue
      }
      scales.storeBytes(of: largest / 127, toByteOffset: block * 4, as: Float.self)
      let factor = broadcast(inverse)
      let low = roundedQuants(first, factor)
      let high = roundedQuants(second, factor)
      (quants + block * 32).storeBytes(of: _mm512_cvtepi32_epi8(low), as: SIMD2<Int64>.self)
      (quants + block * 32 + 16).storeBytes(of: _mm512_cvtepi32_epi8(high), as: SIMD2<Int64>.self)
      starts.storeBytes(
        of: -128 &* laneSum(_mm512_add_epi32(low, high)), toByteOffset: block * 4, as: Int32.self)
    }
  }
}

/// A block whose values are zeros or too small for any use.
///
/// A call, so that the test above stays a branch: as a choice between two values it set the low
/// byte of a register that the block before had written last, which tied each block to the one
/// before and made the whole loop half as fast.
@inline(never)
private func storeZeroBlock(
  _ quants: UnsafeMutableRawPointer, _ scale: UnsafeMutableRawPointer,
  _ start: UnsafeMutableRawPointer
) {
  quants.storeBytes(of: SIMD4<Int64>(repeating: 0), as: SIMD4<Int64>.self)
  scale.storeBytes(of: 0, as: Float.self)
  start.storeBytes(of: 0, as: Int32.self)
}

/// Lanes times `factor`, held to -127...127 and rounded to even.
@inline(__always)
private func roundedQuants(_ lanes: FloatLanes, _ factor: FloatLanes) -> SIMD8<Int64> {
  // The second operand wins when the first is NaN, so every quant is in range.
  let held = minimum(maximum(lanes * factor, broadcast(-127)), broadcast(127))
  return _mm512_cvtps_epi32(held)
}

/// The largest lane.
@inline(__always) private func largestLane(_ lanes: FloatLanes) -> Float {
  let eight = _mm256_max_ps(lanes.lowHalf, lanes.highHalf)
  let four = _mm_max_ps(eight.lowHalf, eight.highHalf)
  let two = _mm_max_ps(four, SIMD4(four.z, four.w, four.x, four.y))
  let one = _mm_max_ps(two, SIMD4(two.y, two.x, two.w, two.z))
  return one.x
}

/// The sum of the 32-bit lanes.
@inline(__always) private func laneSum(_ lanes: SIMD8<Int64>) -> Int32 {
  let eight = _mm256_add_epi32(lanes.lowHalf, lanes.highHalf)
  let four = unsafeBitCast(_mm_add_epi32(eight.lowHalf, eight.highHalf), to: SIMD4<Int32>.self)
  let two = four.lowHalf &+ four.highHalf
  return two.x &+ two.y
}
