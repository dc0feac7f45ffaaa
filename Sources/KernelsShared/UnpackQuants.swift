// Unpacks one superblock of a panel: quants of 4 to 8 bits become bytes, packed scales become
// lanes, for products with many rows of activations; see QuantizedLayout.swift for the order.

/// The scales and minima of eight sub-blocks, four in a register's bytes.
struct SixBitLanes {
  let lowScales: IntegerLanes
  let highScales: IntegerLanes
  let lowMins: IntegerLanes
  let highMins: IntegerLanes

  /// From the three lines of 12 bytes; see `SixBitScales` in KernelsReference for their bits.
  @inline(__always)
  init(_ source: UnsafeRawPointer) {
    self.init(
      scales: loadIntegers(source), mins: loadIntegers(source + lineByteCount),
      high: loadIntegers(source + 2 * lineByteCount))
  }

  /// From the three words of each row.
  @inline(__always)
  init(scales: IntegerLanes, mins: IntegerLanes, high: IntegerLanes) {
    let six = broadcastByte(0x3f)
    let four = broadcastByte(0x0f)
    let top = broadcastByte(0x30)
    lowScales = scales & six
    lowMins = mins & six
    highScales = high & four | shiftRight(scales, 2) & top
    highMins = shiftRight(high, 4) & four | shiftRight(mins, 2) & top
  }

  /// Stores the scales and the pairs of minima, and the two factors in `heads`.
  @inline(__always)
  func write(_ heads: IntegerLanes, into target: UnsafeMutableRawPointer) {
    let scales = target + unpackedScalesOffset
    storeScales(lowScales, scales, quarter: 0)
    storeScales(highScales, scales, quarter: 1)
    writeMinima(
      heads, pairs: target + unpackedPairsOffset, factors: target + unpackedFactorsOffset)
  }

  /// Stores the minima as pairs, and the two factors in `heads`, a line each.
  @inline(__always)
  func writeMinima(
    _ heads: IntegerLanes, pairs: UnsafeMutableRawPointer, factors: UnsafeMutableRawPointer
  ) {
    storeLine(evenBytes(lowMins), pairs, 0)
    storeLine(oddBytes(lowMins), pairs, 1)
    storeLine(evenBytes(highMins), pairs, 2)
    storeLine(oddBytes(highMins), pairs, 3)
    storeFloats(lowHalves(heads), factors)
    storeFloats(highHalves(heads), factors + lineByteCount)
  }
}

/// Stores a register into line `index`.
@inline(__always)
private func storeLine(
  _ lanes: IntegerLanes, _ target: UnsafeMutableRawPointer, _ index: Int
) {
  store(lanes, target + index * lineByteCount)
}

/// Stores a register of Float32.
@inline(__always)
func storeFloats(_ lanes: FloatLanes, _ target: UnsafeMutableRawPointer) {
  store(lanes, target.assumingMemoryBound(to: Float.self))
}

/// Unpacks a superblock of `Q4_K`.
func unpackQ4K(_ source: PanelSuperblock, into target: UnsafeMutableRawPointer) {
  let nibble = broadcastByte(0x0f)
  for byteOffset in stride(from: 0, to: lineByteCount, by: registerByteCount) {
    let words = source.words + byteOffset
    let lines = target + byteOffset
    SixBitLanes(words + lineByteCount).write(loadIntegers(words), into: lines)
    for line in 0..<32 {
      let word = loadIntegers(words + (4 + line) * lineByteCount)
      storeQuants(
        word & nibble, shiftRight(word, 4) & nibble, lines, chunk: line / 8, word: line % 8)
    }
  }
}

/// Unpacks a superblock of `Q5_K`.
func unpackQ5K(_ source: PanelSuperblock, into target: UnsafeMutableRawPointer) {
  let nibble = broadcastByte(0x0f)
  let bit = broadcastByte(0x10)
  for byteOffset in stride(from: 0, to: lineByteCount, by: registerByteCount) {
    let words = source.words + byteOffset
    let lines = target + byteOffset
    SixBitLanes(words + lineByteCount).write(loadIntegers(words), into: lines)
    for group in 0..<8 {
      // The fifth bits of this group: of chunk j, bit 2j for the low halves, 2j + 1 for the high.
      let bits = loadIntegers(words + (4 + group) * lineByteCount)
      for chunk in 0..<4 {
        let word = loadIntegers(words + (12 + chunk * 8 + group) * lineByteCount)
        let low = fifthBit(bits, 2 * chunk)
        let high = fifthBit(bits, 2 * chunk + 1)
        storeQuants(
          word & nibble | low & bit, shiftRight(word, 4) & nibble | high & bit, lines,
          chunk: chunk, word: group)
      }
    }
  }
}

/// Each byte's bit `index` at bit 4; the other bits are of no use.
@inline(__always) func fifthBit(_ bits: IntegerLanes, _ index: Int) -> IntegerLanes {
  index <= 4 ? shiftLeft(bits, UInt32(4 - index)) : shiftRight(bits, UInt32(index - 4))
}

/// Unpacks a superblock of `Q6_K`; its quants stay unsigned, 32 more than they mean.
func unpackQ6K(_ source: PanelSuperblock, into target: UnsafeMutableRawPointer) {
  let nibble = broadcastByte(0x0f)
  let bits = broadcastByte(0x30)
  for byteOffset in stride(from: 0, to: lineByteCount, by: registerByteCount) {
    let words = source.words + byteOffset
    let lines = target + byteOffset
    for half in 0..<2 {
      for group in 0..<8 {
        let first = loadIntegers(words + (half * 16 + group) * lineByteCount)
        let second = loadIntegers(words + (half * 16 + 8 + group) * lineByteCount)
        let high = loadIntegers(words + (32 + half * 8 + group) * lineByteCount)
        storeQuants(
          first & nibble | shiftLeft(high, 4) & bits,
          second & nibble | shiftLeft(high, 2) & bits, lines, chunk: half * 2, word: group)
        storeQuants(
          shiftRight(first, 4) & nibble | high & bits,
          shiftRight(second, 4) & nibble | shiftRight(high, 2) & bits, lines,
          chunk: half * 2 + 1, word: group)
      }
    }
    for quarter in 0..<4 {
      let scales = loadIntegers(words + (48 + quarter) * lineByteCount)
      storeSignedScales(scales, lines, quarter: quarter)
    }
    let halves = (source.halves + byteOffset / 2).assumingMemoryBound(to: Float16.self)
    storeFloats(loadHalves(halves), lines + unpackedFactorsOffset)
  }
}

/// Unpacks up to eight blocks of `Q8_0`.
func unpackQ80(_ source: PanelSuperblock, into target: UnsafeMutableRawPointer) {
  for byteOffset in stride(from: 0, to: lineByteCount, by: registerByteCount) {
    let lines = target + byteOffset
    for line in 0..<(source.blockCount * 8) {
      let word = loadIntegers(source.words + byteOffset + line * lineByteCount)
      storeLine(prepareSigned(word), lines, line)
    }
    unpackScales(source, byteOffset, into: lines)
  }
}

/// Unpacks up to eight blocks of `Q4_0`.
func unpackQ40(_ source: PanelSuperblock, into target: UnsafeMutableRawPointer) {
  let nibble = broadcastByte(0x0f)
  for byteOffset in stride(from: 0, to: lineByteCount, by: registerByteCount) {
    let lines = target + byteOffset
    for line in 0..<(source.blockCount * 4) {
      let word = loadIntegers(source.words + byteOffset + line * lineByteCount)
      let index = line / 4 * 8 + line % 4
      storeLine(prepareNibbles(word & nibble), lines, index)
      storeLine(prepareNibbles(shiftRight(word, 4) & nibble), lines, index + 4)
    }
    unpackScales(source, byteOffset, into: lines)
  }
}

/// Widens the scales of blocks of 32, a line a block.
@inline(__always)
func unpackScales(
  _ source: PanelSuperblock, _ byteOffset: Int, into lines: UnsafeMutableRawPointer
) {
  for block in 0..<source.blockCount {
    let halves = (source.halves + block * 32 + byteOffset / 2)
      .assumingMemoryBound(to: Float16.self)
    storeFloats(loadHalves(halves), lines + unpackedScalesOffset + block * lineByteCount)
  }
}
