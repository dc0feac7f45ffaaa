import _Builtin_intrinsics.intel

// Sixteen quants as numbers, for the kernels that widen packed weights; see WidenQuants.swift.
// KernelsAVX512 has the same names.

/// Sixteen signed bytes as Float32.
@inline(__always) func sixteenFloats(_ quants: QuantBytes) -> SIMD16<Float> {
  let high = SIMD2<Int64>(quants.y, 0)
  return SIMD16(
    lowHalf: _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(quants)),
    highHalf: _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(high)))
}

/// The same number sixteen times.
@inline(__always) func sixteen(_ value: Float) -> SIMD16<Float> {
  SIMD16(lowHalf: broadcast(value), highHalf: broadcast(value))
}

/// One register of bfloat16 from memory, widened: they are the upper halves of Float32.
@inline(__always) func loadUpperHalves(_ source: UnsafeRawPointer) -> FloatLanes {
  let halves = source.loadUnaligned(as: SIMD2<Int64>.self)
  return unsafeBitCast(
    _mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16), to: FloatLanes.self)
}
