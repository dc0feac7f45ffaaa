#if arch(x86_64)
  import _Builtin_intrinsics.intel

  /// Integer dot products of one query with many quantised vectors, by `vpmaddwd`.
  ///
  /// Same contract as the scalar twin in KernelsReference, and the same bits.
  ///
  /// Sixteen codes widen to Int16 and meet sixteen elements of the query; the 32-bit lanes cannot
  /// overflow under the twin's precondition. Four rows share each load of the query. The arithmetic
  /// (72 instructions for a vector of 384) is hidden by the memory latency: 384 bytes per vector.
  ///
  /// - Precondition: `stride` is a multiple of 16.
  package func dotQuantizedVectors(
    codes: UnsafePointer<UInt8>, stride: Int, rows: Int, query: UnsafePointer<Int16>,
    dots: UnsafeMutablePointer<Int32>
  ) {
    var row = 0
    while row + 4 <= rows {
      let vector0 = codes + row * stride
      let vector1 = vector0 + stride
      let vector2 = vector1 + stride
      let vector3 = vector2 + stride
      var sum0 = _mm256_setzero_si256()
      var sum1 = _mm256_setzero_si256()
      var sum2 = _mm256_setzero_si256()
      var sum3 = _mm256_setzero_si256()
      var index = 0
      while index < stride {
        let elements = loadQuery(query + index)
        sum0 = addProducts(sum0, vector0 + index, elements)
        sum1 = addProducts(sum1, vector1 + index, elements)
        sum2 = addProducts(sum2, vector2 + index, elements)
        sum3 = addProducts(sum3, vector3 + index, elements)
        index += 16
      }
      // Two levels of horizontal sums leave one lane a row in each half.
      let pairs = _mm256_hadd_epi32(
        _mm256_hadd_epi32(sum0, sum1), _mm256_hadd_epi32(sum2, sum3))
      let sums = _mm_add_epi32(pairs.lowHalf, pairs.highHalf)
      UnsafeMutableRawPointer(dots + row).storeBytes(of: sums, as: SIMD2<Int64>.self)
      row += 4
    }
    while row < rows {
      let vector = codes + row * stride
      var sum = _mm256_setzero_si256()
      var index = 0
      while index < stride {
        sum = addProducts(sum, vector + index, loadQuery(query + index))
        index += 16
      }
      let halves = _mm_add_epi32(sum.lowHalf, sum.highHalf)
      let pairs = _mm_hadd_epi32(halves, halves)
      let total = _mm_hadd_epi32(pairs, pairs)
      dots[row] = Int32(truncatingIfNeeded: total[0])
      row += 1
    }
  }

  @inline(__always)
  private func loadQuery(_ query: UnsafePointer<Int16>) -> SIMD4<Int64> {
    UnsafeRawPointer(query).loadUnaligned(as: SIMD4<Int64>.self)
  }

  @inline(__always)
  private func addProducts(
    _ sum: SIMD4<Int64>, _ codes: UnsafePointer<UInt8>, _ query: SIMD4<Int64>
  ) -> SIMD4<Int64> {
    let packed = UnsafeRawPointer(codes).loadUnaligned(as: SIMD2<Int64>.self)
    return _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_cvtepu8_epi16(packed), query))
  }
#endif
