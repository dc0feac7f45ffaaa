import _Builtin_intrinsics.intel

// The micro-kernel of products with K-quants in tile registers: up to 32 rows of activations with
// one panel, over one superblock.
//
// The sums of a block leave the registers through memory, and the Float32 steps of a block are done
// while the next one is multiplied: the unit of the tiles and the vector units then work side by
// side.

/// The recombination of the two planes of a format.
struct PlaneShape {
  /// Bits by which the coarse sums are shifted.
  var coarseShift: UInt32
  /// Whether there are minima, with a Float32 factor of their own; then the planes have no sign.
  var hasMinima: Bool

  /// `Q4_K` and `Q5_K`.
  @inline(__always)
  static func withMinima() -> PlaneShape { PlaneShape(coarseShift: 3, hasMinima: true) }

  /// `Q6_K`.
  @inline(__always)
  static func q6K() -> PlaneShape { PlaneShape(coarseShift: 6, hasMinima: false) }
}

/// The sums of a block, on their way from the tile registers to Float32.
private struct FinishedBlock {
  /// The contents of tile registers 0 to 3, one after another.
  var integers: UnsafeMutableRawPointer
  /// The scaled superblock of the panel.
  var panel: UnsafeRawPointer
  /// The first row of activations of all, `activationByteCount` a row.
  var x: UnsafeRawPointer
  /// The sums so far of the first row, `tileColumns` from row to row.
  var sums: UnsafeMutablePointer<Float>
  /// The rows.
  var rows: BlockRows
  /// The format.
  var shape: PlaneShape

  /// Does the Float32 steps of a quarter of the block: eight rows.
  @_transparent
  func finish(quarter: Int) {
    let isSecond = quarter >= 2
    let counted = isSecond ? rows.counted.1 : rows.counted.0
    let start = quarter % 2 * 8
    var row = max(start, counted.lowerBound)
    let place = (isSecond ? rows.first.1 : rows.first.0) &+ row
    var rowX = x + place &* activationByteCount
    var target = sums + place &* tileColumns
    var fine = integers + (isSecond ? 2 * tileRegisterByteCount : 0) + row &* lineByteCount
    let d = loadFloats(panel + planeFactorsOffset)
    let dmin = loadFloats(panel + planeFactorsOffset + lineByteCount)
    let pairs = MinimumPairs(panel + planePairsOffset)
    while row < start &+ 8 {
      let coarse = loadIntegers(fine + tileRegisterByteCount)
      let total = _mm512_add_epi32(loadIntegers(fine), shiftLeft(coarse, shape.coarseShift))
      let sum = load(target)
      let scale = superblockScale(rowX)
      if shape.hasMinima {
        let minima = pairs.times(rowX + sumsOf32Offset)
        store(addSuperblock(total, d, minima: minima, dmin, scale: scale, to: sum), target)
      } else {
        store(addSuperblock(total, d, scale: scale, to: sum), target)
      }
      rowX += activationByteCount
      target += tileColumns
      fine += lineByteCount
      row &+= 1
    }
  }
}

/// The minima of a superblock, two sub-blocks in a lane's halves.
private struct MinimumPairs {
  private let first: IntegerLanes
  private let second: IntegerLanes
  private let third: IntegerLanes
  private let fourth: IntegerLanes

  @inline(__always)
  init(_ source: UnsafeRawPointer) {
    first = loadIntegers(source)
    second = loadIntegers(source + lineByteCount)
    third = loadIntegers(source + 2 * lineByteCount)
    fourth = loadIntegers(source + 3 * lineByteCount)
  }

  /// Each sub-block's minimum times the sum of its activations, added up.
  @inline(__always)
  func times(_ sums: UnsafeRawPointer) -> IntegerLanes {
    let even = addPairLanes(zeroIntegers(), first, broadcastWord(sums))
    let odd = addPairLanes(zeroIntegers(), second, broadcastWord(sums + 4))
    return _mm512_add_epi32(
      addPairLanes(even, third, broadcastWord(sums + 8)),
      addPairLanes(odd, fourth, broadcastWord(sums + 12)))
  }
}

extension TiledRows {
  /// Multiplies a superblock of scaled planes with all rows.
  @_transparent
  func multiplySuperblock(_ shape: PlaneShape, _ upcoming: inout UpcomingLines) {
    var finished = FinishedBlock(
      integers: integers, panel: panels, x: x, sums: sums, rows: BlockRows(none: ()), shape: shape)
    var place = 0
    for firstRow in stride(from: 0, to: rowCount, by: 2 * tileRegisterRows) {
      let rows = BlockRows(from: firstRow, of: rowCount)
      let nextRow = min(firstRow + 2 * tileRegisterRows, rowCount)
      upcoming.request(upTo: nextRow, of: rowCount)
      var next = UpcomingRows(self, from: nextRow)
      for panel in 0..<panelCount {
        let block = FinishedBlock(
          integers: integers + place &* blockIntegersByteCount,
          panel: panels + panel &* scaledByteCount, x: x, sums: sums + panel &* laneCount,
          rows: rows, shape: shape)
        let first = x + rows.first.0 &* activationByteCount
        let second = x + rows.first.1 &* activationByteCount
        clearTileSums()
        for quarter in 0..<4 {
          multiplyQuarter(first, second, block.panel, quarter: quarter, shape)
          next.requestEight()
          finished.finish(quarter: quarter)
        }
        storeTileSums(into: block.integers)
        finished = block
        place = 1 &- place
      }
    }
    for quarter in 0..<4 { finished.finish(quarter: quarter) }
  }
}

/// Multiplies a quarter of a block's superblock: 64 elements.
@_transparent
private func multiplyQuarter(
  _ first: UnsafeRawPointer, _ second: UnsafeRawPointer, _ panel: UnsafeRawPointer, quarter: Int,
  _ shape: PlaneShape
) {
  let fine = panel + quarter * tileRegisterByteCount
  tileLoad(6, fine, lineByteCount)
  tileLoad(4, first + quarter * lineByteCount, activationByteCount)
  tileLoad(7, fine + coarsePlaneOffset, lineByteCount)
  tileLoad(5, second + quarter * lineByteCount, activationByteCount)
  if shape.hasMinima {
    multiplyUnsignedTiles()
  } else {
    multiplySignedTiles()
  }
}
