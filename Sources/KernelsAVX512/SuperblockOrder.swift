import _Builtin_intrinsics.intel

// The order of K-quants and their activations in memory that ``SuperblockTile`` reads with 512
// bits: the words of two sub-blocks of 32 alternate. A step is one word of each: 8 bytes of
// activations, and of 16 outputs two lines of an unpacked panel.

/// Bytes of 256 quantised activations: 256 signed quants, then what their format adds to them, see
/// ``quantizeQ8K(_:rows:inputs:into:stride:)`` and
/// ``quantizeSignedQ80(_:rows:inputs:into:stride:)``.
package let activationByteCount = 384

/// Bytes from a word of four `Q8_K` quants to the next of the same 32.
let quantWordStride = 8
/// Bytes from a word of the even 32 of each 64 to that of the odd 32.
let quantPairOffset = 4

/// Bytes of a step's activations.
let stepWordByteCount = 8
/// Bytes of a step of an unpacked panel.
let stepByteCount = 2 * lineByteCount

/// The offset of the largest sum of the activations of one sign in any 32, Int16.
let oneSidedSumOffset = 308
/// The offset of the largest sum of the magnitudes of any 16, Int16.
let magnitudeSumOffset = 310
/// The offset of -32 times the sums of 16, Int32, in the order 0 2, 1 3, 4 6, 5 7, ...: what the
/// sums of two sub-blocks of `Q6_K` begin with.
let startsOffset = 320

/// Puts the quants of a superblock into this order, and adds what the tile needs of them.
///
/// - Parameter target: the activations, quants in their natural order.
@inline(__always)
func finishQ8K(_ target: UnsafeMutableRawPointer) {
  var oneSided = SIMD8<Int32>(repeating: 0)
  var magnitudes = oneSided
  for half in 0..<2 {
    let quants = target + half * 128
    let sums = unsafeBitCast(sumsOf16(quants), to: SIMD8<Int32>.self)
    let starts = SIMD8(
      sums[0], sums[1], sums[4], sums[5], sums[2], sums[3], sums[6], sums[7])
    (target + startsOffset + half * 32).storeBytes(of: starts &* -32, as: SIMD8<Int32>.self)
    let absolute = unsafeBitCast(magnitudeSumsOf16(quants), to: SIMD8<Int32>.self)
    // Of each half of the lanes, which are even and odd sixteens: the sum over 32, and with its
    // magnitude added twice that of the activations of the commoner sign.
    let total = sums.swappedHalves &+ sums
    let twice = absolute.swappedHalves &+ absolute &+ total.magnitudes
    oneSided = larger(oneSided, twice)
    magnitudes = larger(magnitudes, absolute)
  }
  target.storeBytes(
    of: Int16(truncatingIfNeeded: largestLane(oneSided) / 2), toByteOffset: oneSidedSumOffset,
    as: Int16.self)
  target.storeBytes(
    of: Int16(truncatingIfNeeded: largestLane(magnitudes)), toByteOffset: magnitudeSumOffset,
    as: Int16.self)
  for start in stride(from: 0, to: superblockElementCount, by: 64) { alternate(target + start) }
}

/// Lets the words of the two 32 of 64 quants alternate.
@inline(__always)
private func alternate(_ quants: UnsafeMutableRawPointer) {
  let even = quants.loadUnaligned(as: SIMD4<Int64>.self)
  let odd = (quants + 32).loadUnaligned(as: SIMD4<Int64>.self)
  let low = _mm256_unpacklo_epi32(even, odd)
  let high = _mm256_unpackhi_epi32(even, odd)
  quants.storeBytes(of: SIMD4(lowHalf: low.lowHalf, highHalf: high.lowHalf), as: SIMD4.self)
  quants.storeBytes(
    of: SIMD4(lowHalf: low.highHalf, highHalf: high.highHalf), toByteOffset: 32, as: SIMD4.self)
}

/// Copies the quants of a superblock into the order of the elements, for products along a row.
@inline(__always)
func naturalQuants(
  _ x: UnsafeRawPointer, scratch: UnsafeMutableRawPointer
) -> UnsafeRawPointer {
  for start in stride(from: 0, to: superblockElementCount, by: 64) {
    let words = (x + start).loadUnaligned(as: SIMD16<Int32>.self)
    (scratch + start).storeBytes(of: words.evenHalf, as: SIMD8<Int32>.self)
    (scratch + start + 32).storeBytes(of: words.oddHalf, as: SIMD8<Int32>.self)
  }
  return UnsafeRawPointer(scratch)
}

extension SIMD8<Int32> {
  @inline(__always)
  fileprivate var swappedHalves: SIMD8<Int32> { SIMD8(lowHalf: highHalf, highHalf: lowHalf) }

  @inline(__always)
  fileprivate var magnitudes: SIMD8<Int32> {
    unsafeBitCast(_mm256_abs_epi32(unsafeBitCast(self, to: SIMD4<Int64>.self)), to: Self.self)
  }
}

/// The larger of each pair of lanes.
@inline(__always)
private func larger(_ a: SIMD8<Int32>, _ b: SIMD8<Int32>) -> SIMD8<Int32> {
  unsafeBitCast(
    _mm256_max_epi32(
      unsafeBitCast(a, to: SIMD4<Int64>.self), unsafeBitCast(b, to: SIMD4<Int64>.self)),
    to: SIMD8<Int32>.self)
}

@inline(__always)
private func largestLane(_ lanes: SIMD8<Int32>) -> Int32 {
  let four = larger(lanes, lanes.swappedHalves)
  return Swift.max(Swift.max(four[0], four[1]), Swift.max(four[2], four[3]))
}

/// Stores a word of quants of two sub-blocks of 32, the `chunk`th two, of 16 outputs.
@inline(__always)
func storeQuants(
  _ even: IntegerLanes, _ odd: IntegerLanes, _ lines: UnsafeMutableRawPointer, chunk: Int, word: Int
) {
  let step = lines + (chunk * 8 + word) * stepByteCount
  store(_mm512_unpacklo_epi32(even, odd), step)
  store(_mm512_unpackhi_epi32(even, odd), step + lineByteCount)
}

/// Stores the scales of four sub-blocks of 32, without sign, from the bytes of each lane: those of
/// two sub-blocks in a lane's halves.
@inline(__always)
func storeScales(_ bytes: IntegerLanes, _ scales: UnsafeMutableRawPointer, quarter: Int) {
  let low = _mm512_and_si512(bytes, _mm512_set1_epi32(0xff))
  let second = _mm512_and_si512(shiftLeft(bytes, 8), _mm512_set1_epi32(0xff_0000))
  let third = _mm512_and_si512(shiftRight(bytes, 16), _mm512_set1_epi32(0xff))
  let fourth = _mm512_and_si512(shiftRight(bytes, 8), _mm512_set1_epi32(0xff_0000))
  store(_mm512_or_si512(low, second), scales + quarter * 2 * lineByteCount)
  store(_mm512_or_si512(third, fourth), scales + (quarter * 2 + 1) * lineByteCount)
}

/// Stores the scales of four sub-blocks of 16, with their signs: 0 with 2, 1 with 3.
///
/// The quants' offset of 32 is in what the sums begin with.
@inline(__always)
func storeSignedScales(_ bytes: IntegerLanes, _ lines: UnsafeMutableRawPointer, quarter: Int) {
  let scales = lines + unpackedScalesOffset + quarter * 2 * lineByteCount
  store(_mm512_srai_epi16(_mm512_slli_epi16(bytes, 8), 8), scales)
  store(_mm512_srai_epi16(bytes, 8), scales + lineByteCount)
}
