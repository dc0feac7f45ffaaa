import _Builtin_intrinsics.intel

// The same as in PeaksAVX2 for 512-bit registers, with `vpdpbusd` (VNNI) for bytes.

/// Float32 operations (multiplications and additions) in one round of ``multiplyAdd(rounds:)``.
package let multiplyAddOperationCount = 12 * 16 * 2

/// `sum += a · b` in 12 registers of 16 lanes, `rounds` times.
package func multiplyAdd(rounds: Int, _ numbers: UnsafePointer<Float>) -> Float {
  let a = _mm512_loadu_ps(numbers)
  let b = _mm512_loadu_ps(numbers + 16)
  var (s0, s1, s2, s3) = (a, b, a, b)
  var (s4, s5, s6, s7) = (a, b, a, b)
  var (s8, s9, s10, s11) = (a, b, a, b)
  for _ in 0..<rounds {
    s0 = _mm512_fmadd_ps(a, b, s0)
    s1 = _mm512_fmadd_ps(a, b, s1)
    s2 = _mm512_fmadd_ps(a, b, s2)
    s3 = _mm512_fmadd_ps(a, b, s3)
    s4 = _mm512_fmadd_ps(a, b, s4)
    s5 = _mm512_fmadd_ps(a, b, s5)
    s6 = _mm512_fmadd_ps(a, b, s6)
    s7 = _mm512_fmadd_ps(a, b, s7)
    s8 = _mm512_fmadd_ps(a, b, s8)
    s9 = _mm512_fmadd_ps(a, b, s9)
    s10 = _mm512_fmadd_ps(a, b, s10)
    s11 = _mm512_fmadd_ps(a, b, s11)
  }
  let sum = (s0 + s1 + s2 + s3) + (s4 + s5 + s6 + s7) + (s8 + s9 + s10 + s11)
  return sum[0]
}

/// Int8 operations in one round of ``multiplyBytes(rounds:)``.
package let multiplyBytesOperationCount = 12 * 64 * 2

/// `vpdpbusd` in 12 registers, `rounds` times.
package func multiplyBytes(rounds: Int, _ numbers: UnsafePointer<Float>) -> Float {
  let source = UnsafeRawPointer(numbers)
  let x = source.loadUnaligned(as: SIMD8<Int64>.self)
  let w = (source + 64).loadUnaligned(as: SIMD8<Int64>.self)
  var (s0, s1, s2, s3) = (x, w, x, w)
  var (s4, s5, s6, s7) = (x, w, x, w)
  var (s8, s9, s10, s11) = (x, w, x, w)
  for _ in 0..<rounds {
    s0 = _mm512_dpbusd_epi32(s0, x, w)
    s1 = _mm512_dpbusd_epi32(s1, x, w)
    s2 = _mm512_dpbusd_epi32(s2, x, w)
    s3 = _mm512_dpbusd_epi32(s3, x, w)
    s4 = _mm512_dpbusd_epi32(s4, x, w)
    s5 = _mm512_dpbusd_epi32(s5, x, w)
    s6 = _mm512_dpbusd_epi32(s6, x, w)
    s7 = _mm512_dpbusd_epi32(s7, x, w)
    s8 = _mm512_dpbusd_epi32(s8, x, w)
    s9 = _mm512_dpbusd_epi32(s9, x, w)
    s10 = _mm512_dpbusd_epi32(s10, x, w)
    s11 = _mm512_dpbusd_epi32(s11, x, w)
  }
  let sum = (s0 &+ s1 &+ s2 &+ s3) &+ (s4 &+ s5 &+ s6 &+ s7) &+ (s8 &+ s9 &+ s10 &+ s11)
  return Float(Int32(truncatingIfNeeded: sum[0]))
}
