import _Builtin_intrinsics.intel

// More names that shared kernels are written against; see Lanes.swift.

/// One register of signed bytes from memory, widened to Float32.
@inline(__always) func loadSignedBytes(_ source: UnsafeRawPointer) -> FloatLanes {
  let bytes = SIMD2<Int64>(source.loadUnaligned(as: Int64.self), 0)
  return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes))
}

/// Lanes 1, 0, 3, 2 and so on.
@inline(__always) func swapPairs(_ x: FloatLanes) -> FloatLanes {
  FloatLanes(x[1], x[0], x[3], x[2], x[5], x[4], x[7], x[6])
}
