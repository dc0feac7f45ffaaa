package import KernelInterface

/// Quantises the keys of one head of a sequence to signed bytes; the scalar twin has the same name.
///
/// - Accuracy: equal to the scalar twin bit for bit, for finite keys.
/// - Complexity: O(rows × headDim), no allocation.
package func quantizeKeys(_ rows: KeyRows) {
  let target = rows.target
  let rowByteCount = target.rowByteCount
  for row in 0..<rows.rows {
    let key = rows.keys + row * rows.stride
    let quants = target.quants + row * rowByteCount
    var magnitudes = zeroLanes()
    for dim in stride(from: 0, to: rowByteCount, by: laneCount) {
      let lanes = load(key, from: dim, of: target.headDim)
      magnitudes = maximum(magnitudes, maximum(lanes, zeroLanes() - lanes))
      store(lanes, rows.room + dim)
    }
    let largest = largestLane(magnitudes)
    let isConstant = !(largest >= smallestRange)
    let factor = broadcast(isConstant ? 0 : 127 / largest)
    for dim in stride(from: 0, to: rowByteCount, by: 32) {
      quantize32(rows.room + dim, factor, into: quants + dim)
    }
    let scale = isConstant ? 0 : largest / 127
    target.scales[row] = scale
    target.sums[row] = Float(sumOfBytes(quants, count: rowByteCount)) * scale
  }
}

/// The elements of a row from `dim` on, with zeros after the last of `count`.
@inline(__always)
private func load(_ row: UnsafePointer<Float>, from dim: Int, of count: Int) -> FloatLanes {
  if dim + laneCount <= count { return load(row + dim) }
  return dim < count ? load(row + dim, count: count - dim) : zeroLanes()
}

/// The sum of signed bytes.
@inline(__always)
private func sumOfBytes(_ bytes: UnsafeRawPointer, count: Int) -> Int32 {
  var sum: Int32 = 0
  for index in 0..<count { sum &+= Int32(bytes.load(fromByteOffset: index, as: Int8.self)) }
  return sum
}
