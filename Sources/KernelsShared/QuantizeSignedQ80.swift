/// Quantises rows to `Q8_0`: blocks of 32 signed bytes with a scale that was rounded to Float16.
///
/// Eight blocks become `activationByteCount` bytes: the quants, the scales in Float32, and -128
/// times the blocks' sums in Int32. Blocks beyond the row's end are not written.
///
/// Parameters as ``quantizeQ8K(_:rows:inputs:into:stride:)``, `inputs` a multiple of 32.
package func quantizeSignedQ80(
  _ x: UnsafePointer<Float>, rows: Int, inputs: Int, into target: UnsafeMutableRawPointer,
  stride: Int
) {
  for row in 0..<rows {
    for start in Swift.stride(from: 0, to: inputs, by: superblockElementCount) {
      quantizeSignedBlocks(
        x + row * inputs + start, blockCount: min(8, (inputs - start) / 32),
        into: target + (start / superblockElementCount * stride + row) * activationByteCount)
    }
  }
}

/// Quantises up to eight blocks.
@inline(__always)
private func quantizeSignedBlocks(
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
@inline(__always) func magnitude(_ lanes: FloatLanes) -> FloatLanes {
  maximum(lanes, broadcast(0) - lanes)
}
