import _Builtin_intrinsics.intel

// The order of K-quants and their activations in memory that ``SuperblockTile`` of 256 bits wants:
// that of the elements.

/// Bytes of 256 quantised activations: 256 signed quants, then what their format adds to them, see
/// ``quantizeQ8K(_:rows:inputs:into:stride:)`` and
/// ``quantizeSignedQ80(_:rows:inputs:into:stride:)``.
package let activationByteCount = 320

/// Bytes from a word of four `Q8_K` quants to the next of the same 32.
let quantWordStride = 4
/// Bytes from a word of the even 32 of each 64 to that of the odd 32.
let quantPairOffset = 32

/// The offset of the largest sum, of one sign, of eight activations whose products with quants fall
/// into the same 16 bits of a sum of four lines, Int16.
let oneSidedSumOffset = 308

/// Adds to a superblock of activations what the tile needs of them: the sum at
/// ``oneSidedSumOffset``.
@inline(__always)
func finishQ8K(_ target: UnsafeMutableRawPointer) {
  var largest = zeroIntegers()
  for byteOffset in stride(from: 0, to: superblockElementCount, by: registerByteCount) {
    let x = loadIntegers(target + byteOffset)
    let positive = _mm256_max_epi8(x, zeroIntegers())
    // Without the positive ones, and with the sign changed: at most 127 as well.
    let negative = _mm256_sub_epi8(positive, x)
    largest = _mm256_max_epi16(largest, sumsOfFourWords(positive))
    largest = _mm256_max_epi16(largest, sumsOfFourWords(negative))
  }
  let words = unsafeBitCast(largest, to: SIMD16<Int16>.self)
  let sum = max(max(words[0], words[1]), max(words[8], words[9]))
  target.storeBytes(of: sum, toByteOffset: oneSidedSumOffset, as: Int16.self)
}

/// The sums of bytes 0 and 1, and of 2 and 3, of the four words in each half of the register.
///
/// They are in the half's first word; no other is larger.
@inline(__always)
private func sumsOfFourWords(_ bytes: IntegerLanes) -> IntegerLanes {
  let pairs = _mm256_maddubs_epi16(bytes, broadcastByte(1))
  let twice = _mm256_add_epi16(
    _mm256_unpacklo_epi64(pairs, pairs), _mm256_unpackhi_epi64(pairs, pairs))
  return _mm256_add_epi16(twice, _mm256_srli_epi64(twice, 32))
}

/// The quants of a superblock in the order of the elements, in which they are stored.
@inline(__always)
func naturalQuants(
  _ x: UnsafeRawPointer, scratch: UnsafeMutableRawPointer
) -> UnsafeRawPointer { x }

/// Stores a word of quants of two sub-blocks of 32, the `chunk`th two, of 8 outputs.
@inline(__always)
func storeQuants(
  _ even: IntegerLanes, _ odd: IntegerLanes, _ lines: UnsafeMutableRawPointer, chunk: Int, word: Int
) {
  store(even, lines + (chunk * 16 + word) * lineByteCount)
  store(odd, lines + (chunk * 16 + 8 + word) * lineByteCount)
}

/// Stores the scales of four sub-blocks of 32, without sign, from the bytes of each lane.
@inline(__always)
func storeScales(_ bytes: IntegerLanes, _ scales: UnsafeMutableRawPointer, quarter: Int) {
  for index in 0..<4 {
    store(
      unsignedScales(bytes, UInt32(index)), scales + (quarter * 4 + index) * lineByteCount)
  }
}

/// Stores the scales of four sub-blocks of 16, with their signs, and the pairs of -32 times the
/// scales that take 32 off each quant.
@inline(__always)
func storeSignedScales(_ bytes: IntegerLanes, _ lines: UnsafeMutableRawPointer, quarter: Int) {
  let scales = lines + unpackedScalesOffset
  for index in 0..<4 {
    store(signedScales(bytes, UInt32(index)), scales + (quarter * 4 + index) * lineByteCount)
  }
  let pairs = lines + unpackedPairsOffset + quarter * 2 * lineByteCount
  store(evenSignedBytesTimesMinus32(bytes), pairs)
  store(oddSignedBytesTimesMinus32(bytes), pairs + lineByteCount)
}
