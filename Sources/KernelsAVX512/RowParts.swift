import _Builtin_intrinsics.intel

// What products along the rows of a file need of 512-bit registers; see the file of this name in
// KernelsAVX2.

/// Parts of 32 bytes in a register.
let partCount = 2

/// 32 bytes, then 32 others.
@inline(__always)
func loadParts(_ first: UnsafeRawPointer, _ second: UnsafeRawPointer) -> IntegerLanes {
  IntegerLanes(
    lowHalf: first.loadUnaligned(as: SIMD4<Int64>.self),
    highHalf: second.loadUnaligned(as: SIMD4<Int64>.self))
}

/// The same 32 bytes in each part.
@inline(__always) func repeatPart(_ source: UnsafeRawPointer) -> IntegerLanes {
  loadParts(source, source)
}

/// The same 16 bytes in each quarter of 16.
@inline(__always) func repeatQuarter(_ source: UnsafeRawPointer) -> IntegerLanes {
  repeatQuarters(source, source)
}

/// 16 bytes twice, then 16 others twice.
@inline(__always)
private func repeatQuarters(
  _ first: UnsafeRawPointer, _ second: UnsafeRawPointer
) -> IntegerLanes {
  let low = first.loadUnaligned(as: SIMD2<Int64>.self)
  let high = second.loadUnaligned(as: SIMD2<Int64>.self)
  return IntegerLanes(
    lowHalf: SIMD4(lowHalf: low, highHalf: low), highHalf: SIMD4(lowHalf: high, highHalf: high))
}

/// The same 8 bytes everywhere.
@inline(__always) func repeatEight(_ source: UnsafeRawPointer) -> IntegerLanes {
  IntegerLanes(repeating: source.loadUnaligned(as: Int64.self))
}

/// The low nibbles of 16 bytes, then the high ones, then those of 16 others likewise.
@inline(__always)
func splitNibbles(_ first: UnsafeRawPointer, _ second: UnsafeRawPointer) -> IntegerLanes {
  let four: Int64 = 0x0000_0004_0000_0004
  return _mm512_srlv_epi32(
    repeatQuarters(first, second), IntegerLanes(0, 0, four, four, 0, 0, four, four))
    & broadcastByte(0x0f)
}

/// Each byte's bits from `bit` on moved to bit 4 on, in the second part those from `bit + 2` on;
/// the other bits are of no use.
@inline(__always) func bitsAtFour(_ bits: IntegerLanes, _ bit: Int) -> IntegerLanes {
  // A rotation: the wanted bits of a byte come from the same byte.
  let (first, second) = (Int64((36 - bit) % 32), Int64((34 - bit) % 32))
  let counts = SIMD4<Int64>(repeating: first << 32 | first)
  return _mm512_rolv_epi32(
    bits,
    IntegerLanes(lowHalf: counts, highHalf: SIMD4<Int64>(repeating: second << 32 | second)))
}

/// Byte `index` of eight in each 16-bit half, without sign; in the second part byte `index + 2`.
@inline(__always) func partScales(_ bytes: IntegerLanes, _ index: Int) -> IntegerLanes {
  _mm512_shuffle_epi8(
    bytes,
    IntegerLanes(
      lowHalf: SIMD4(repeating: wordPattern(index)),
      highHalf: SIMD4(repeating: wordPattern(index + 2))))
}

/// Byte `index` of sixteen in each 16-bit half, with its sign; in the quarters after it the bytes
/// after it.
@inline(__always) func quarterScales(_ bytes: IntegerLanes, _ index: Int) -> IntegerLanes {
  let (first, second) = (highPattern(index), highPattern(index + 1))
  let (third, fourth) = (highPattern(index + 2), highPattern(index + 3))
  return _mm512_srai_epi16(
    _mm512_shuffle_epi8(
      bytes, IntegerLanes(first, first, second, second, third, third, fourth, fourth)), 8)
}

/// The pairs of products of unsigned quants with signed activations, in 16 bits.
@inline(__always)
func pairProducts(_ quants: IntegerLanes, _ x: IntegerLanes) -> IntegerLanes {
  _mm512_maddubs_epi16(quants, x)
}

/// In each quarter, the sums of the quarter's lanes of a, b, c and d.
@inline(__always)
func quadSums(
  _ a: IntegerLanes, _ b: IntegerLanes, _ c: IntegerLanes, _ d: IntegerLanes
) -> IntegerLanes {
  let ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b))
  let cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d))
  return _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd))
}

/// The sums of 16 rows, a lane a row, from their stored ``quadSums(_:_:_:_:)``.
@inline(__always) func joinedQuads(_ quads: UnsafeRawPointer) -> IntegerLanes {
  let (first, second) = partSums(quads)
  return _mm512_add_epi32(evenQuarters(first, second), oddQuarters(first, second))
}

/// As ``joinedQuads(_:)``, of one part of each register alone.
@inline(__always) func joinedQuads(_ quads: UnsafeRawPointer, part: Int) -> IntegerLanes {
  let (first, second) = partSums(quads)
  return part == 0 ? evenQuarters(first, second) : oddQuarters(first, second)
}

/// Quarters of four rows' sums, by turns of the first and the second part.
@inline(__always)
private func partSums(_ quads: UnsafeRawPointer) -> (IntegerLanes, IntegerLanes) {
  let (a, b) = (loadIntegers(quads), loadIntegers(quads + 64))
  let (c, d) = (loadIntegers(quads + 128), loadIntegers(quads + 192))
  return (
    _mm512_add_epi32(evenQuarters(a, b), oddQuarters(a, b)),
    _mm512_add_epi32(evenQuarters(c, d), oddQuarters(c, d))
  )
}

/// Float16 at `laneCount` addresses, widened.
@inline(__always) func gatherHalves(_ address: (_ lane: Int) -> UnsafeRawPointer) -> FloatLanes {
  var halves = SIMD16<UInt16>(repeating: 0)
  for lane in 0..<16 { halves[lane] = address(lane).loadUnaligned(as: UInt16.self) }
  return _mm512_cvtph_ps(unsafeBitCast(halves, to: SIMD4<Int64>.self))
}

/// Stores the pairs of words of two registers, a row's side by side: in the first register rows 0
/// and 1 of each quarter, in the second rows 2 and 3.
@inline(__always)
func storePairs(_ a: IntegerLanes, _ b: IntegerLanes, into target: UnsafeMutableRawPointer) {
  store(_mm512_unpacklo_epi32(a, b), target)
  store(_mm512_unpackhi_epi32(a, b), target + registerByteCount)
}

/// Adds what ``signedStart(_:)`` begins sums with.
@inline(__always)
func addCorrection(_ sums: IntegerLanes, _ correction: UnsafeRawPointer) -> IntegerLanes {
  _mm512_add_epi32(sums, signedStart(correction))
}
