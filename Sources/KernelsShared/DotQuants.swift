// One row of activations with one superblock of a panel: decoding reads each weight once, so the
// quants are multiplied as they are unpacked. The same integers and the same Float32 steps as
// SuperblockTile.swift and SignedBlockTile.swift.

/// Adds a superblock's products to the panel's 16 sums: superblock, activations, sums.
typealias DotSuperblock = (PanelSuperblock, UnsafeRawPointer, UnsafeMutablePointer<Float>) -> Void

/// Adds a superblock of `Q4_K`.
func dotQ4K(
  _ source: PanelSuperblock, _ x: UnsafeRawPointer, _ sums: UnsafeMutablePointer<Float>
) {
  let nibble = broadcastByte(0x0f)
  for register in 0..<(16 / laneCount) {
    let words = source.words + register * laneCount * 4
    let lanes = SixBitLanes(words + lineByteCount)
    var total = zeroIntegers()
    for chunk in 0..<4 {
      var low = zeroIntegers()
      var high = zeroIntegers()
      for group in 0..<8 {
        let word = loadIntegers(words + (4 + chunk * 8 + group) * lineByteCount)
        let quants = x + chunk * 64 + group * quantWordStride
        low = addProducts(low, word & nibble, broadcastWord(quants))
        high = addProducts(
          high, shiftRight(word, 4) & nibble, broadcastWord(quants + quantPairOffset))
      }
      lanes.add(low, high, chunk: chunk, to: &total)
    }
    lanes.finish(total, heads: loadIntegers(words), x, sums + register * laneCount)
  }
}

/// Adds a superblock of `Q5_K`.
func dotQ5K(
  _ source: PanelSuperblock, _ x: UnsafeRawPointer, _ sums: UnsafeMutablePointer<Float>
) {
  let nibble = broadcastByte(0x0f)
  let bit = broadcastByte(0x10)
  let linesPerSum = lineCount(bits: 5, subBlockLines: 8)
  for register in 0..<(16 / laneCount) {
    let words = source.words + register * laneCount * 4
    let lanes = SixBitLanes(words + lineByteCount)
    var total = zeroIntegers()
    for chunk in 0..<4 {
      for start in stride(from: 0, to: 8, by: linesPerSum) {
        var low = zeroIntegers()
        var high = zeroIntegers()
        for group in start..<(start + linesPerSum) {
          let word = loadIntegers(words + (12 + chunk * 8 + group) * lineByteCount)
          let bits = loadIntegers(words + (4 + group) * lineByteCount)
          let quants = x + chunk * 64 + group * quantWordStride
          let lowQuants = word & nibble | fifthBit(bits, 2 * chunk) & bit
          let highQuants = shiftRight(word, 4) & nibble | fifthBit(bits, 2 * chunk + 1) & bit
          low = addProducts(low, lowQuants, broadcastWord(quants))
          high = addProducts(high, highQuants, broadcastWord(quants + quantPairOffset))
        }
        lanes.add(low, high, chunk: chunk, to: &total)
      }
    }
    lanes.finish(total, heads: loadIntegers(words), x, sums + register * laneCount)
  }
}

extension SixBitLanes {
  /// Adds the sums of a chunk's two sub-blocks times their scales.
  @inline(__always)
  fileprivate func add(
    _ low: IntegerLanes, _ high: IntegerLanes, chunk: Int, to total: inout IntegerLanes
  ) {
    let scales = chunk < 2 ? lowScales : highScales
    let index = UInt32(chunk % 2 * 2)
    total = addScaled(total, low, unsignedScales(scales, index))
    total = addScaled(total, high, unsignedScales(scales, index + 1))
  }

  /// Adds a superblock's integers to the sums.
  @inline(__always)
  func finish(
    _ total: IntegerLanes, heads: IntegerLanes, _ x: UnsafeRawPointer,
    _ sums: UnsafeMutablePointer<Float>
  ) {
    let pairs = x + sumsOf32Offset
    var minima = addPairLanes(zeroIntegers(), evenBytes(lowMins), broadcastWord(pairs))
    minima = addPairLanes(minima, oddBytes(lowMins), broadcastWord(pairs + 4))
    minima = addPairLanes(minima, evenBytes(highMins), broadcastWord(pairs + 8))
    minima = addPairLanes(minima, oddBytes(highMins), broadcastWord(pairs + 12))
    let sum = addSuperblock(
      total, lowHalves(heads), minima: minima, highHalves(heads), scale: superblockScale(x),
      to: load(sums))
    store(sum, sums)
  }
}

/// Adds a superblock of `Q6_K`.
func dotQ6K(
  _ source: PanelSuperblock, _ x: UnsafeRawPointer, _ sums: UnsafeMutablePointer<Float>
) {
  for register in 0..<(16 / laneCount) {
    let words = source.words + register * laneCount * 4
    var total = zeroIntegers()
    for half in 0..<2 {
      addHalfOfQ6K(words, half: half, x + half * 128, to: &total)
    }
    for quarter in 0..<4 {
      let scales = loadIntegers(words + (48 + quarter) * lineByteCount)
      let pairs = x + sumsOf16Offset + quarter * 8
      total = addPairLanes(total, evenSignedBytesTimesMinus32(scales), broadcastWord(pairs))
      total = addPairLanes(total, oddSignedBytesTimesMinus32(scales), broadcastWord(pairs + 4))
    }
    let halves = (source.halves + register * laneCount * 2).assumingMemoryBound(to: Float16.self)
    let target = sums + register * laneCount
    let sum = addSuperblock(
      total, loadHalves(halves), scale: superblockScale(x), to: load(target))
    store(sum, target)
  }
}

/// Adds 128 elements of `Q6_K`: eight sub-blocks, two in each quarter of the high bits.
@inline(__always)
private func addHalfOfQ6K(
  _ words: UnsafeRawPointer, half: Int, _ x: UnsafeRawPointer, to total: inout IntegerLanes
) {
  let nibble = broadcastByte(0x0f)
  let bits = broadcastByte(0x30)
  let linesPerSum = lineCount(bits: 6, subBlockLines: 4)
  let firstScales = loadIntegers(words + (48 + half * 2) * lineByteCount)
  let secondScales = loadIntegers(words + (49 + half * 2) * lineByteCount)
  for subBlock in 0..<2 {
    let index = UInt32(subBlock)
    let first0 = signedScales(firstScales, index)
    let first32 = signedScales(firstScales, index + 2)
    let second0 = signedScales(secondScales, index)
    let second32 = signedScales(secondScales, index + 2)
    for start in stride(from: subBlock * 4, to: subBlock * 4 + 4, by: linesPerSum) {
      var sum0 = zeroIntegers()
      var sum32 = zeroIntegers()
      var sum64 = zeroIntegers()
      var sum96 = zeroIntegers()
      for group in start..<(start + linesPerSum) {
        let first = loadIntegers(words + (half * 16 + group) * lineByteCount)
        let second = loadIntegers(words + (half * 16 + 8 + group) * lineByteCount)
        let high = loadIntegers(words + (32 + half * 8 + group) * lineByteCount)
        let quants = x + group * quantWordStride
        sum0 = addProducts(
          sum0, first & nibble | shiftLeft(high, 4) & bits, broadcastWord(quants))
        sum32 = addProducts(
          sum32, second & nibble | shiftLeft(high, 2) & bits,
          broadcastWord(quants + quantPairOffset))
        sum64 = addProducts(
          sum64, shiftRight(first, 4) & nibble | high & bits, broadcastWord(quants + 64))
        sum96 = addProducts(
          sum96, shiftRight(second, 4) & nibble | shiftRight(high, 2) & bits,
          broadcastWord(quants + 64 + quantPairOffset))
      }
      total = addScaled(total, sum0, first0)
      total = addScaled(total, sum32, first32)
      total = addScaled(total, sum64, second0)
      total = addScaled(total, sum96, second32)
    }
  }
}

/// Adds up to eight blocks of `Q8_0`.
func dotQ80(
  _ source: PanelSuperblock, _ x: UnsafeRawPointer, _ sums: UnsafeMutablePointer<Float>
) {
  for register in 0..<(16 / laneCount) {
    let words = source.words + register * laneCount * 4
    for block in 0..<source.blockCount {
      var sum = signedStart(x + blockCorrectionsOffset + block * 4)
      for line in 0..<8 {
        let word = loadIntegers(words + (block * 8 + line) * lineByteCount)
        sum = addSignedProducts(
          sum, prepareSigned(word), broadcastWord(x + block * 32 + line * 4))
      }
      finishBlock(sum, source, block, register, x, sums)
    }
  }
}

/// Adds up to eight blocks of `Q4_0`.
func dotQ40(
  _ source: PanelSuperblock, _ x: UnsafeRawPointer, _ sums: UnsafeMutablePointer<Float>
) {
  let nibble = broadcastByte(0x0f)
  for register in 0..<(16 / laneCount) {
    let words = source.words + register * laneCount * 4
    for block in 0..<source.blockCount {
      var sum = signedStart(x + blockCorrectionsOffset + block * 4)
      for line in 0..<4 {
        let word = loadIntegers(words + (block * 4 + line) * lineByteCount)
        let quants = x + block * 32 + line * 4
        sum = addSignedProducts(sum, prepareNibbles(word & nibble), broadcastWord(quants))
        sum = addSignedProducts(
          sum, prepareNibbles(shiftRight(word, 4) & nibble), broadcastWord(quants + 16))
      }
      finishBlock(sum, source, block, register, x, sums)
    }
  }
}

/// Adds a block's integers to the sums.
@inline(__always)
private func finishBlock(
  _ sum: IntegerLanes, _ source: PanelSuperblock, _ block: Int, _ register: Int,
  _ x: UnsafeRawPointer, _ sums: UnsafeMutablePointer<Float>
) {
  let halves = (source.halves + block * 32 + register * laneCount * 2)
    .assumingMemoryBound(to: Float16.self)
  let scale = broadcast((x + blockScalesOffset + block * 4).loadUnaligned(as: Float.self))
  let target = sums + register * laneCount
  store(multiplyAdd(floats(sum), loadHalves(halves) * scale, load(target)), target)
}
