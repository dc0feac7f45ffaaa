import _Builtin_intrinsics.intel

// Activations for quantised weights, as ggml quantises them; see the scalar twins in
// KernelsReference, with which quants, scales and sums agree bit for bit.

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
package func quantizeRowsQ8K(
  _ x: UnsafePointer<Float>, rows: Int, inputs: Int, into target: UnsafeMutableRawPointer,
  stride: Int
) {
  for row in 0..<rows {
    for superblock in 0..<(inputs / superblockElementCount) {
      quantizeQ8K(
        x + row * inputs + superblock * superblockElementCount,
        into: target + (superblock * stride + row) * activationByteCount)
    }
  }
}

/// Quantises rows to `Q8_0`: blocks of 32 signed bytes with a scale that was rounded to Float16.
///
/// Eight blocks become `activationByteCount` bytes: the quants, the scales in Float32, and -128 times
/// the blocks' sums in Int32. Blocks beyond the row's end are not written.
///
/// Parameters as ``quantizeRowsQ8K(_:rows:inputs:into:stride:)``, `inputs` a multiple of 32.
package func quantizeRowsQ80Signed(
  _ x: UnsafePointer<Float>, rows: Int, inputs: Int, into target: UnsafeMutableRawPointer,
  stride: Int
) {
  for row in 0..<rows {
    for start in Swift.stride(from: 0, to: inputs, by: superblockElementCount) {
      quantizeQ80(
        x + row * inputs + start, blockCount: min(8, (inputs - start) / 32),
        into: target + (start / superblockElementCount * stride + row) * activationByteCount)
    }
  }
}

/// One superblock.
@inline(__always)
private func quantizeQ8K(_ x: UnsafePointer<Float>, into target: UnsafeMutableRawPointer) {
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

/// Whether no element is infinite or NaN: only then is each times 0 a zero.
@inline(__always)
private func isFinite(_ x: UnsafePointer<Float>, count: Int) -> Bool {
  var zeros = zeroLanes()
  for start in stride(from: 0, to: count, by: laneCount) {
    zeros = multiplyAdd(load(x + start), zeroLanes(), zeros)
  }
  return sum(zeros) == 0
}

/// Up to eight blocks.
@inline(__always)
private func quantizeQ80(
  _ x: UnsafePointer<Float>, blockCount: Int, into target: UnsafeMutableRawPointer
) {
  for block in 0..<blockCount {
    let source = x + block * 32
    var largest = magnitude(load(source))
    for start in stride(from: laneCount, to: 32, by: laneCount) {
      largest = maximum(magnitude(load(source + start)), largest)
    }
    let isFinite = isFinite(source, count: 32)
    let extreme = largestLane(largest)
    let inverse = 127 / extreme
    if isFinite, inverse.isFinite {
      quantize32(source, broadcast(inverse), into: target + block * 32)
    } else {
      (target + block * 32).initializeMemory(as: UInt8.self, repeating: 0, count: 32)
    }
    target.storeBytes(
      of: isFinite ? Float(Float16(extreme / 127)) : .nan,
      toByteOffset: blockScalesOffset + block * 4, as: Float.self)
  }
  for half in 0..<((blockCount + 3) / 4) {
    (target + blockCorrectionsOffset + half * 16).storeBytes(
      of: blockSums(sumsOf16(target + half * 128)) &* -128, as: SIMD4<Int32>.self)
  }
}

/// Lanes without their signs.
@inline(__always) private func magnitude(_ lanes: FloatLanes) -> FloatLanes {
  maximum(lanes, broadcast(0) - lanes)
}

/// The sums of 16 of 128 signed bytes, Int32: of the even sixteens in the low half, of the odd ones
/// in the high half.
@inline(__always) func sumsOf16(_ quants: UnsafeRawPointer) -> SIMD4<Int64> {
  sumsOf16(load32(quants), load32(quants + 32), load32(quants + 64), load32(quants + 96))
}

/// The sums of the magnitudes; as ``sumsOf16(_:)``.
@inline(__always) func magnitudeSumsOf16(_ quants: UnsafeRawPointer) -> SIMD4<Int64> {
  sumsOf16(
    _mm256_abs_epi8(load32(quants)), _mm256_abs_epi8(load32(quants + 32)),
    _mm256_abs_epi8(load32(quants + 64)), _mm256_abs_epi8(load32(quants + 96)))
}

@inline(__always)
private func sumsOf16(
  _ a: SIMD4<Int64>, _ b: SIMD4<Int64>, _ c: SIMD4<Int64>, _ d: SIMD4<Int64>
) -> SIMD4<Int64> {
  let first = _mm256_hadd_epi32(sumsOf4(a), sumsOf4(b))
  let second = _mm256_hadd_epi32(sumsOf4(c), sumsOf4(d))
  return _mm256_hadd_epi32(first, second)
}

/// The sums of 4 of 32 signed bytes, Int32.
@inline(__always) private func sumsOf4(_ quants: SIMD4<Int64>) -> SIMD4<Int64> {
  _mm256_madd_epi16(
    _mm256_maddubs_epi16(_mm256_set1_epi8(1), quants), _mm256_set1_epi16(1))
}

/// 32 bytes, any alignment.
@inline(__always) private func load32(_ source: UnsafeRawPointer) -> SIMD4<Int64> {
  source.loadUnaligned(as: SIMD4<Int64>.self)
}

/// The sums of 32 from those of 16.
@inline(__always) private func blockSums(_ sums: SIMD4<Int64>) -> SIMD4<Int32> {
  let lanes = unsafeBitCast(sums, to: SIMD8<Int32>.self)
  return lanes.lowHalf &+ lanes.highHalf
}
