import _Builtin_intrinsics.intel

// The micro-kernel of products with K-quants: up to eight rows of activations with the tile's two
// panels, over one superblock.
//
// A lane holds one of two sub-blocks of an output, so a register holds eight outputs, and one
// saturating pack of two registers leaves in each 32-bit lane both sums of one output, 16 bits
// each: `vpdpwssd` multiplies both with their scales and adds them. That is one multiplication for
// two sub-blocks, where `vpmulld` needs two, and multiplications are what bounds this kernel: two
// instructions of a kind with `vpdpbusd` start in a cycle.
//
// Sums that might not fit in 16 bits are added in two parts. Whether they fit follows from the
// activations: see ``SuperblockProductShape/largestActivationSum``. So the integers are
// exact either way, and the Float32 steps are those of SuperblockValue.swift.

/// The multiplication of a superblock of one format.
struct SuperblockProductShape {
  /// Sub-blocks of each 32 elements: 1, or 2 whose quants mean 32 less.
  var subBlocksPer32: Int
  /// Whether there are minima, with a Float32 factor of their own.
  var hasMinima: Bool
  /// The offset in the activations of the sum that bounds those of the products.
  var boundOffset: Int
  /// The largest such sum with which every sum of a sub-block's products fits in 16 bits.
  var largestActivationSum: Int16

  /// `Q4_K` (4 bits) and `Q5_K` (5): sub-blocks of 32, and minima.
  ///
  /// Quants are 0...2ᵇⁱᵗˢ - 1, so a sum is at most that times the sum of the activations of one
  /// sign.
  @inline(__always)
  static func withMinima(bits: Int) -> SuperblockProductShape {
    SuperblockProductShape(
      subBlocksPer32: 1, hasMinima: true, boundOffset: oneSidedSumOffset,
      largestActivationSum: bits == 4 ? 32767 / 15 : 32767 / 31)
  }

  /// `Q6_K`: sub-blocks of 16, whose quants mean -32...31.
  @inline(__always)
  static func q6K() -> SuperblockProductShape {
    SuperblockProductShape(
      subBlocksPer32: 2, hasMinima: false, boundOffset: magnitudeSumOffset,
      largestActivationSum: 32767 / 32)
  }
}

/// One superblock of a tile.
struct SuperblockTile {
  /// The unpacked superblock of the tile's first panel.
  var panel: UnsafeRawPointer
  /// The tile's first row of activations, `activationByteCount` a row.
  var x: UnsafeRawPointer
  /// The sums so far, `[row, tileColumns]`.
  var sums: UnsafeMutablePointer<Float>
  /// The format.
  var shape: SuperblockProductShape

  /// Multiplies `rows` rows: eight at a time, the rest by fours, twos and ones.
  @inline(__always)
  func multiplyAll(rows: Int) {
    var tile = self
    var left = rows
    while left >= 8 { tile.advance(rows: 8, &left) }
    if left >= 4 { tile.advance(rows: 4, &left) }
    if left >= 2 { tile.advance(rows: 2, &left) }
    if left >= 1 { tile.advance(rows: 1, &left) }
  }

  /// Multiplies `rows` rows, a literal, and goes on to the next.
  @inline(__always)
  private mutating func advance(rows: Int, _ left: inout Int) {
    let fits = sumsFit(rows: rows)
    var half = self
    for _ in 0..<tilePanels {
      if fits {
        half.multiply(rows: rows, isWide: false)
      } else {
        half.multiply(rows: rows, isWide: true)
      }
      half.panel += unpackedByteCount
      half.sums += laneCount
    }
    x += rows * activationByteCount
    sums += rows * tileColumns
    left -= rows
  }

  /// Whether all sums of sub-blocks fit in 16 bits.
  @inline(__always)
  private func sumsFit(rows: Int) -> Bool {
    var fits = true
    for row in 0..<rows {
      let bound = x + row * activationByteCount + shape.boundOffset
      let sum = bound.loadUnaligned(as: Int16.self)
      fits = fits && sum <= shape.largestActivationSum
    }
    return fits
  }

  /// Multiplies with one panel; both arguments are literals, so that each becomes its own code.
  ///
  /// (With `@inline(__always)` the sums in two parts became one function for all numbers of rows.)
  @_transparent
  private func multiply(rows: Int, isWide: Bool) {
    var totals = RowIntegers()
    var line = panel
    var quants = x
    var starts = x + startsOffset
    var scales = panel + unpackedScalesOffset
    for _ in 0..<4 {
      for _ in 0..<shape.subBlocksPer32 {
        var sums = shape.hasMinima ? RowSums() : RowSums(starts: starts, rows: rows)
        sums.addFourSteps(line, quants, rows: rows)
        line += 4 * stepByteCount
        quants += 4 * stepWordByteCount
        if shape.subBlocksPer32 == 1 {
          sums.addFourSteps(line, quants, rows: rows)
          line += 4 * stepByteCount
          quants += 4 * stepWordByteCount
        }
        totals.add(sums, loadIntegers(scales), rows: rows, isWide: isWide)
        starts += stepWordByteCount
        scales += lineByteCount
      }
    }
    if shape.hasMinima {
      finish(totals, minima: minima(rows: rows), rows: rows)
    } else {
      finish(totals, minima: RowIntegers(), rows: rows)
    }
  }

  /// Each sub-block's minimum times the sum of its activations, added up.
  @inline(__always)
  private func minima(rows: Int) -> RowIntegers {
    var minima = RowIntegers()
    for index in 0..<4 {
      minima.addPairs(
        loadIntegers(panel + unpackedPairsOffset + index * lineByteCount),
        x + sumsOf32Offset + index * 4, rows: rows)
    }
    return minima
  }

  /// Adds the rows' integers to their sums.
  @inline(__always)
  private func finish(_ totals: RowIntegers, minima: RowIntegers, rows: Int) {
    let d = loadFloats(panel + unpackedFactorsOffset)
    let dmin = loadFloats(panel + unpackedFactorsOffset + lineByteCount)
    finish(totals.row0, d, minima.row0, dmin, row: 0)
    if rows > 1 { finish(totals.row1, d, minima.row1, dmin, row: 1) }
    if rows > 2 {
      finish(totals.row2, d, minima.row2, dmin, row: 2)
      finish(totals.row3, d, minima.row3, dmin, row: 3)
    }
    if rows > 4 {
      finish(totals.row4, d, minima.row4, dmin, row: 4)
      finish(totals.row5, d, minima.row5, dmin, row: 5)
      finish(totals.row6, d, minima.row6, dmin, row: 6)
      finish(totals.row7, d, minima.row7, dmin, row: 7)
    }
  }

  /// Adds a row's integers to its sums.
  @inline(__always)
  private func finish(
    _ total: IntegerLanes, _ d: FloatLanes, _ minima: IntegerLanes, _ dmin: FloatLanes, row: Int
  ) {
    let scale = superblockScale(x + row * activationByteCount)
    let target = sums + row * tileColumns
    let sum = load(target)
    if shape.hasMinima {
      store(addSuperblock(total, d, minima: minima, dmin, scale: scale, to: sum), target)
    } else {
      store(addSuperblock(total, d, scale: scale, to: sum), target)
    }
  }
}

/// One register of Float32 at an untyped address.
@inline(__always) func loadFloats(_ source: UnsafeRawPointer) -> FloatLanes {
  load(source.assumingMemoryBound(to: Float.self))
}
