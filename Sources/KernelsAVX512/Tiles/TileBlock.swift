import _Builtin_intrinsics.intel

// The micro-kernel of products with K-quants in tile registers: up to 32 rows of activations with one
// panel, over one superblock.
//
// The sums of a block leave the registers through memory, and the Float32 steps of a block are done while the next one is multiplied: the unit of the
// tiles and the vector units then work side by side.

/// How the two planes of a format are put together again.
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

/// Which rows of activations a block multiplies: two tiles of 16, which may overlap or be the same, and
/// of each the rows whose sums count.
struct BlockRows {
  /// The first row of each tile.
  let first: (Int, Int)
  /// The rows of each tile that count, from its first row on.
  let counted: (Range<Int>, Range<Int>)

  /// No rows.
  @inline(__always)
  init(none: ()) {
    first = (0, 0)
    counted = (tileRegisterRows..<tileRegisterRows, tileRegisterRows..<tileRegisterRows)
  }

  /// The rows from `start` on, up to 32, of `rows`, at least 16 in all.
  ///
  /// A tile that would reach beyond the last row begins earlier, so that no memory beyond is read.
  @inline(__always)
  init(from start: Int, of rows: Int) {
    let last = rows - tileRegisterRows
    first = (min(start, last), min(start + tileRegisterRows, last))
    counted = (
      (start - first.0)..<tileRegisterRows,
      min(start + tileRegisterRows - first.1, tileRegisterRows)..<tileRegisterRows
    )
  }
}

/// The sums of a block, on their way from the tile registers to Float32.
struct FinishedBlock {
  /// What the tile registers 0 to 3 held, one after another.
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

/// Multiplies a quarter of a block's superblock: 64 elements.
@_transparent
func multiplyQuarter(
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
