import _Builtin_intrinsics.intel

// What products along the rows of a file need of 256-bit registers: a row's quants are side by side
// in parts of 32 bytes. A register is one part; with 512 bits (KernelsAVX512 has the same names) it
// is two.

/// Parts of 32 bytes in a register.
let partCount = 1

/// 32 bytes, and with two parts 32 others.
@inline(__always)
func loadParts(_ first: UnsafeRawPointer, _ second: UnsafeRawPointer) -> IntegerLanes {
  loadIntegers(first)
}

/// The same 32 bytes in each part.
@inline(__always) func repeatPart(_ source: UnsafeRawPointer) -> IntegerLanes {
  loadIntegers(source)
}

/// The same 16 bytes in each quarter of 16.
@inline(__always) func repeatQuarter(_ source: UnsafeRawPointer) -> IntegerLanes {
  let bytes = source.loadUnaligned(as: SIMD2<Int64>.self)
  return IntegerLanes(lowHalf: bytes, highHalf: bytes)
}

/// The same 8 bytes everywhere.
@inline(__always) func repeatEight(_ source: UnsafeRawPointer) -> IntegerLanes {
  IntegerLanes(repeating: source.loadUnaligned(as: Int64.self))
}

/// The low nibbles of 16 bytes, then the high ones; with two parts, those of 16 others likewise.
@inline(__always)
func splitNibbles(_ first: UnsafeRawPointer, _ second: UnsafeRawPointer) -> IntegerLanes {
  _mm256_srlv_epi32(repeatQuarter(first), _mm256_setr_epi32(0, 0, 0, 0, 4, 4, 4, 4))
    & broadcastByte(0x0f)
}

/// Each byte's bits from `bit` on moved to bit 4 on, in the next part those from `bit + 2` on; the
/// other bits are of no use.
@inline(__always) func bitsAtFour(_ bits: IntegerLanes, _ bit: Int) -> IntegerLanes {
  fifthBit(bits, bit)
}

/// Byte `index` of eight in each 16-bit half, without sign; in the next part byte `index + 2`.
@inline(__always) func partScales(_ bytes: IntegerLanes, _ index: Int) -> IntegerLanes {
  _mm256_shuffle_epi8(bytes, IntegerLanes(repeating: wordPattern(index)))
}

/// Byte `index` of sixteen in each 16-bit half, with its sign; in the quarters after it the bytes
/// after it.
@inline(__always) func quarterScales(_ bytes: IntegerLanes, _ index: Int) -> IntegerLanes {
  let (first, second) = (highPattern(index), highPattern(index + 1))
  return _mm256_srai_epi16(
    _mm256_shuffle_epi8(bytes, IntegerLanes(first, first, second, second)), 8)
}

/// The pairs of products of unsigned quants with signed activations, in 16 bits.
@inline(__always)
func pairProducts(_ quants: IntegerLanes, _ x: IntegerLanes) -> IntegerLanes {
  products(quants, x)
}

/// In each quarter, the sums of the quarter's lanes of a, b, c and d.
@inline(__always)
func quadSums(
  _ a: IntegerLanes, _ b: IntegerLanes, _ c: IntegerLanes, _ d: IntegerLanes
) -> IntegerLanes {
  let ab = _mm256_add_epi32(_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b))
  let cd = _mm256_add_epi32(_mm256_unpacklo_epi32(c, d), _mm256_unpackhi_epi32(c, d))
  return _mm256_add_epi32(_mm256_unpacklo_epi64(ab, cd), _mm256_unpackhi_epi64(ab, cd))
}

/// The sums of `laneCount` rows, a lane a row, from their stored ``quadSums(_:_:_:_:)``.
@inline(__always) func joinedQuads(_ quads: UnsafeRawPointer) -> IntegerLanes {
  let (first, second) = (loadIntegers(quads), loadIntegers(quads + 32))
  return _mm256_add_epi32(
    IntegerLanes(lowHalf: first.lowHalf, highHalf: second.lowHalf),
    IntegerLanes(lowHalf: first.highHalf, highHalf: second.highHalf))
}

/// As ``joinedQuads(_:)``, of one part of each register alone.
@inline(__always) func joinedQuads(_ quads: UnsafeRawPointer, part: Int) -> IntegerLanes {
  joinedQuads(quads)
}

/// Float16 at `laneCount` addresses, widened.
@inline(__always) func gatherHalves(_ address: (_ lane: Int) -> UnsafeRawPointer) -> FloatLanes {
  var halves = SIMD8<UInt16>(repeating: 0)
  for lane in 0..<8 { halves[lane] = address(lane).loadUnaligned(as: UInt16.self) }
  return _mm256_cvtph_ps(unsafeBitCast(halves, to: SIMD2<Int64>.self))
}

/// Stores the pairs of words of two registers, a row's side by side: in the first register rows 0
/// and 1 of each quarter, in the second rows 2 and 3.
@inline(__always)
func storePairs(_ a: IntegerLanes, _ b: IntegerLanes, into target: UnsafeMutableRawPointer) {
  store(_mm256_unpacklo_epi32(a, b), target)
  store(_mm256_unpackhi_epi32(a, b), target + registerByteCount)
}

/// Adds what ``signedStart(_:)`` begins sums with.
@inline(__always)
func addCorrection(_ sums: IntegerLanes, _ correction: UnsafeRawPointer) -> IntegerLanes {
  _mm256_add_epi32(sums, signedStart(correction))
}
