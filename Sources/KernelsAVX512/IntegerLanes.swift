import _Builtin_intrinsics.intel

// The names that the kernels of quantised weights are written against, for 512-bit registers with
// VNNI: a 32-bit lane is a row of the weight. KernelsAVX2 has the same names for 256 bits.

/// One register of integers.
typealias IntegerLanes = SIMD8<Int64>

/// Lines of four unsigned quants, each below 2ᵇⁱᵗˢ, whose products one sum of ``addProducts``
/// holds: any number, since `vpdpbusd` adds in 32 bits.
@inline(__always) func lineCount(bits: Int, subBlockLines: Int) -> Int { subBlockLines }

/// One register from memory, any alignment.
@inline(__always) func loadIntegers(_ source: UnsafeRawPointer) -> IntegerLanes {
  source.loadUnaligned(as: IntegerLanes.self)
}

/// One register to memory, any alignment.
@inline(__always) func store(_ lanes: IntegerLanes, _ target: UnsafeMutableRawPointer) {
  target.storeBytes(of: lanes, as: IntegerLanes.self)
}

/// All bits zero.
@inline(__always) func zeroIntegers() -> IntegerLanes { SIMD8<Int64>(repeating: 0) }

/// The 32 bits at an address in every lane.
@inline(__always) func broadcastWord(_ source: UnsafeRawPointer) -> IntegerLanes {
  _mm512_set1_epi32(source.loadUnaligned(as: Int32.self))
}

/// A byte in every byte.
@inline(__always) func broadcastByte(_ byte: UInt8) -> IntegerLanes {
  _mm512_set1_epi32(Int32(bitPattern: UInt32(byte) &* 0x0101_0101))
}

/// Each lane shifted right, zeros coming in.
@inline(__always) func shiftRight(_ lanes: IntegerLanes, _ bits: UInt32) -> IntegerLanes {
  _mm512_srli_epi32(lanes, bits)
}

/// Each lane shifted left.
@inline(__always) func shiftLeft(_ lanes: IntegerLanes, _ bits: UInt32) -> IntegerLanes {
  _mm512_slli_epi32(lanes, bits)
}

/// Adds the four products of unsigned quants with signed activations of each lane.
@inline(__always)
func addProducts(_ sums: IntegerLanes, _ quants: IntegerLanes, _ x: IntegerLanes) -> IntegerLanes {
  _mm512_dpbusd_epi32(sums, quants, x)
}

/// Adds a sub-block's sums times its scales, as ``unsignedScales`` or ``signedScales`` gave them.
@inline(__always)
func addScaled(_ total: IntegerLanes, _ sums: IntegerLanes, _ scales: IntegerLanes) -> IntegerLanes
{
  _mm512_add_epi32(total, _mm512_mullo_epi32(sums, scales))
}

/// Adds the two products of signed 16-bit halves of each lane.
@inline(__always)
func addPairLanes(_ total: IntegerLanes, _ pairs: IntegerLanes, _ x: IntegerLanes) -> IntegerLanes {
  _mm512_dpwssd_epi32(total, pairs, x)
}

/// Byte `index` of each lane, without sign, ready for ``addScaled``.
@inline(__always)
func unsignedScales(_ words: IntegerLanes, _ index: UInt32) -> IntegerLanes {
  _mm512_srli_epi32(_mm512_slli_epi32(words, 24 - 8 * index), 24)
}

/// Byte `index` of each lane, with its sign, ready for ``addScaled``.
@inline(__always)
func signedScales(_ words: IntegerLanes, _ index: UInt32) -> IntegerLanes {
  _mm512_srai_epi32(_mm512_slli_epi32(words, 24 - 8 * index), 24)
}

/// Bytes 0 and 2 of each lane as 16-bit halves, without sign.
@inline(__always) func evenBytes(_ words: IntegerLanes) -> IntegerLanes {
  words & _mm512_set1_epi32(0x00ff_00ff)
}

/// Bytes 1 and 3 of each lane as 16-bit halves, without sign.
@inline(__always) func oddBytes(_ words: IntegerLanes) -> IntegerLanes {
  _mm512_srli_epi16(words, 8)
}

/// Byte 0 of each lane, with its sign.
@inline(__always) func signedLowBytes(_ words: IntegerLanes) -> IntegerLanes {
  _mm512_srai_epi32(_mm512_slli_epi32(words, 24), 24)
}

/// Bytes 0 and 2 of each lane as 16-bit halves, with their signs.
@inline(__always) func evenSignedBytes(_ words: IntegerLanes) -> IntegerLanes {
  _mm512_srai_epi16(_mm512_slli_epi16(words, 8), 8)
}

/// Bytes 1 and 3 of each lane as 16-bit halves, with their signs.
@inline(__always) func oddSignedBytes(_ words: IntegerLanes) -> IntegerLanes {
  _mm512_srai_epi16(words, 8)
}

/// Bytes 0 and 2 of each lane as 16-bit halves, with their signs, times -32.
@inline(__always) func evenSignedBytesTimesMinus32(_ words: IntegerLanes) -> IntegerLanes {
  zeroIntegers().minus16(_mm512_srai_epi16(_mm512_slli_epi16(words, 8), 3))
}

/// Bytes 1 and 3 of each lane as 16-bit halves, with their signs, times -32.
@inline(__always) func oddSignedBytesTimesMinus32(_ words: IntegerLanes) -> IntegerLanes {
  zeroIntegers().minus16(_mm512_slli_epi16(_mm512_srai_epi16(words, 8), 5))
}

extension IntegerLanes {
  /// The difference of 16-bit halves.
  @inline(__always) fileprivate func minus16(_ other: IntegerLanes) -> IntegerLanes {
    _mm512_sub_epi16(self, other)
  }
}

/// Lanes as Float32, rounded to nearest.
@inline(__always) func floats(_ lanes: IntegerLanes) -> FloatLanes { _mm512_cvtepi32_ps(lanes) }

/// Lanes as integers, rounded to nearest, ties to even.
@inline(__always) func roundedIntegers(_ lanes: FloatLanes) -> IntegerLanes {
  _mm512_cvtps_epi32(lanes)
}

/// The Float16 in the low half of each lane, widened.
@inline(__always) func lowHalves(_ words: IntegerLanes) -> FloatLanes {
  _mm512_cvtph_ps(_mm512_cvtepi32_epi16(words))
}

/// The Float16 in the high half of each lane, widened.
@inline(__always) func highHalves(_ words: IntegerLanes) -> FloatLanes {
  _mm512_cvtph_ps(_mm512_cvtepi32_epi16(_mm512_srli_epi32(words, 16)))
}

/// `c - a · b`, rounded once.
@inline(__always)
func multiplySubtract(_ a: FloatLanes, _ b: FloatLanes, _ c: FloatLanes) -> FloatLanes {
  _mm512_fnmadd_ps(a, b, c)
}

// Signed quants. `vpdpbusd` wants unsigned ones, so 128 is added to each, and a block's sums begin
// at -128 times the sum of its activations.

/// Signed bytes as ``addSignedProducts`` wants them.
@inline(__always) func prepareSigned(_ quants: IntegerLanes) -> IntegerLanes {
  quants ^ broadcastByte(0x80)
}

/// Nibbles 0...15 that mean -8...7, as ``addSignedProducts`` wants them: 120 more.
@inline(__always) func prepareNibbles(_ quants: IntegerLanes) -> IntegerLanes {
  _mm512_add_epi8(quants, broadcastByte(120))
}

/// The initial sums of a block, given the address of -128 times the sum of its activations.
@inline(__always) func signedStart(_ correction: UnsafeRawPointer) -> IntegerLanes {
  broadcastWord(correction)
}

/// Adds the four products of prepared signed quants with signed activations of each lane.
@inline(__always)
func addSignedProducts(
  _ sums: IntegerLanes, _ quants: IntegerLanes, _ x: IntegerLanes
) -> IntegerLanes {
  addProducts(sums, quants, x)
}

/// Rows of activations that the micro-kernels multiply at once: 6 x 2 sums of sub-blocks and as
/// many of superblocks.
let quantizedTileRows = 6

/// Quantises 32 activations: times `factor`, rounded to even.
///
/// The caller has seen to it that the results are in -127...127.
@inline(__always)
func quantize32(
  _ source: UnsafePointer<Float>, _ factor: FloatLanes, into target: UnsafeMutableRawPointer
) {
  let first = _mm512_cvtps_epi32(load(source) * factor)
  let second = _mm512_cvtps_epi32(load(source + 16) * factor)
  target.storeBytes(of: _mm512_cvtepi32_epi8(first), as: SIMD2<Int64>.self)
  target.storeBytes(of: _mm512_cvtepi32_epi8(second), toByteOffset: 16, as: SIMD2<Int64>.self)
}

/// Quantises 32 numbers: less `shift`, times `factor`, rounded to even, at least 0 and at most
/// ``largestOffsetQuant``.
@inline(__always)
func quantizeUnsigned32(
  _ source: UnsafePointer<Float>, _ shift: FloatLanes, _ factor: FloatLanes,
  into target: UnsafeMutableRawPointer
) {
  let low = roundedQuants(load(source) - shift, factor)
  let high = roundedQuants(load(source + 16) - shift, factor)
  target.storeBytes(of: _mm512_cvtepi32_epi8(low), as: SIMD2<Int64>.self)
  target.storeBytes(of: _mm512_cvtepi32_epi8(high), toByteOffset: 16, as: SIMD2<Int64>.self)
}

/// Lanes times `factor`, rounded to even, at least 0 and at most ``largestOffsetQuant``.
@inline(__always)
private func roundedQuants(_ lanes: FloatLanes, _ factor: FloatLanes) -> IntegerLanes {
  // The second operand wins when the first is NaN, so every quant is in range.
  let held = minimum(maximum(lanes * factor, broadcast(0)), broadcast(largestOffsetQuant))
  return _mm512_cvtps_epi32(held)
}
