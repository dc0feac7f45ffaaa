// The micro-kernel of products with K-quants: some rows of activations with two registers of
// outputs, over one superblock.
//
// The integers are exact, and the Float32 steps are those of SuperblockValue.swift. Products are
// added in 16 bits: those of a sub-block where the activations tell that they fit, else of fewer
// lines.

/// The multiplication of a superblock of one format.
struct SuperblockProductShape {
  /// Sub-blocks, which have a scale each.
  var subBlockCount: Int
  /// Lines of a sub-block.
  var linesPerSubBlock: Int
  /// Lines whose products always fit in one sum.
  var safeLinesPerSum: Int
  /// The largest sum of activations, see `oneSidedSumOffset`, with which those of a sub-block fit.
  var largestActivationSum: Int16
  /// Lines that are multiplied with pairs of sums of activations.
  var pairCount: Int
  /// The offset of these sums in the activations.
  var pairsOffset: Int
  /// Whether the pairs are minima, with a Float32 factor of their own; else they belong to the
  /// quants.
  var hasMinima: Bool

  /// `Q4_K` (4 bits) and `Q5_K` (5): sub-blocks of 32, and minima.
  ///
  /// Eight lines of `Q4_K` would be safe too; with four the compiler cannot know the number of
  /// lines.
  @inline(__always)
  static func withMinima(bits: Int) -> SuperblockProductShape {
    SuperblockProductShape(
      subBlockCount: 8, linesPerSubBlock: 8,
      safeLinesPerSum: lineCount(bits: 5, subBlockLines: 8),
      largestActivationSum: bits == 4 ? 32767 / 15 / 2 : 32767 / 31 / 2, pairCount: 4,
      pairsOffset: sumsOf32Offset, hasMinima: true)
  }

  /// `Q6_K`: sub-blocks of 16; the pairs take 32 off each quant.
  @inline(__always)
  static func q6K() -> SuperblockProductShape {
    SuperblockProductShape(
      subBlockCount: 16, linesPerSubBlock: 4,
      safeLinesPerSum: lineCount(bits: 6, subBlockLines: 4), largestActivationSum: 32767 / 63,
      pairCount: 8, pairsOffset: sumsOf16Offset, hasMinima: false)
  }
}

/// Two registers of integer sums: of one row of activations with the tile's outputs.
struct IntegerPair {
  var first = zeroIntegers()
  var second = zeroIntegers()

  /// Zeros.
  @inline(__always) init() {}

  /// The products of one line.
  @inline(__always)
  init(_ first: IntegerLanes, _ second: IntegerLanes, _ x: UnsafeRawPointer) {
    let word = broadcastWord(x)
    self.first = products(first, word)
    self.second = products(second, word)
  }

  /// Adds the products of one line.
  @inline(__always)
  mutating func add(_ first: IntegerLanes, _ second: IntegerLanes, _ x: UnsafeRawPointer) {
    let word = broadcastWord(x)
    self.first = addProducts(self.first, first, word)
    self.second = addProducts(self.second, second, word)
  }

  /// Adds sums times their scales.
  @inline(__always)
  mutating func add(_ sums: IntegerPair, _ first: IntegerLanes, _ second: IntegerLanes) {
    self.first = addScaled(self.first, sums.first, first)
    self.second = addScaled(self.second, sums.second, second)
  }

  /// Adds the products of a line of pairs.
  @inline(__always)
  mutating func addPairs(_ first: IntegerLanes, _ second: IntegerLanes, _ x: UnsafeRawPointer) {
    let word = broadcastWord(x)
    self.first = addPairLanes(self.first, first, word)
    self.second = addPairLanes(self.second, second, word)
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

  /// Multiplies `rows` rows, a tile of three at a time.
  @inline(__always)
  func multiplyAll(rows: Int) {
    var tile = self
    var left = rows
    while left > 0 {
      let count = min(quantizedTileRows, left)
      switch count {
      case 1: tile.multiply(rows: 1)
      case 2: tile.multiply(rows: 2)
      default: tile.multiply(rows: 3)
      }
      tile.x += count * activationByteCount
      tile.sums += count * tileColumns
      left -= count
    }
  }

  /// Multiplies `rows` rows, a literal of 1 to 3, so that each count becomes its own code.
  @_transparent
  func multiply(rows: Int) {
    var total0 = IntegerPair()
    var total1 = IntegerPair()
    var total2 = IntegerPair()
    var line = panel
    var quants = x
    var scales = panel + unpackedScalesOffset
    // Counts that the compiler does not know: of a loop that it unrolls it adds the products of
    // several lines before the sums, and then needs more registers than there are. (Quants of 4
    // bits always fit; one row is asked all the same.)
    let fits = sumsFit(rows: shape.largestActivationSum >= 8 * 127 ? 1 : rows)
    let linesPerSum = fits ? shape.linesPerSubBlock : shape.safeLinesPerSum
    let sumsPerSubBlock = fits ? 1 : shape.linesPerSubBlock / shape.safeLinesPerSum
    for _ in 0..<shape.subBlockCount {
      for _ in 0..<sumsPerSubBlock {
        var first = loadIntegers(line)
        var second = loadIntegers(line + secondRegisterOffset)
        var sum0 = IntegerPair(first, second, quants)
        var sum1 = IntegerPair(first, second, quants + (rows > 1 ? activationByteCount : 0))
        var sum2 = IntegerPair(first, second, quants + (rows > 2 ? 2 * activationByteCount : 0))
        line += lineByteCount
        quants += 4
        for _ in 1..<linesPerSum {
          first = loadIntegers(line)
          second = loadIntegers(line + secondRegisterOffset)
          sum0.add(first, second, quants)
          if rows > 1 { sum1.add(first, second, quants + activationByteCount) }
          if rows > 2 { sum2.add(first, second, quants + 2 * activationByteCount) }
          line += lineByteCount
          quants += 4
        }
        let firstScales = loadIntegers(scales)
        let secondScales = loadIntegers(scales + secondRegisterOffset)
        total0.add(sum0, firstScales, secondScales)
        if rows > 1 { total1.add(sum1, firstScales, secondScales) }
        if rows > 2 { total2.add(sum2, firstScales, secondScales) }
      }
      scales += lineByteCount
    }
    finish(total0, row: 0)
    if rows > 1 { finish(total1, row: 1) }
    if rows > 2 { finish(total2, row: 2) }
  }

  /// Whether the products of a sub-block fit in one sum of 16 bits, for all rows.
  @inline(__always)
  private func sumsFit(rows: Int) -> Bool {
    var largest: Int16 = 0
    for row in 0..<rows {
      let bound = x + row * activationByteCount + oneSidedSumOffset
      largest = max(largest, bound.loadUnaligned(as: Int16.self))
    }
    return largest <= shape.largestActivationSum
  }

  /// Adds a row's integers to its sums.
  @inline(__always)
  private func finish(_ quantTotal: IntegerPair, row: Int) {
    let x = x + row * activationByteCount
    var total = quantTotal
    var minima = IntegerPair()
    for index in 0..<shape.pairCount {
      let line = panel + unpackedPairsOffset + index * lineByteCount
      let first = loadIntegers(line)
      let second = loadIntegers(line + secondRegisterOffset)
      if shape.hasMinima {
        minima.addPairs(first, second, x + shape.pairsOffset + index * 4)
      } else {
        total.addPairs(first, second, x + shape.pairsOffset + index * 4)
      }
    }
    let target = sums + row * tileColumns
    var first = load(target)
    var second = load(target + laneCount)
    let scale = superblockScale(x)
    let d = panel + unpackedFactorsOffset
    let dmin = d + lineByteCount
    if shape.hasMinima {
      first = addSuperblock(
        total.first, loadFloats(d), minima: minima.first, loadFloats(dmin), scale: scale, to: first)
      second = addSuperblock(
        total.second, loadFloats(d + secondRegisterOffset), minima: minima.second,
        loadFloats(dmin + secondRegisterOffset), scale: scale, to: second)
    } else {
      first = addSuperblock(total.first, loadFloats(d), scale: scale, to: first)
      second = addSuperblock(
        total.second, loadFloats(d + secondRegisterOffset), scale: scale, to: second)
    }
    store(first, target)
    store(second, target + laneCount)
  }
}

/// One register of Float32 at an untyped address.
@inline(__always) func loadFloats(_ source: UnsafeRawPointer) -> FloatLanes {
  load(source.assumingMemoryBound(to: Float.self))
}
