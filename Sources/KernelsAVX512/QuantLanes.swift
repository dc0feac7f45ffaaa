import _Builtin_intrinsics.intel

// Sixteen quants as numbers, for the kernels that widen packed weights; see WidenQuants.swift.
// KernelsAVX2 has the same names.

/// Sixteen signed bytes as Float32.
@inline(__always) func sixteenFloats(_ quants: QuantBytes) -> SIMD16<Float> {
  _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(quants))
}

/// The same number sixteen times.
@inline(__always) func sixteen(_ value: Float) -> SIMD16<Float> { broadcast(value) }

/// One register of bfloat16 from memory, widened: they are the upper halves of Float32.
@inline(__always) func loadUpperHalves(_ source: UnsafeRawPointer) -> FloatLanes {
  let halves = source.loadUnaligned(as: SIMD4<Int64>.self)
  return unsafeBitCast(
    _mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16), to: FloatLanes.self)
}
