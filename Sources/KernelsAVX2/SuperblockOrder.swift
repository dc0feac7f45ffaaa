// The order of K-quants and their activations in memory that ``SuperblockTile`` of 256 bits wants: that
// of the elements.

/// Bytes of 256 quantised activations: 256 signed quants, then what their format adds to them, see
/// ``quantizeRowsQ8K(_:rows:inputs:into:stride:)`` and
/// ``quantizeRowsQ80Signed(_:rows:inputs:into:stride:)``.
package let activationByteCount = 320

/// Bytes from a word of four `Q8_K` quants to the next of the same 32.
let quantWordStride = 4
/// Bytes from a word of the even 32 of each 64 to that of the odd 32.
let quantPairOffset = 32

/// What is left to do for a superblock of activations: nothing.
@inline(__always) func finishQ8K(_ target: UnsafeMutableRawPointer) {}

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

/// Stores the scales of four sub-blocks of 16, with their signs, and the pairs of -32 times the scales
/// that take 32 off each quant.
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
