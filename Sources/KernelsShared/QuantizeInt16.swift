/// The largest quant of activations of 16 bits.
private let largestInt16Quant: Float = 32767

/// The smallest largest magnitude of a row that is quantised, as in the scalar twin.
private let smallestInt16Magnitude: Float = 0x1p-110

/// Bytes of one row of 16-bit quants: the quants, then a Float32 scale, filled up to whole cache
/// lines.
package func int16RowByteCount(inputs: Int) -> Int { (inputs * 2 + 4 + 63) / 64 * 64 }

/// Quantises rows to signed 16-bit integers with a scale a row for ``linearInt16Q80(_:)``; see the
/// scalar twin `quantizeInt16`, with which quants and scales agree bit for bit.
///
/// Of four inputs the first and the third are neighbours, then the second and the fourth: two bytes of
/// a word of weights that are two apart are widened to 16 bits by shifts alone.
///
/// - Parameters:
///   - x: `[rows, inputs]`.
///   - rows: rows to quantise.
///   - inputs: a multiple of 32.
///   - target: rows of ``int16RowByteCount(inputs:)`` bytes. Overwritten.
/// - Complexity: O(rows × inputs), no allocation.
package func quantizeInt16(
  _ x: UnsafePointer<Float>, rows: Int, inputs: Int, into target: UnsafeMutableRawPointer
) {
  for row in 0..<rows {
    let source = x + row * inputs
    let quants = target + row * int16RowByteCount(inputs: inputs)
    var lanes = zeroLanes()
    for index in stride(from: 0, to: inputs, by: laneCount) {
      lanes = maximum(magnitude(load(source + index)), lanes)
    }
    let largest = largestLane(lanes)
    guard largest >= smallestInt16Magnitude, largest.isFinite else {
      quants.initializeMemory(as: UInt8.self, repeating: 0, count: inputs * 2)
      quants.storeBytes(
        of: largest.isFinite ? 0 : .infinity, toByteOffset: inputs * 2, as: Float.self)
      continue
    }
    let factor = broadcast(largestInt16Quant / largest)
    for index in stride(from: 0, to: inputs, by: laneCount) {
      let scaled = load(source + index) * factor
      // The second operand wins when the first is NaN, so every quant is in range.
      let held = minimum(
        maximum(scaled, broadcast(-largestInt16Quant)), broadcast(largestInt16Quant))
      storePairs(roundedIntegers(held), quants + index * 2)
    }
    quants.storeBytes(
      of: largest / largestInt16Quant, toByteOffset: inputs * 2, as: Float.self)
  }
}

/// Writes the low halves of the lanes, of each four in the order 0 2 1 3.
@inline(__always)
private func storePairs(_ lanes: IntegerLanes, _ target: UnsafeMutableRawPointer) {
  let low = lanes.evenHalf & 0x0000_ffff_0000_ffff
  let high = lanes.oddHalf &<< 16 & ~0x0000_ffff_0000_ffff
  target.storeBytes(of: low | high, as: type(of: low))
}
