import _Builtin_intrinsics.intel

// More names that shared kernels are written against; see Lanes.swift.

/// One register of signed bytes from memory, widened to Float32.
@inline(__always) func loadSignedBytes(_ source: UnsafeRawPointer) -> FloatLanes {
  _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(source.loadUnaligned(as: SIMD2<Int64>.self)))
}

/// Lanes 1, 0, 3, 2 and so on.
@inline(__always) func swapPairs(_ x: FloatLanes) -> FloatLanes {
  FloatLanes(
    x[1], x[0], x[3], x[2], x[5], x[4], x[7], x[6], x[9], x[8], x[11], x[10], x[13], x[12], x[15],
    x[14])
}
