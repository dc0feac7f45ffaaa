import _Builtin_intrinsics.intel

// The sums of quantised activations, which products with minima and with offset quants need.

/// Whether no element is infinite or NaN: only then is each times 0 a zero.
@inline(__always)
func isFinite(_ x: UnsafePointer<Float>, count: Int) -> Bool {
  var zeros = zeroLanes()
  for start in stride(from: 0, to: count, by: laneCount) {
    zeros = multiplyAdd(load(x + start), zeroLanes(), zeros)
  }
  return sum(zeros) == 0
}

/// The sums of 16 of 128 signed bytes, Int32: of the even sixteens in the low half, of the odd ones
/// in the high half.
@inline(__always) func sumsOf16(_ quants: UnsafeRawPointer) -> SIMD4<Int64> {
  sumsOf16(load32(quants), load32(quants + 32), load32(quants + 64), load32(quants + 96))
}

/// The sums of the magnitudes; as ``sumsOf16(_:)``.
@inline(__always) func magnitudeSumsOf16(_ quants: UnsafeRawPointer) -> SIMD4<Int64> {
  sumsOf16(
    _mm256_abs_epi8(load32(quants)), _mm256_abs_epi8(load32(quants + 32)),
    _mm256_abs_epi8(load32(quants + 64)), _mm256_abs_epi8(load32(quants + 96)))
}

@inline(__always)
private func sumsOf16(
  _ a: SIMD4<Int64>, _ b: SIMD4<Int64>, _ c: SIMD4<Int64>, _ d: SIMD4<Int64>
) -> SIMD4<Int64> {
  let first = _mm256_hadd_epi32(sumsOf4(a), sumsOf4(b))
  let second = _mm256_hadd_epi32(sumsOf4(c), sumsOf4(d))
  return _mm256_hadd_epi32(first, second)
}

/// The sums of 4 of 32 signed bytes, Int32.
@inline(__always) private func sumsOf4(_ quants: SIMD4<Int64>) -> SIMD4<Int64> {
  _mm256_madd_epi16(
    _mm256_maddubs_epi16(_mm256_set1_epi8(1), quants), _mm256_set1_epi16(1))
}

/// 32 bytes, any alignment.
@inline(__always) private func load32(_ source: UnsafeRawPointer) -> SIMD4<Int64> {
  source.loadUnaligned(as: SIMD4<Int64>.self)
}

/// The sums of 32 from those of 16.
@inline(__always) func blockSums(_ sums: SIMD4<Int64>) -> SIMD4<Int32> {
  let lanes = unsafeBitCast(sums, to: SIMD8<Int32>.self)
  return lanes.lowHalf &+ lanes.highHalf
}
