import _Builtin_intrinsics.intel

// The names that the kernels shared with KernelsAVX2 are written against, for 512-bit registers.
// Everything is inlined: a register must never cross a call.

/// One register of Float32.
typealias FloatLanes = SIMD16<Float>
/// Float32 elements in a register.
let laneCount = 16
/// Rows of activations that are multiplied with a panel at once: 8 x 3 sums of 32 registers.
let panelTileRows = 8
/// Rows that attention's products take at once.
let tileRows = 8

/// All lanes zero.
@inline(__always) func zeroLanes() -> FloatLanes { _mm512_setzero_ps() }

/// All lanes `value`.
@inline(__always) func broadcast(_ value: Float) -> FloatLanes { _mm512_set1_ps(value) }

/// One register from memory, any alignment.
@inline(__always) func load(_ source: UnsafePointer<Float>) -> FloatLanes {
  _mm512_loadu_ps(source)
}

/// One register to memory, any alignment.
@inline(__always) func store(_ lanes: FloatLanes, _ target: UnsafeMutablePointer<Float>) {
  _mm512_storeu_ps(target, lanes)
}

/// The first `count` lanes from memory, the others zero; reads nothing beyond.
@inline(__always) func load(_ source: UnsafePointer<Float>, count: Int) -> FloatLanes {
  _mm512_maskz_loadu_ps(laneMask(count), source)
}

/// The first `count` lanes to memory; writes nothing beyond.
@inline(__always)
func store(_ lanes: FloatLanes, _ target: UnsafeMutablePointer<Float>, count: Int) {
  _mm512_mask_storeu_ps(target, laneMask(count), lanes)
}

/// A bit for each of the first `count` lanes.
@inline(__always) func laneMask(_ count: Int) -> __mmask16 {
  __mmask16(truncatingIfNeeded: (1 << count) &- 1)
}

/// One register of Float16 from memory, widened.
@inline(__always) func loadHalves(_ source: UnsafePointer<Float16>) -> FloatLanes {
  _mm512_cvtph_ps(UnsafeRawPointer(source).loadUnaligned(as: SIMD4<Int64>.self))
}

/// `a · b + c`, rounded once.
@inline(__always)
func multiplyAdd(_ a: FloatLanes, _ b: FloatLanes, _ c: FloatLanes) -> FloatLanes {
  _mm512_fmadd_ps(a, b, c)
}

/// The larger of each pair of lanes.
@inline(__always) func maximum(_ a: FloatLanes, _ b: FloatLanes) -> FloatLanes {
  _mm512_max_ps(a, b)
}

/// The smaller of each pair of lanes.
@inline(__always) func minimum(_ a: FloatLanes, _ b: FloatLanes) -> FloatLanes {
  _mm512_min_ps(a, b)
}

/// Multiplies each lane of `a` by 2 to the integer in the low mantissa bits of `n`.
@inline(__always)
func addToExponent(_ a: FloatLanes, _ n: FloatLanes) -> FloatLanes {
  let exponents = unsafeBitCast(n, to: SIMD16<Int32>.self) &<< 23
  return unsafeBitCast(unsafeBitCast(a, to: SIMD16<Int32>.self) &+ exponents, to: FloatLanes.self)
}

/// The sum of all lanes, by halves.
@inline(__always) func sum(_ lanes: FloatLanes) -> Float {
  let eight = lanes.lowHalf + lanes.highHalf
  let four = eight.lowHalf + eight.highHalf
  let two = four.lowHalf + four.highHalf
  return two.x + two.y
}

/// A register of quarters: four Float32 from each of 4 addresses.
@inline(__always)
func gatherQuarters(_ address: (_ part: Int) -> UnsafePointer<Float>) -> FloatLanes {
  SIMD16(
    lowHalf: SIMD8(lowHalf: quarter(address(0)), highHalf: quarter(address(1))),
    highHalf: SIMD8(lowHalf: quarter(address(2)), highHalf: quarter(address(3))))
}

@inline(__always) private func quarter(_ source: UnsafePointer<Float>) -> SIMD4<Float> {
  UnsafeRawPointer(source).loadUnaligned(as: SIMD4<Float>.self)
}

/// Transposes 4 x 4 elements inside each 128-bit part of four registers.
@inline(__always)
func transposeQuarters(
  _ a: FloatLanes, _ b: FloatLanes, _ c: FloatLanes, _ d: FloatLanes
) -> (FloatLanes, FloatLanes, FloatLanes, FloatLanes) {
  let lowAB = pairs(_mm512_unpacklo_ps(a, b))
  let highAB = pairs(_mm512_unpackhi_ps(a, b))
  let lowCD = pairs(_mm512_unpacklo_ps(c, d))
  let highCD = pairs(_mm512_unpackhi_ps(c, d))
  return (
    singles(_mm512_unpacklo_pd(lowAB, lowCD)), singles(_mm512_unpackhi_pd(lowAB, lowCD)),
    singles(_mm512_unpacklo_pd(highAB, highCD)), singles(_mm512_unpackhi_pd(highAB, highCD))
  )
}

/// The same bits as pairs of elements.
@inline(__always) private func pairs(_ lanes: FloatLanes) -> SIMD8<Double> {
  unsafeBitCast(lanes, to: SIMD8<Double>.self)
}

/// The same bits as single elements.
@inline(__always) private func singles(_ lanes: SIMD8<Double>) -> FloatLanes {
  unsafeBitCast(lanes, to: FloatLanes.self)
}
