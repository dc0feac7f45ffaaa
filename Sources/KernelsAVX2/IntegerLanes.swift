import _Builtin_intrinsics.intel

// The names that the kernels of quantised weights are written against, for 256-bit registers: a
// 32-bit lane is a row of the weight. KernelsAVX512 has the same names for 512 bits.

/// One register of integers.
typealias IntegerLanes = SIMD4<Int64>

/// Lines of four unsigned quants, each below 2ᵇⁱᵗˢ, whose products one sum of ``addProducts``
/// holds.
///
/// `vpmaddubsw` adds two products in 16 bits, and so do the sums: with |x| ≤ 127,
/// 8 · 2 · 15 · 127 = 30,480, 4 · 2 · 31 · 127 = 31,496 and 2 · 2 · 63 · 127 = 32,004 fit.
@inline(__always) func lineCount(bits: Int, subBlockLines: Int) -> Int {
  bits == 4 ? 8 : bits == 5 ? 4 : 2
}

/// One register from memory, any alignment.
@inline(__always) func loadIntegers(_ source: UnsafeRawPointer) -> IntegerLanes {
  source.loadUnaligned(as: IntegerLanes.self)
}

/// One register to memory, any alignment.
@inline(__always) func store(_ lanes: IntegerLanes, _ target: UnsafeMutableRawPointer) {
  target.storeBytes(of: lanes, as: IntegerLanes.self)
}

/// All bits zero.
@inline(__always) func zeroIntegers() -> IntegerLanes { _mm256_setzero_si256() }

/// The 32 bits at an address in every lane.
@inline(__always) func broadcastWord(_ source: UnsafeRawPointer) -> IntegerLanes {
  _mm256_set1_epi32(source.loadUnaligned(as: Int32.self))
}

/// A byte in every byte.
@inline(__always) func broadcastByte(_ byte: UInt8) -> IntegerLanes {
  _mm256_set1_epi32(Int32(bitPattern: UInt32(byte) &* 0x0101_0101))
}

/// Each lane shifted right, zeros coming in.
@inline(__always) func shiftRight(_ lanes: IntegerLanes, _ bits: UInt32) -> IntegerLanes {
  _mm256_srli_epi32(lanes, Int32(bits))
}

/// Each lane shifted left.
@inline(__always) func shiftLeft(_ lanes: IntegerLanes, _ bits: UInt32) -> IntegerLanes {
  _mm256_slli_epi32(lanes, Int32(bits))
}

/// The products of unsigned quants with signed activations, pairs of them in 16 bits.
@inline(__always)
func products(_ quants: IntegerLanes, _ x: IntegerLanes) -> IntegerLanes {
  _mm256_maddubs_epi16(quants, x)
}

/// Adds the products of unsigned quants with signed activations, pairs of them in 16 bits.
@inline(__always)
func addProducts(_ sums: IntegerLanes, _ quants: IntegerLanes, _ x: IntegerLanes) -> IntegerLanes {
  _mm256_add_epi16(sums, products(quants, x))
}

/// Adds the sums times their scales, as ``unsignedScales`` or ``signedScales`` gave them.
@inline(__always)
func addScaled(_ total: IntegerLanes, _ sums: IntegerLanes, _ scales: IntegerLanes) -> IntegerLanes
{
  _mm256_add_epi32(total, _mm256_madd_epi16(sums, scales))
}

/// Adds the two products of signed 16-bit halves of each lane.
@inline(__always)
func addPairLanes(_ total: IntegerLanes, _ pairs: IntegerLanes, _ x: IntegerLanes) -> IntegerLanes {
  _mm256_add_epi32(total, _mm256_madd_epi16(pairs, x))
}

/// Byte `index` of each lane, without sign, in both of its 16-bit halves, ready for ``addScaled``.
@inline(__always)
func unsignedScales(_ words: IntegerLanes, _ index: UInt32) -> IntegerLanes {
  let byte = _mm256_srli_epi32(_mm256_slli_epi32(words, Int32(24 - 8 * index)), 24)
  return byte | _mm256_slli_epi32(byte, 16)
}

/// Byte `index` of each lane, with its sign, in both of its 16-bit halves, ready for ``addScaled``.
@inline(__always)
func signedScales(_ words: IntegerLanes, _ index: UInt32) -> IntegerLanes {
  let high = _mm256_slli_epi32(words, Int32(24 - 8 * index))
  let top = high & _mm256_set1_epi32(Int32(bitPattern: 0xff00_0000))
  return _mm256_srai_epi16(top | _mm256_srli_epi32(top, 16), 8)
}

/// Bytes 0 and 2 of each lane as 16-bit halves, without sign.
@inline(__always) func evenBytes(_ words: IntegerLanes) -> IntegerLanes {
  words & _mm256_set1_epi32(0x00ff_00ff)
}

/// Bytes 1 and 3 of each lane as 16-bit halves, without sign.
@inline(__always) func oddBytes(_ words: IntegerLanes) -> IntegerLanes {
  _mm256_srli_epi16(words, 8)
}

/// Byte 0 of each lane, with its sign.
@inline(__always) func signedLowBytes(_ words: IntegerLanes) -> IntegerLanes {
  _mm256_srai_epi32(_mm256_slli_epi32(words, 24), 24)
}

/// Bytes 0 and 2 of each lane as 16-bit halves, with their signs.
@inline(__always) func evenSignedBytes(_ words: IntegerLanes) -> IntegerLanes {
  _mm256_srai_epi16(_mm256_slli_epi16(words, 8), 8)
}

/// Bytes 1 and 3 of each lane as 16-bit halves, with their signs.
@inline(__always) func oddSignedBytes(_ words: IntegerLanes) -> IntegerLanes {
  _mm256_srai_epi16(words, 8)
}

/// Bytes 0 and 2 of each lane as 16-bit halves, with their signs, times -32.
@inline(__always) func evenSignedBytesTimesMinus32(_ words: IntegerLanes) -> IntegerLanes {
  _mm256_sub_epi16(zeroIntegers(), _mm256_srai_epi16(_mm256_slli_epi16(words, 8), 3))
}

/// Bytes 1 and 3 of each lane as 16-bit halves, with their signs, times -32.
@inline(__always) func oddSignedBytesTimesMinus32(_ words: IntegerLanes) -> IntegerLanes {
  _mm256_sub_epi16(zeroIntegers(), _mm256_slli_epi16(_mm256_srai_epi16(words, 8), 5))
}

/// Lanes as Float32, rounded to nearest.
@inline(__always) func floats(_ lanes: IntegerLanes) -> FloatLanes { _mm256_cvtepi32_ps(lanes) }

/// Lanes as integers, rounded to nearest, ties to even.
@inline(__always) func roundedIntegers(_ lanes: FloatLanes) -> IntegerLanes {
  _mm256_cvtps_epi32(lanes)
}

/// The Float16 in the low half of each lane, widened.
@inline(__always) func lowHalves(_ words: IntegerLanes) -> FloatLanes {
  let low = words & _mm256_set1_epi32(0xffff)
  let packed = _mm256_packus_epi32(low, low)
  return _mm256_cvtph_ps(SIMD2<Int64>(packed.x, packed.z))
}

/// The Float16 in the high half of each lane, widened.
@inline(__always) func highHalves(_ words: IntegerLanes) -> FloatLanes {
  lowHalves(_mm256_srli_epi32(words, 16))
}

/// `c - a · b`, rounded once.
@inline(__always)
func multiplySubtract(_ a: FloatLanes, _ b: FloatLanes, _ c: FloatLanes) -> FloatLanes {
  _mm256_fnmadd_ps(a, b, c)
}

// Signed quants. `vpmaddubsw` wants one unsigned operand: the quant's magnitude; its sign goes to
// the activation. 2 · 128 · 127 = 32,512 fits in 16 bits, but no second such sum.

/// Signed bytes as ``addSignedProducts`` wants them.
@inline(__always) func prepareSigned(_ quants: IntegerLanes) -> IntegerLanes { quants }

/// Nibbles 0...15 that mean -8...7, as ``addSignedProducts`` wants them.
@inline(__always) func prepareNibbles(_ quants: IntegerLanes) -> IntegerLanes {
  _mm256_sub_epi8(quants, broadcastByte(8))
}

/// The initial sums of a block.
@inline(__always) func signedStart(_ correction: UnsafeRawPointer) -> IntegerLanes {
  zeroIntegers()
}

/// Adds the four products of prepared signed quants with signed activations of each lane.
@inline(__always)
func addSignedProducts(
  _ sums: IntegerLanes, _ quants: IntegerLanes, _ x: IntegerLanes
) -> IntegerLanes {
  addPairLanes(
    sums, products(_mm256_abs_epi8(quants), _mm256_sign_epi8(x, quants)), _mm256_set1_epi16(1))
}

/// Rows of activations that the micro-kernels multiply at once: 3 x 2 sums of sub-blocks and as
/// many of superblocks.
let quantizedTileRows = 3

/// Quantises 32 activations: times `factor`, rounded to even.
///
/// The caller has seen to it that the results are in -127...127.
@inline(__always)
func quantize32(
  _ source: UnsafePointer<Float>, _ factor: FloatLanes, into target: UnsafeMutableRawPointer
) {
  let first = _mm256_packs_epi32(
    _mm256_cvtps_epi32(load(source) * factor),
    _mm256_cvtps_epi32(load(source + 8) * factor))
  let second = _mm256_packs_epi32(
    _mm256_cvtps_epi32(load(source + 16) * factor),
    _mm256_cvtps_epi32(load(source + 24) * factor))
  storeInOrder(_mm256_packs_epi16(first, second), target)
}

/// Writes 32 bytes that two packings made of four registers, in the order of those registers.
///
/// Each packing works within the halves of a register, so the words of `lanes` are 0 2 4 6 1 3 5 7.
@inline(__always)
func storeInOrder(_ lanes: IntegerLanes, _ target: UnsafeMutableRawPointer) {
  let packed = unsafeBitCast(lanes, to: SIMD8<Int32>.self)
  target.storeBytes(
    of: SIMD8(
      packed[0], packed[4], packed[1], packed[5], packed[2], packed[6], packed[3], packed[7]),
    as: SIMD8<Int32>.self)
}

/// Quantises 32 numbers: less `shift`, times `factor`, rounded to even, at least 0 and at most
/// ``largestOffsetQuant``.
@inline(__always)
func quantizeUnsigned32(
  _ source: UnsafePointer<Float>, _ shift: FloatLanes, _ factor: FloatLanes,
  into target: UnsafeMutableRawPointer
) {
  let first = _mm256_packs_epi32(
    roundedQuants(load(source) - shift, factor), roundedQuants(load(source + 8) - shift, factor))
  let second = _mm256_packs_epi32(
    roundedQuants(load(source + 16) - shift, factor),
    roundedQuants(load(source + 24) - shift, factor))
  storeInOrder(_mm256_packus_epi16(first, second), target)
}

/// Lanes times `factor`, rounded to even, at least 0 and at most ``largestOffsetQuant``.
@inline(__always)
private func roundedQuants(_ lanes: FloatLanes, _ factor: FloatLanes) -> IntegerLanes {
  // The second operand wins when the first is NaN, so every quant is in range.
  let held = minimum(maximum(lanes * factor, broadcast(0)), broadcast(largestOffsetQuant))
  return _mm256_cvtps_epi32(held)
}
