import _Builtin_intrinsics.intel

// The registers of ``SuperblockTile``. Functions take the number of rows as a literal of 1, 2, 4 or
// 8, and touch no register beyond.

/// The integer sums of one row with 16 outputs over two sub-blocks.
struct SubBlockSums {
  /// Lanes: outputs 0 0 1 1, 4 4 5 5, 8 8 9 9, 12 12 13 13, of each the two sub-blocks.
  private var first: IntegerLanes
  /// Outputs 2 2 3 3, 6 6 7 7 and so on.
  private var second: IntegerLanes

  /// Zero.
  @inline(__always)
  init() {
    first = zeroIntegers()
    second = first
  }

  /// The initial sums of the two sub-blocks.
  @inline(__always)
  init(start: UnsafeRawPointer) {
    first = broadcastTwoWords(start)
    second = first
  }

  /// Adds the products of one step: four quants of each of two sub-blocks.
  @inline(__always)
  mutating func add(_ first: IntegerLanes, _ second: IntegerLanes, _ x: UnsafeRawPointer) {
    let words = broadcastTwoWords(x)
    self.first = addProducts(self.first, first, words)
    self.second = addProducts(self.second, second, words)
  }

  /// `total` and the sums times their scales.
  ///
  /// `scales` has those of the two sub-blocks in the 16-bit halves of each output's lane. `isWide`,
  /// a literal, tells whether the sums may need more than 16 bits, 30 at most.
  @inline(__always)
  func times(
    _ scales: IntegerLanes, addedTo total: IntegerLanes, isWide: Bool
  ) -> IntegerLanes {
    guard isWide else {
      return addPairLanes(total, _mm512_packs_epi32(first, second), scales)
    }
    let mask = _mm512_set1_epi32(0x7fff)
    let low = _mm512_packs_epi32(first & mask, second & mask)
    let high = _mm512_packs_epi32(_mm512_srai_epi32(first, 15), _mm512_srai_epi32(second, 15))
    let highTotal = shiftLeft(addPairLanes(zeroIntegers(), high, scales), 15)
    return _mm512_add_epi32(addPairLanes(total, low, scales), highTotal)
  }
}

/// ``SubBlockSums`` of up to eight rows.
struct RowSums {
  fileprivate var row0 = SubBlockSums()
  fileprivate var row1 = SubBlockSums()
  fileprivate var row2 = SubBlockSums()
  fileprivate var row3 = SubBlockSums()
  fileprivate var row4 = SubBlockSums()
  fileprivate var row5 = SubBlockSums()
  fileprivate var row6 = SubBlockSums()
  fileprivate var row7 = SubBlockSums()

  /// Zeros.
  @inline(__always) init() {}

  /// The initial sums: at this address for the first row of activations, likewise of the others.
  @inline(__always)
  init(starts: UnsafeRawPointer, rows: Int) {
    row0 = SubBlockSums(start: starts)
    if rows > 1 { row1 = SubBlockSums(start: starts + activationByteCount) }
    if rows > 2 {
      row2 = SubBlockSums(start: starts + 2 * activationByteCount)
      row3 = SubBlockSums(start: starts + 3 * activationByteCount)
    }
    if rows > 4 {
      row4 = SubBlockSums(start: starts + 4 * activationByteCount)
      row5 = SubBlockSums(start: starts + 5 * activationByteCount)
      row6 = SubBlockSums(start: starts + 6 * activationByteCount)
      row7 = SubBlockSums(start: starts + 7 * activationByteCount)
    }
  }

  /// Adds the products of four steps: 16 elements of each of two sub-blocks.
  ///
  /// Written out, since the compiler does not unroll a loop of this size, and short loops cost 5 %.
  @inline(__always)
  mutating func addFourSteps(_ line: UnsafeRawPointer, _ x: UnsafeRawPointer, rows: Int) {
    addStep(line, x, rows: rows)
    addStep(line + stepByteCount, x + stepWordByteCount, rows: rows)
    addStep(line + 2 * stepByteCount, x + 2 * stepWordByteCount, rows: rows)
    addStep(line + 3 * stepByteCount, x + 3 * stepWordByteCount, rows: rows)
  }

  @inline(__always)
  private mutating func addStep(_ line: UnsafeRawPointer, _ x: UnsafeRawPointer, rows: Int) {
    let first = loadIntegers(line)
    let second = loadIntegers(line + lineByteCount)
    row0.add(first, second, x)
    if rows > 1 { row1.add(first, second, x + activationByteCount) }
    if rows > 2 {
      row2.add(first, second, x + 2 * activationByteCount)
      row3.add(first, second, x + 3 * activationByteCount)
    }
    if rows > 4 {
      row4.add(first, second, x + 4 * activationByteCount)
      row5.add(first, second, x + 5 * activationByteCount)
      row6.add(first, second, x + 6 * activationByteCount)
      row7.add(first, second, x + 7 * activationByteCount)
    }
  }
}

/// A register of integers, one lane an output, of each of up to eight rows.
struct RowIntegers {
  private(set) var row0 = zeroIntegers()
  private(set) var row1 = zeroIntegers()
  private(set) var row2 = zeroIntegers()
  private(set) var row3 = zeroIntegers()
  private(set) var row4 = zeroIntegers()
  private(set) var row5 = zeroIntegers()
  private(set) var row6 = zeroIntegers()
  private(set) var row7 = zeroIntegers()

  /// Zeros.
  @inline(__always) init() {}

  /// Adds sums times their scales.
  @inline(__always)
  mutating func add(_ sums: RowSums, _ scales: IntegerLanes, rows: Int, isWide: Bool) {
    row0 = sums.row0.times(scales, addedTo: row0, isWide: isWide)
    if rows > 1 { row1 = sums.row1.times(scales, addedTo: row1, isWide: isWide) }
    if rows > 2 {
      row2 = sums.row2.times(scales, addedTo: row2, isWide: isWide)
      row3 = sums.row3.times(scales, addedTo: row3, isWide: isWide)
    }
    if rows > 4 {
      row4 = sums.row4.times(scales, addedTo: row4, isWide: isWide)
      row5 = sums.row5.times(scales, addedTo: row5, isWide: isWide)
      row6 = sums.row6.times(scales, addedTo: row6, isWide: isWide)
      row7 = sums.row7.times(scales, addedTo: row7, isWide: isWide)
    }
  }

  /// Adds the products of a line of pairs with the pair at this address of each row of activations.
  @inline(__always)
  mutating func addPairs(_ pairs: IntegerLanes, _ x: UnsafeRawPointer, rows: Int) {
    row0 = addPairLanes(row0, pairs, broadcastWord(x))
    if rows > 1 { row1 = addPairLanes(row1, pairs, broadcastWord(x + activationByteCount)) }
    if rows > 2 {
      row2 = addPairLanes(row2, pairs, broadcastWord(x + 2 * activationByteCount))
      row3 = addPairLanes(row3, pairs, broadcastWord(x + 3 * activationByteCount))
    }
    if rows > 4 {
      row4 = addPairLanes(row4, pairs, broadcastWord(x + 4 * activationByteCount))
      row5 = addPairLanes(row5, pairs, broadcastWord(x + 5 * activationByteCount))
      row6 = addPairLanes(row6, pairs, broadcastWord(x + 6 * activationByteCount))
      row7 = addPairLanes(row7, pairs, broadcastWord(x + 7 * activationByteCount))
    }
  }
}

/// The 64 bits at an address in every pair of lanes.
@inline(__always) private func broadcastTwoWords(_ source: UnsafeRawPointer) -> IntegerLanes {
  _mm512_set1_epi64(source.loadUnaligned(as: Int64.self))
}
