import _Builtin_intrinsics.intel

// The names that the kernels shared with KernelsAVX512 are written against, for 256-bit registers.
// Everything is inlined: a register must never cross a call.

/// One register of Float32.
typealias FloatLanes = SIMD8<Float>
/// Float32 elements in a register.
let laneCount = 8
/// Rows of activations that are multiplied with a panel at once.
///
/// 4 x 3 sums, 3 registers of weights and one of activations fill the 16 registers. 6 x 2 sums need 8
/// loads for 12 multiplications, not 7, and leave a smaller tile of 16 rows.
let panelTileRows = 4
/// Rows that attention's products take at once: 6 x 2 sums of 16 registers.
let tileRows = 6

/// All lanes zero.
@inline(__always) func zeroLanes() -> FloatLanes { _mm256_setzero_ps() }

/// All lanes `value`.
@inline(__always) func broadcast(_ value: Float) -> FloatLanes { _mm256_set1_ps(value) }

/// One register from memory, any alignment.
@inline(__always) func load(_ source: UnsafePointer<Float>) -> FloatLanes {
  _mm256_loadu_ps(source)
}

/// One register to memory, any alignment.
@inline(__always) func store(_ lanes: FloatLanes, _ target: UnsafeMutablePointer<Float>) {
  _mm256_storeu_ps(target, lanes)
}

/// The first `count` lanes from memory, the others zero; reads nothing beyond.
@inline(__always) func load(_ source: UnsafePointer<Float>, count: Int) -> FloatLanes {
  _mm256_maskload_ps(source, laneMask(count))
}

/// The first `count` lanes to memory; writes nothing beyond.
@inline(__always)
func store(_ lanes: FloatLanes, _ target: UnsafeMutablePointer<Float>, count: Int) {
  _mm256_maskstore_ps(target, laneMask(count), lanes)
}

/// All bits of each of the first `count` lanes.
@inline(__always) func laneMask(_ count: Int) -> SIMD4<Int64> {
  let numbers = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(Int32(truncatingIfNeeded: count)), numbers)
}

/// One register of Float16 from memory, widened.
@inline(__always) func loadHalves(_ source: UnsafePointer<Float16>) -> FloatLanes {
  _mm256_cvtph_ps(UnsafeRawPointer(source).loadUnaligned(as: SIMD2<Int64>.self))
}

/// `a · b + c`, rounded once.
@inline(__always)
func multiplyAdd(_ a: FloatLanes, _ b: FloatLanes, _ c: FloatLanes) -> FloatLanes {
  _mm256_fmadd_ps(a, b, c)
}

/// The larger of each pair of lanes.
@inline(__always) func maximum(_ a: FloatLanes, _ b: FloatLanes) -> FloatLanes {
  _mm256_max_ps(a, b)
}

/// The smaller of each pair of lanes.
@inline(__always) func minimum(_ a: FloatLanes, _ b: FloatLanes) -> FloatLanes {
  _mm256_min_ps(a, b)
}

/// Multiplies each lane of `a` by 2 to the integer in the low mantissa bits of `n`.
@inline(__always)
func addToExponent(_ a: FloatLanes, _ n: FloatLanes) -> FloatLanes {
  let exponents = unsafeBitCast(n, to: SIMD8<Int32>.self) &<< 23
  return unsafeBitCast(unsafeBitCast(a, to: SIMD8<Int32>.self) &+ exponents, to: FloatLanes.self)
}

/// The sum of all lanes, by halves.
@inline(__always) func sum(_ lanes: FloatLanes) -> Float {
  let four = lanes.lowHalf + lanes.highHalf
  let two = four.lowHalf + four.highHalf
  return two.x + two.y
}

/// A register of quarters: four Float32 from each of 2 addresses.
@inline(__always)
func gatherQuarters(_ address: (_ part: Int) -> UnsafePointer<Float>) -> FloatLanes {
  SIMD8(lowHalf: quarter(address(0)), highHalf: quarter(address(1)))
}

@inline(__always) private func quarter(_ source: UnsafePointer<Float>) -> SIMD4<Float> {
  UnsafeRawPointer(source).loadUnaligned(as: SIMD4<Float>.self)
}

/// Transposes 4 x 4 elements inside each 128-bit part of four registers.
@inline(__always)
func transposeQuarters(
  _ a: FloatLanes, _ b: FloatLanes, _ c: FloatLanes, _ d: FloatLanes
) -> (FloatLanes, FloatLanes, FloatLanes, FloatLanes) {
  let lowAB = pairs(_mm256_unpacklo_ps(a, b))
  let highAB = pairs(_mm256_unpackhi_ps(a, b))
  let lowCD = pairs(_mm256_unpacklo_ps(c, d))
  let highCD = pairs(_mm256_unpackhi_ps(c, d))
  return (
    singles(_mm256_unpacklo_pd(lowAB, lowCD)), singles(_mm256_unpackhi_pd(lowAB, lowCD)),
    singles(_mm256_unpacklo_pd(highAB, highCD)), singles(_mm256_unpackhi_pd(highAB, highCD))
  )
}

/// The same bits as pairs of elements.
@inline(__always) private func pairs(_ lanes: FloatLanes) -> SIMD4<Double> {
  unsafeBitCast(lanes, to: SIMD4<Double>.self)
}

/// The same bits as single elements.
@inline(__always) private func singles(_ lanes: SIMD4<Double>) -> FloatLanes {
  unsafeBitCast(lanes, to: FloatLanes.self)
}
