// One row of activations with one superblock of sixteen rows as in a file. A row's quants are
// multiplied along the row, so a register holds 8 or 16 partial sums of one row, which are added
// across only then: a lane becomes a row, and the Float32 steps are those of DotQuants.swift.
// Integers are exact in any order, so the results are the same bits.

/// One superblock of up to sixteen rows in a file's order.
struct FileSuperblock {
  /// The first row's first block.
  var blocks: UnsafeRawPointer
  /// Bytes from one row to the next.
  var rowByteCount: Int
  /// Rows that exist; the last is repeated for those that do not.
  var width: Int
  /// Blocks of each row: 1, or up to 8 blocks of 32.
  var blockCount: Int
  /// Memory for two registers of scales, four of sums and 256 quants of activations: less than an
  /// interleaved superblock.
  var scratch: UnsafeMutableRawPointer

  /// A row's blocks.
  @inline(__always) func row(_ index: Int) -> UnsafeRawPointer {
    blocks + min(index, width &- 1) &* rowByteCount
  }

  /// The offset of the partial sums of rows, four rows a register.
  @inline(__always) var quads: UnsafeMutableRawPointer { scratch + 2 * registerByteCount }

  /// The activations' quants in the order of a file's rows.
  @inline(__always) func quants(_ x: UnsafeRawPointer) -> UnsafeRawPointer {
    naturalQuants(x, scratch: scratch + 6 * registerByteCount)
  }

  /// Four words of each of `laneCount` rows, a lane a row.
  @inline(__always)
  func words(firstRow: Int, byteOffset: Int)
    -> (IntegerLanes, IntegerLanes, IntegerLanes, IntegerLanes)
  {
    func every(_ first: Int) -> FloatLanes {
      gatherQuarters { quarter in
        (row(firstRow + 4 * quarter + first) + byteOffset).assumingMemoryBound(to: Float.self)
      }
    }
    let lines = transposeQuarters(every(0), every(1), every(2), every(3))
    return (integers(lines.0), integers(lines.1), integers(lines.2), integers(lines.3))
  }

  /// The sums of `laneCount` rows' lanes, a lane a row.
  @inline(__always)
  func totals(_ partialSums: (_ row: Int) -> IntegerLanes) -> IntegerLanes {
    storeQuads(partialSums)
    return joinedQuads(quads)
  }

  /// Stores the partial sums of `laneCount` rows, four rows a register.
  @inline(__always)
  func storeQuads(_ partialSums: (_ row: Int) -> IntegerLanes) {
    for quad in 0..<(laneCount / 4) {
      let sums = quadSums(
        partialSums(4 * quad), partialSums(4 * quad + 1), partialSums(4 * quad + 2),
        partialSums(4 * quad + 3))
      store(sums, quads + quad * registerByteCount)
    }
  }
}

/// Adds a superblock's products to the sums of 16 rows: superblock, activations, sums.
typealias DotFileSuperblock = (FileSuperblock, UnsafeRawPointer, UnsafeMutablePointer<Float>) ->
  Void

/// The same bits as integers.
@inline(__always) private func integers(_ lanes: FloatLanes) -> IntegerLanes {
  unsafeBitCast(lanes, to: IntegerLanes.self)
}

/// Four 16-bit halves that take byte `index` of a shuffle, and zero above it.
@inline(__always) func wordPattern(_ index: Int) -> Int64 {
  Int64(truncatingIfNeeded: 0x8000_8000_8000_8000 as UInt64) | Int64(index) &* 0x0001_0001_0001_0001
}

/// Four 16-bit halves that take byte `index` of a shuffle as their high byte, and zero below it.
@inline(__always) func highPattern(_ index: Int) -> Int64 {
  0x0080_0080_0080_0080 | Int64(index) &* 0x0100_0100_0100_0100
}

// MARK: Q4_K and Q5_K

extension FileSuperblock {
  /// Stores the eight scales of each of `laneCount` rows, side by side.
  @inline(__always) fileprivate func storeScales(_ lanes: SixBitLanes) {
    storePairs(lanes.lowScales, lanes.highScales, into: scratch)
  }

  /// A row's eight scales, everywhere.
  @inline(__always) fileprivate func scales(ofRow row: Int) -> IntegerLanes {
    repeatEight(scratch + row % 4 / 2 * registerByteCount + row / 4 * 16 + row % 2 * 8)
  }
}

/// Adds a superblock of `Q4_K`.
@inline(never)
func dotFileRowsQ4K(
  _ source: FileSuperblock, _ x: UnsafeRawPointer, _ sums: UnsafeMutablePointer<Float>
) {
  dotFileRowsWithMinima(source, x, sums, partialSums: partialSumsQ4K)
}

/// Adds a superblock of `Q5_K`.
@inline(never)
func dotFileRowsQ5K(
  _ source: FileSuperblock, _ x: UnsafeRawPointer, _ sums: UnsafeMutablePointer<Float>
) {
  dotFileRowsWithMinima(source, x, sums, partialSums: partialSumsQ5K)
}

/// Adds a superblock that begins with two factors and, of 6 bits each, eight scales and eight
/// minima.
@inline(__always)
private func dotFileRowsWithMinima(
  _ source: FileSuperblock, _ x: UnsafeRawPointer, _ sums: UnsafeMutablePointer<Float>,
  partialSums: (
    _ block: UnsafeRawPointer, _ scales: IntegerLanes, _ x: UnsafeRawPointer
  ) -> IntegerLanes
) {
  let quants = source.quants(x)
  for firstRow in stride(from: 0, to: 16, by: laneCount) {
    let header = source.words(firstRow: firstRow, byteOffset: 0)
    let lanes = SixBitLanes(scales: header.1, mins: header.2, high: header.3)
    source.storeScales(lanes)
    let total = source.totals { row in
      partialSums(source.row(firstRow + row), source.scales(ofRow: row), quants)
    }
    lanes.finish(total, heads: header.0, x, sums + firstRow)
  }
}

/// A row's products times the scales of the sub-blocks.
@inline(__always)
private func partialSumsQ4K(
  _ block: UnsafeRawPointer, _ scales: IntegerLanes, _ x: UnsafeRawPointer
) -> IntegerLanes {
  let nibble = broadcastByte(0x0f)
  var sum = zeroIntegers()
  for register in 0..<(4 / partCount) {
    let word = loadIntegers(block + 16 + register * registerByteCount)
    sum = addChunks(sum, word & nibble, shiftRight(word, 4) & nibble, register, scales, x)
  }
  return sum
}

/// As ``partialSumsQ4K``.
@inline(__always)
private func partialSumsQ5K(
  _ block: UnsafeRawPointer, _ scales: IntegerLanes, _ x: UnsafeRawPointer
) -> IntegerLanes {
  let nibble = broadcastByte(0x0f)
  let bit = broadcastByte(0x10)
  let fifthBits = repeatPart(block + 16)
  var sum = zeroIntegers()
  for register in 0..<(4 / partCount) {
    let word = loadIntegers(block + 48 + register * registerByteCount)
    let chunk = register * partCount
    let low = word & nibble | bitsAtFour(fifthBits, 2 * chunk) & bit
    let high = shiftRight(word, 4) & nibble | bitsAtFour(fifthBits, 2 * chunk + 1) & bit
    sum = addChunks(sum, low, high, register, scales, x)
  }
  return sum
}

/// Adds the products of chunks of 64 elements, one in each part: 32 in `low`, 32 in `high`.
@inline(__always)
private func addChunks(
  _ sum: IntegerLanes, _ low: IntegerLanes, _ high: IntegerLanes, _ register: Int,
  _ scales: IntegerLanes, _ x: UnsafeRawPointer
) -> IntegerLanes {
  let x = x + 2 * register * registerByteCount
  let scale = 2 * register * partCount
  let first = addPairLanes(
    sum, pairProducts(low, loadParts(x, x + 64)), partScales(scales, scale))
  return addPairLanes(
    first, pairProducts(high, loadParts(x + 32, x + 96)), partScales(scales, scale + 1))
}

// MARK: Q6_K

/// Adds a superblock of `Q6_K`.
@inline(never)
func dotFileRowsQ6K(
  _ source: FileSuperblock, _ x: UnsafeRawPointer, _ sums: UnsafeMutablePointer<Float>
) {
  let quants = source.quants(x)
  for firstRow in stride(from: 0, to: 16, by: laneCount) {
    var total = source.totals { partialSumsQ6K(source.row(firstRow + $0), quants) }
    let scales = source.words(firstRow: firstRow, byteOffset: 192)
    func takeOff32(_ quarter: Int, _ scales: IntegerLanes) {
      let pairs = x + sumsOf16Offset + quarter * 8
      total = addPairLanes(total, evenSignedBytesTimesMinus32(scales), broadcastWord(pairs))
      total = addPairLanes(total, oddSignedBytesTimesMinus32(scales), broadcastWord(pairs + 4))
    }
    takeOff32(0, scales.0)
    takeOff32(1, scales.1)
    takeOff32(2, scales.2)
    takeOff32(3, scales.3)
    let factors = gatherHalves { source.row(firstRow + $0) + 208 }
    let target = sums + firstRow
    store(addSuperblock(total, factors, scale: superblockScale(x), to: load(target)), target)
  }
}

/// A row's products with its unsigned quants, 32 more than they mean.
@inline(__always)
private func partialSumsQ6K(_ block: UnsafeRawPointer, _ x: UnsafeRawPointer) -> IntegerLanes {
  let nibble = broadcastByte(0x0f)
  let two = broadcastByte(0x30)
  let scales = repeatQuarter(block + 192)
  var sum = zeroIntegers()
  for half in 0..<2 {
    let high = repeatPart(block + 128 + half * 32)
    for register in 0..<(2 / partCount) {
      let word = loadIntegers(block + half * 64 + register * registerByteCount)
      let part = register * partCount
      let activations = x + half * 128 + part * 32
      let first = word & nibble | bitsAtFour(high, 2 * part) & two
      let second = shiftRight(word, 4) & nibble | bitsAtFour(high, 4 + 2 * part) & two
      sum = addPairLanes(
        sum, pairProducts(first, loadIntegers(activations)),
        quarterScales(scales, half * 8 + 2 * part))
      sum = addPairLanes(
        sum, pairProducts(second, loadIntegers(activations + 64)),
        quarterScales(scales, half * 8 + 4 + 2 * part))
    }
  }
  return sum
}

// MARK: Q8_0 and Q4_0

/// Adds up to eight blocks of `Q8_0`.
@inline(never)
func dotFileRowsQ80(
  _ source: FileSuperblock, _ x: UnsafeRawPointer, _ sums: UnsafeMutablePointer<Float>
) {
  dotFileBlocks(source, x, sums, blockByteCount: 34) { first, second in
    prepareSigned(loadParts(first, second))
  }
}

/// Adds up to eight blocks of `Q4_0`.
@inline(never)
func dotFileRowsQ40(
  _ source: FileSuperblock, _ x: UnsafeRawPointer, _ sums: UnsafeMutablePointer<Float>
) {
  dotFileBlocks(source, x, sums, blockByteCount: 18) { first, second in
    prepareNibbles(splitNibbles(first, second))
  }
}

/// Adds blocks of 32, a Float16 scale and quants each, `partCount` of them at a time.
@inline(__always)
private func dotFileBlocks(
  _ source: FileSuperblock, _ x: UnsafeRawPointer, _ sums: UnsafeMutablePointer<Float>,
  blockByteCount: Int, quants: (UnsafeRawPointer, UnsafeRawPointer) -> IntegerLanes
) {
  for firstRow in stride(from: 0, to: 16, by: laneCount) {
    for block in stride(from: 0, to: source.blockCount, by: partCount) {
      // An odd number of blocks is filled up with the last.
      let next = min(block + 1, source.blockCount - 1)
      let activations = loadParts(x + block * 32, x + next * 32)
      source.storeQuads { row in
        let start = source.row(firstRow + row) + 2
        return addSignedProducts(
          zeroIntegers(), quants(start + block * blockByteCount, start + next * blockByteCount),
          activations)
      }
      for part in 0..<min(partCount, source.blockCount - block) {
        let index = block + part
        let total = addCorrection(
          joinedQuads(source.quads, part: part), x + blockCorrectionsOffset + index * 4)
        let factors = gatherHalves { source.row(firstRow + $0) + index * blockByteCount }
        let scale = broadcast((x + blockScalesOffset + index * 4).loadUnaligned(as: Float.self))
        let target = sums + firstRow
        store(multiplyAdd(floats(total), factors * scale, load(target)), target)
      }
    }
  }
}
