import _Builtin_intrinsics.intel

/// Quantises rows to blocks of 32 signed bytes for ``multiplyBlocks(_:)``; see the scalar twin
/// `quantizeBlocks`, with which quants and scales agree bit for bit.
///
/// A row becomes its quants, widened to 16 bits, then its scales.
///
/// - Complexity: O(rows × inputs), no allocation.
package func quantizeRows(
  _ x: UnsafePointer<Float>, rows: Int, inputs: Int, into target: UnsafeMutableRawPointer
) {
  let rowByteCount = quantizedRowByteCount(inputs: inputs)
  for row in 0..<rows {
    let quants = target + row * rowByteCount
    let scales = quants + inputs * 2
    for block in 0..<(inputs / 32) {
      let source = x + row * inputs + block * 32
      let lanes = (load(source), load(source + 8), load(source + 16), load(source + 24))
      let largest = largestLane(
        maximum(
          maximum(magnitude(lanes.0), magnitude(lanes.1)),
          maximum(magnitude(lanes.2), magnitude(lanes.3))))
      let inverse = 127 / largest
      let isZero = !(inverse < .infinity)
      scales.storeBytes(of: isZero ? 0 : largest / 127, toByteOffset: block * 4, as: Float.self)
      let factor = broadcast(isZero ? 0 : inverse)
      storeQuants(lanes.0, lanes.1, factor, quants + block * 64)
      storeQuants(lanes.2, lanes.3, factor, quants + block * 64 + 32)
    }
  }
}

/// Writes 16 lanes times `factor`, held to -127...127 and rounded to even, as Int16.
@inline(__always)
private func storeQuants(
  _ first: FloatLanes, _ second: FloatLanes, _ factor: FloatLanes,
  _ target: UnsafeMutableRawPointer
) {
  let low = roundedQuants(first, factor)
  let high = roundedQuants(second, factor)
  // Packing works within 128-bit halves; the middle quarters change places.
  let packed = _mm256_packs_epi32(low, high)
  target.storeBytes(
    of: SIMD4<Int64>(packed.x, packed.z, packed.y, packed.w), as: SIMD4<Int64>.self)
}

/// Lanes times `factor`, held to -127...127 and rounded to even.
@inline(__always)
private func roundedQuants(_ lanes: FloatLanes, _ factor: FloatLanes) -> SIMD4<Int64> {
  // The second operand wins when the first is NaN, so every quant is in range.
  let held = minimum(maximum(lanes * factor, broadcast(-127)), broadcast(127))
  return _mm256_cvtps_epi32(held)
}

/// The largest lane.
@inline(__always) private func largestLane(_ lanes: FloatLanes) -> Float {
  let four = _mm_max_ps(lanes.lowHalf, lanes.highHalf)
  let two = _mm_max_ps(four, SIMD4(four.z, four.w, four.x, four.y))
  let one = _mm_max_ps(two, SIMD4(two.y, two.x, two.w, two.z))
  return one.x
}
