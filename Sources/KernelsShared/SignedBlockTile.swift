// The micro-kernel of products with `Q8_0` and `Q4_0` weights: some rows of activations with two
// registers of outputs, over up to eight blocks of 32.
//
// The integers are exact, and the Float32 steps are those of the scalar twins: for each block
// `sum = fma(Float(dot), d · dx, sum)`.

/// Up to eight blocks of a tile.
struct SignedBlockTile {
  /// The unpacked blocks of the tile's first panel.
  var panel: UnsafeRawPointer
  /// The tile's first row of activations, `activationByteCount` a row.
  var x: UnsafeRawPointer
  /// The sums so far, `[row, tileColumns]`.
  var sums: UnsafeMutablePointer<Float>
  /// Blocks.
  var blockCount: Int

  /// Multiplies `rows` rows, a literal of 1 to 6, so that each count becomes its own code.
  @_transparent
  func multiply(rows: Int) {
    var row0 = SumPair(sums)
    var row1 = SumPair(sums + (rows > 1 ? tileColumns : 0))
    var row2 = SumPair(sums + (rows > 2 ? 2 * tileColumns : 0))
    var row3 = SumPair(sums + (rows > 3 ? 3 * tileColumns : 0))
    var row4 = SumPair(sums + (rows > 4 ? 4 * tileColumns : 0))
    var row5 = SumPair(sums + (rows > 5 ? 5 * tileColumns : 0))
    for block in 0..<blockCount {
      let corrections = x + blockCorrectionsOffset + block * 4
      var sum0 = SignedSums(corrections)
      var sum1 = SignedSums(corrections + (rows > 1 ? activationByteCount : 0))
      var sum2 = SignedSums(corrections + (rows > 2 ? 2 * activationByteCount : 0))
      var sum3 = SignedSums(corrections + (rows > 3 ? 3 * activationByteCount : 0))
      var sum4 = SignedSums(corrections + (rows > 4 ? 4 * activationByteCount : 0))
      var sum5 = SignedSums(corrections + (rows > 5 ? 5 * activationByteCount : 0))
      var line = panel + block * 8 * lineByteCount
      var quants = x + block * 32
      for _ in 0..<8 {
        let first = loadIntegers(line)
        let second = loadIntegers(line + secondRegisterOffset)
        sum0.add(first, second, quants)
        if rows > 1 { sum1.add(first, second, quants + activationByteCount) }
        if rows > 2 { sum2.add(first, second, quants + 2 * activationByteCount) }
        if rows > 3 { sum3.add(first, second, quants + 3 * activationByteCount) }
        if rows > 4 { sum4.add(first, second, quants + 4 * activationByteCount) }
        if rows > 5 { sum5.add(first, second, quants + 5 * activationByteCount) }
        line += lineByteCount
        quants += 4
      }
      let scales = panel + unpackedScalesOffset + block * lineByteCount
      let factor = x + blockScalesOffset + block * 4
      row0.add(sum0, scales, factor)
      if rows > 1 { row1.add(sum1, scales, factor + activationByteCount) }
      if rows > 2 { row2.add(sum2, scales, factor + 2 * activationByteCount) }
      if rows > 3 { row3.add(sum3, scales, factor + 3 * activationByteCount) }
      if rows > 4 { row4.add(sum4, scales, factor + 4 * activationByteCount) }
      if rows > 5 { row5.add(sum5, scales, factor + 5 * activationByteCount) }
    }
    row0.write(sums)
    if rows > 1 { row1.write(sums + tileColumns) }
    if rows > 2 { row2.write(sums + 2 * tileColumns) }
    if rows > 3 { row3.write(sums + 3 * tileColumns) }
    if rows > 4 { row4.write(sums + 4 * tileColumns) }
    if rows > 5 { row5.write(sums + 5 * tileColumns) }
  }
}

/// Two registers of integer sums of one block.
private struct SignedSums {
  var first: IntegerLanes
  var second: IntegerLanes

  @inline(__always)
  init(_ correction: UnsafeRawPointer) {
    first = signedStart(correction)
    second = first
  }

  @inline(__always)
  mutating func add(_ first: IntegerLanes, _ second: IntegerLanes, _ x: UnsafeRawPointer) {
    let word = broadcastWord(x)
    self.first = addSignedProducts(self.first, first, word)
    self.second = addSignedProducts(self.second, second, word)
  }
}

/// Two registers of Float32 sums: of one row of activations with the tile's outputs.
struct SumPair {
  var first: FloatLanes
  var second: FloatLanes

  @inline(__always)
  init(_ source: UnsafePointer<Float>) {
    first = load(source)
    second = load(source + laneCount)
  }

  /// Adds a block's integers with its scales and the row's.
  @inline(__always)
  fileprivate mutating func add(
    _ sums: SignedSums, _ scales: UnsafeRawPointer, _ factor: UnsafeRawPointer
  ) {
    let scale = broadcast(factor.loadUnaligned(as: Float.self))
    first = multiplyAdd(floats(sums.first), loadFloats(scales) * scale, first)
    second = multiplyAdd(
      floats(sums.second), loadFloats(scales + secondRegisterOffset) * scale, second)
  }

  @inline(__always)
  func write(_ target: UnsafeMutablePointer<Float>) {
    store(first, target)
    store(second, target + laneCount)
  }
}
