// Plain numbers of 16 bits that no panel of halves holds; see WidenQuants.swift.

/// Widens `count` numbers of `BF16` at `source` to `target`, both of any alignment; exact.
package func widenBF16(
  _ source: UnsafeRawPointer, count: Int, into target: UnsafeMutablePointer<Float>
) {
  let whole = count / laneCount * laneCount
  for index in stride(from: 0, to: whole, by: laneCount) {
    store(loadUpperHalves(source + index * 2), target + index)
  }
  for index in whole..<count {
    let upperHalf = source.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
    target[index] = Float(bitPattern: UInt32(upperHalf) << 16)
  }
}
