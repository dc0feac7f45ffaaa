import _Builtin_intrinsics.intel

/// Quantises rows to `Q8_K`: superblocks of 256 signed bytes with a Float32 scale.
///
/// A superblock becomes `activationByteCount` bytes: the quants, their sums by 16 and by 32 (Int16,
/// in the order that the kernels pair them), the scale, and what ``finishQ8K(_:)`` adds.
///
/// - Parameters:
///   - x: `[rows, inputs]`, `inputs` a multiple of 256.
///   - rows: rows of x.
///   - inputs: elements of a row.
///   - target: receives `[inputs / 256, stride]` superblocks, the first `rows` of each `stride`.
///   - stride: superblocks from one to the next of the same row.
/// - Complexity: O(rows × inputs), no allocation.
package func quantizeQ8K(
  _ x: UnsafePointer<Float>, rows: Int, inputs: Int, into target: UnsafeMutableRawPointer,
  stride: Int
) {
  for row in 0..<rows {
    for superblock in 0..<(inputs / superblockElementCount) {
      quantizeSuperblock(
        x + row * inputs + superblock * superblockElementCount,
        into: target + (superblock * stride + row) * activationByteCount)
    }
  }
}

/// Quantises one superblock.
@inline(__always)
private func quantizeSuperblock(_ x: UnsafePointer<Float>, into target: UnsafeMutableRawPointer) {
  let inverse = -127 / signedExtreme(x)
  let isUsable = isFinite(x, count: superblockElementCount) && inverse.isFinite
  guard isUsable else {
    target.initializeMemory(as: UInt8.self, repeating: 0, count: activationByteCount)
    if !isFinite(x, count: superblockElementCount) {
      target.storeBytes(of: .nan, toByteOffset: activationScaleOffset, as: Float.self)
    }
    return
  }
  let factor = broadcast(inverse)
  for start in stride(from: 0, to: superblockElementCount, by: 32) {
    quantize32(x + start, factor, into: target + start)
  }
  for half in 0..<2 {
    let sums = sumsOf16(target + half * 128)
    // Words (0 2), (4 6) of the low half and (1 3), (5 7) of the high half.
    let words = unsafeBitCast(_mm256_packs_epi32(sums, sums), to: SIMD8<Int32>.self)
    (target + sumsOf16Offset + half * 16).storeBytes(
      of: SIMD4(words[0], words[4], words[1], words[5]), as: SIMD4<Int32>.self)
    let blocks = unsafeBitCast(blockSums(sums), to: SIMD2<Int64>.self)
    let pairs = unsafeBitCast(_mm_packs_epi32(blocks, blocks), to: SIMD8<Int16>.self)
    (target + sumsOf32Offset + half * 8).storeBytes(
      of: SIMD4(pairs[0], pairs[2], pairs[1], pairs[3]), as: SIMD4<Int16>.self)
  }
  target.storeBytes(of: 1 / inverse, toByteOffset: activationScaleOffset, as: Float.self)
  finishQ8K(target)
}

/// The element of largest magnitude, with its sign; the first of several.
@inline(__always)
private func signedExtreme(_ x: UnsafePointer<Float>) -> Float {
  var largest = load(x)
  var least = largest
  for start in stride(from: laneCount, to: superblockElementCount, by: laneCount) {
    let lanes = load(x + start)
    largest = maximum(lanes, largest)
    least = minimum(lanes, least)
  }
  let high = largestLane(largest)
  let low = leastLane(least)
  if high > -low { return high }
  if high < -low { return low }
  for index in 0..<superblockElementCount where abs(x[index]) == high { return x[index] }
  return 0
}
