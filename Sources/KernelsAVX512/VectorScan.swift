#if arch(x86_64)
  import _Builtin_intrinsics.intel

  /// Integer dot products of one query with many quantised vectors, by VNNI's `vpdpwssd`.
  ///
  /// Same contract as the scalar twin in KernelsReference, and the same bits.
  ///
  /// Thirty-two codes widen to Int16 and meet thirty-two elements of the query in one instruction
  /// that multiplies, adds pairs and accumulates. Four rows share each load of the query.
  ///
  /// - Precondition: `stride` is a multiple of 32.
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
      var sum0 = _mm512_setzero_si512()
      var sum1 = _mm512_setzero_si512()
      var sum2 = _mm512_setzero_si512()
      var sum3 = _mm512_setzero_si512()
      var index = 0
      while index < stride {
        let elements = loadQuery(query + index)
        sum0 = addProducts(sum0, vector0 + index, elements)
        sum1 = addProducts(sum1, vector1 + index, elements)
        sum2 = addProducts(sum2, vector2 + index, elements)
        sum3 = addProducts(sum3, vector3 + index, elements)
        index += 32
      }
      // Halves, then two levels of horizontal sums leave one lane a row in each half.
      let pairs = _mm256_hadd_epi32(
        _mm256_hadd_epi32(foldHalves(sum0), foldHalves(sum1)),
        _mm256_hadd_epi32(foldHalves(sum2), foldHalves(sum3)))
      let sums = _mm_add_epi32(pairs.lowHalf, pairs.highHalf)
      UnsafeMutableRawPointer(dots + row).storeBytes(of: sums, as: SIMD2<Int64>.self)
      row += 4
    }
    while row < rows {
      let vector = codes + row * stride
      var sum = _mm512_setzero_si512()
      var index = 0
      while index < stride {
        sum = addProducts(sum, vector + index, loadQuery(query + index))
        index += 32
      }
      let folded = foldHalves(sum)
      let halves = _mm_add_epi32(folded.lowHalf, folded.highHalf)
      let pairs = _mm_hadd_epi32(halves, halves)
      let total = _mm_hadd_epi32(pairs, pairs)
      dots[row] = Int32(truncatingIfNeeded: total[0])
      row += 1
    }
  }

  @inline(__always)
  private func loadQuery(_ query: UnsafePointer<Int16>) -> SIMD8<Int64> {
    UnsafeRawPointer(query).loadUnaligned(as: SIMD8<Int64>.self)
  }

  @inline(__always)
  private func addProducts(
    _ sum: SIMD8<Int64>, _ codes: UnsafePointer<UInt8>, _ query: SIMD8<Int64>
  ) -> SIMD8<Int64> {
    let packed = UnsafeRawPointer(codes).loadUnaligned(as: SIMD4<Int64>.self)
    return _mm512_dpwssd_epi32(sum, _mm512_cvtepu8_epi16(packed), query)
  }

  @inline(__always)
  private func foldHalves(_ sum: SIMD8<Int64>) -> SIMD4<Int64> {
    _mm256_add_epi32(sum.lowHalf, sum.highHalf)
  }
#endif
