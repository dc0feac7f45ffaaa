import _Builtin_intrinsics.intel

// The micro-kernel of products with `Q8_0` and `Q4_0` weights in tile registers: 32 rows of
// activations with two panels, over one block of 32.
//
// A block has a Float32 scale, so its sums leave the registers before the next one. The Float32
// steps, `sum = fma(Float(dot), d · dx, sum)`, are done while the next block is multiplied.

/// Unpacks up to eight blocks of `Q8_0`: they are signed bytes already.
func unpackSignedQ80(_ source: PanelSuperblock, into target: UnsafeMutableRawPointer) {
  for line in 0..<(source.blockCount * 8) {
    store(loadIntegers(source.words + line * lineByteCount), target + line * lineByteCount)
  }
  unpackScales(source, 0, into: target)
}

/// Unpacks up to eight blocks of `Q4_0`: nibbles that mean 8 less.
func unpackSignedQ40(_ source: PanelSuperblock, into target: UnsafeMutableRawPointer) {
  let nibble = broadcastByte(0x0f)
  let offset = broadcastByte(8)
  for line in 0..<(source.blockCount * 4) {
    let word = loadIntegers(source.words + line * lineByteCount)
    let place = target + (line / 4 * 8 + line % 4) * lineByteCount
    store(_mm512_sub_epi8(word & nibble, offset), place)
    store(
      _mm512_sub_epi8(shiftRight(word, 4) & nibble, offset), place + 4 * lineByteCount)
  }
  unpackScales(source, 0, into: target)
}

extension TiledRows {
  /// Multiplies up to eight blocks with all rows.
  @_transparent
  func multiplyBlocks(_ upcoming: inout UpcomingLines) {
    let second = panels + (panelCount > 1 ? scaledByteCount : 0)
    var finished = FinishedSignedBlock(self, integers: integers, block: 0, BlockRows(none: ()))
    var place = 0
    for firstRow in stride(from: 0, to: rowCount, by: 2 * tileRegisterRows) {
      let rows = BlockRows(from: firstRow, of: rowCount)
      let nextRow = min(firstRow + 2 * tileRegisterRows, rowCount)
      upcoming.request(upTo: nextRow, of: rowCount)
      var next = UpcomingRows(self, from: nextRow)
      for block in 0..<blockCount {
        let own = FinishedSignedBlock(
          self, integers: integers + place &* blockIntegersByteCount, block: block, rows)
        let quants = x + block &* 32
        let lines = block &* 8 &* lineByteCount
        clearTileSums()
        tileLoad(6, panels + lines, lineByteCount)
        tileLoad(4, quants + rows.first.0 &* activationByteCount, activationByteCount)
        tileLoad(7, second + lines, lineByteCount)
        tileLoad(5, quants + rows.first.1 &* activationByteCount, activationByteCount)
        multiplySignedTiles()
        next.requestEight()
        finished.finish()
        storeTileSums(into: own.integers)
        finished = own
        place = 1 &- place
      }
    }
    finished.finish()
  }
}

/// The sums of a block, on their way from the tile registers to Float32.
private struct FinishedSignedBlock {
  /// The contents of tile registers 0 to 3, one after another.
  var integers: UnsafeMutableRawPointer
  /// The scales of the first panel's block.
  private var scales: UnsafeRawPointer
  /// The first row's scale of the block.
  private var factors: UnsafeRawPointer
  private var sums: UnsafeMutablePointer<Float>
  private var rows: BlockRows
  private var hasSecondPanel: Bool

  @inline(__always)
  init(_ tiled: TiledRows, integers: UnsafeMutableRawPointer, block: Int, _ rows: BlockRows) {
    self.integers = integers
    scales = tiled.panels + unpackedScalesOffset + block &* lineByteCount
    factors = tiled.x + blockScalesOffset + block &* 4
    sums = tiled.sums
    self.rows = rows
    hasSecondPanel = tiled.panelCount > 1
  }

  /// Does the Float32 steps of all its rows.
  @inline(__always)
  func finish() {
    let first = loadFloats(scales)
    let second = hasSecondPanel ? loadFloats(scales + scaledByteCount) : first
    finish(integers, rows.first.0, rows.counted.0, first, second)
    finish(
      integers + 2 * tileRegisterByteCount, rows.first.1, rows.counted.1, first, second)
  }

  /// Does those of one tile of activations.
  @inline(__always)
  private func finish(
    _ tile: UnsafeMutableRawPointer, _ firstRow: Int, _ counted: Range<Int>, _ first: FloatLanes,
    _ second: FloatLanes
  ) {
    let place = firstRow &+ counted.lowerBound
    var factor = factors + place &* activationByteCount
    var target = sums + place &* tileColumns
    var dots = tile + counted.lowerBound &* lineByteCount
    for _ in counted {
      let scale = broadcast(factor.loadUnaligned(as: Float.self))
      store(multiplyAdd(floats(loadIntegers(dots)), first * scale, load(target)), target)
      if hasSecondPanel {
        let otherDots = loadIntegers(dots + tileRegisterByteCount)
        let other = target + laneCount
        store(multiplyAdd(floats(otherDots), second * scale, load(other)), other)
      }
      factor += activationByteCount
      target += tileColumns
      dots += lineByteCount
    }
  }
}
