import _Builtin_intrinsics.intel

// Loops of independent instructions without any loads that miss: the rates that no kernel of this
// instruction set exceeds. A fused multiply-add has a latency of 4 cycles and two start in each, so
// eight sums would suffice.

/// Float32 operations (multiplications and additions) in one round of ``multiplyAdd(rounds:)``.
package let multiplyAddOperationCount = 12 * 8 * 2

/// `sum += a · b` in 12 registers of 8 lanes, `rounds` times.
package func multiplyAdd(rounds: Int, _ numbers: UnsafePointer<Float>) -> Float {
  let a = _mm256_loadu_ps(numbers)
  let b = _mm256_loadu_ps(numbers + 8)
  var (s0, s1, s2, s3) = (a, b, a, b)
  var (s4, s5, s6, s7) = (a, b, a, b)
  var (s8, s9, s10, s11) = (a, b, a, b)
  for _ in 0..<rounds {
    s0 = _mm256_fmadd_ps(a, b, s0)
    s1 = _mm256_fmadd_ps(a, b, s1)
    s2 = _mm256_fmadd_ps(a, b, s2)
    s3 = _mm256_fmadd_ps(a, b, s3)
    s4 = _mm256_fmadd_ps(a, b, s4)
    s5 = _mm256_fmadd_ps(a, b, s5)
    s6 = _mm256_fmadd_ps(a, b, s6)
    s7 = _mm256_fmadd_ps(a, b, s7)
    s8 = _mm256_fmadd_ps(a, b, s8)
    s9 = _mm256_fmadd_ps(a, b, s9)
    s10 = _mm256_fmadd_ps(a, b, s10)
    s11 = _mm256_fmadd_ps(a, b, s11)
  }
  let sum = (s0 + s1 + s2 + s3) + (s4 + s5 + s6 + s7) + (s8 + s9 + s10 + s11)
  return sum[0]
}

/// Int8 operations in one round of ``multiplyBytes(rounds:)``.
package let multiplyBytesOperationCount = 6 * 32 * 2

/// `vpmaddubsw`, `vpmaddwd` by ones and `vpaddd` in 6 registers, `rounds` times.
package func multiplyBytes(rounds: Int, _ numbers: UnsafePointer<Float>) -> Float {
  let source = UnsafeRawPointer(numbers)
  func lanes(_ index: Int) -> SIMD4<Int64> {
    (source + index * 32).loadUnaligned(as: SIMD4<Int64>.self)
  }
  let ones = _mm256_set1_epi16(1)
  let step = _mm256_set1_epi8(1)
  let (w0, w1, w2, w3, w4, w5) = (lanes(0), lanes(1), lanes(2), lanes(3), lanes(4), lanes(5))
  // The bytes change in every round, so that nothing can be computed once before the loop.
  var x = lanes(6)
  var (s0, s1, s2) = (w0, w1, w2)
  var (s3, s4, s5) = (w3, w4, w5)
  for _ in 0..<rounds {
    s0 = _mm256_add_epi32(s0, _mm256_madd_epi16(_mm256_maddubs_epi16(x, w0), ones))
    s1 = _mm256_add_epi32(s1, _mm256_madd_epi16(_mm256_maddubs_epi16(x, w1), ones))
    s2 = _mm256_add_epi32(s2, _mm256_madd_epi16(_mm256_maddubs_epi16(x, w2), ones))
    s3 = _mm256_add_epi32(s3, _mm256_madd_epi16(_mm256_maddubs_epi16(x, w3), ones))
    s4 = _mm256_add_epi32(s4, _mm256_madd_epi16(_mm256_maddubs_epi16(x, w4), ones))
    s5 = _mm256_add_epi32(s5, _mm256_madd_epi16(_mm256_maddubs_epi16(x, w5), ones))
    x = _mm256_add_epi8(x, step)
  }
  let sum = _mm256_add_epi32(
    _mm256_add_epi32(_mm256_add_epi32(s0, s1), s2), _mm256_add_epi32(_mm256_add_epi32(s3, s4), s5))
  return Float(truncatingIfNeeded: sum.x)
}

extension Float {
  /// The low 32 bits of a result, so that the compiler has to compute it.
  fileprivate init(truncatingIfNeeded bits: Int64) {
    self = Float(Int32(truncatingIfNeeded: bits))
  }
}
