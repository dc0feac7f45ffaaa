import _Builtin_intrinsics.intel

// A superblock of a panel as tile registers want it: each quant times the scale of its sub-block,
// in two bytes, each in a plane of its own.
//
// The products of all sub-blocks then go into one sum, which an accumulator of a tile register is:
// with the scales apart, each sub-block's sums would have to leave the registers. A scaled quant
// does not fit in one byte, but in two it does, `quant · scale = fine + coarse · 2ᵇ`, so there are
// twice the multiplications and an eighth of the sums. All of it is integers, so that the total is
// that of ``SuperblockTile``, bit for bit.
//
// `Q4_K` and `Q5_K` cut the scale of 6 bits in two, 0...7 each: `fine = quant · (scale mod 8)`,
// `coarse = quant · (scale / 8)`, at most 31 · 7 = 217. `Q6_K` cuts the product of a quant -32...31
// and a scale -128...127: -4,064...4,096 is `fine` 0...63 and `coarse` -64...64.

/// Bytes of a plane: 64 lines of four elements of each of 16 outputs, in the order of the
/// activations.
let planeByteCount = 4096
/// The offset of the coarse plane; the fine one comes first.
let coarsePlaneOffset = planeByteCount
/// The offset of the four lines that are multiplied with the sums of activations.
let planePairsOffset = 2 * planeByteCount
/// The offset of the line of Float32 scales of the superblock, which the line of minima follows.
let planeFactorsOffset = planePairsOffset + 4 * lineByteCount
/// Bytes of a scaled superblock of a panel.
let scaledByteCount = planeFactorsOffset + 2 * lineByteCount

/// Scales a superblock of `Q4_K`.
func scaleQ4K(_ source: PanelSuperblock, into target: UnsafeMutableRawPointer) {
  let nibble = broadcastByte(0x0f)
  let lanes = SixBitLanes(source.words + lineByteCount)
  writeFactors(lanes, source, into: target)
  for chunk in 0..<4 {
    let (even, odd) = lanes.planeScales(chunk: chunk)
    for group in 0..<8 {
      let word = loadIntegers(source.words + (4 + chunk * 8 + group) * lineByteCount)
      let line = target + (chunk * 16 + group * 2) * lineByteCount
      even.write(word & nibble, into: line)
      odd.write(shiftRight(word, 4) & nibble, into: line + lineByteCount)
    }
  }
}

/// Scales a superblock of `Q5_K`.
func scaleQ5K(_ source: PanelSuperblock, into target: UnsafeMutableRawPointer) {
  let nibble = broadcastByte(0x0f)
  let bit = broadcastByte(0x10)
  let lanes = SixBitLanes(source.words + lineByteCount)
  writeFactors(lanes, source, into: target)
  for chunk in 0..<4 {
    let (even, odd) = lanes.planeScales(chunk: chunk)
    for group in 0..<8 {
      let bits = loadIntegers(source.words + (4 + group) * lineByteCount)
      let word = loadIntegers(source.words + (12 + chunk * 8 + group) * lineByteCount)
      let low = fifthBit(bits, 2 * chunk)
      let high = fifthBit(bits, 2 * chunk + 1)
      let line = target + (chunk * 16 + group * 2) * lineByteCount
      even.write(word & nibble | low & bit, into: line)
      odd.write(shiftRight(word, 4) & nibble | high & bit, into: line + lineByteCount)
    }
  }
}

/// Scales a superblock of `Q6_K`.
func scaleQ6K(_ source: PanelSuperblock, into target: UnsafeMutableRawPointer) {
  let nibble = broadcastByte(0x0f)
  let bits = broadcastByte(0x30)
  for half in 0..<2 {
    for group in 0..<8 {
      let first = loadIntegers(source.words + (half * 16 + group) * lineByteCount)
      let second = loadIntegers(source.words + (half * 16 + 8 + group) * lineByteCount)
      let high = loadIntegers(source.words + (32 + half * 8 + group) * lineByteCount)
      // Sub-blocks of 16: groups 0...3 and 4...7 of each 32 have scales of their own.
      let scales = source.words + (48 + half * 2) * lineByteCount
      let subBlock = UInt32(group / 4)
      let line = target + (half * 32 + group * 2) * lineByteCount
      let (lower, upper) = (loadIntegers(scales), loadIntegers(scales + lineByteCount))
      writeSigned(
        first & nibble | shiftLeft(high, 4) & bits, signedScales(lower, subBlock), into: line)
      writeSigned(
        second & nibble | shiftLeft(high, 2) & bits, signedScales(lower, subBlock + 2),
        into: line + lineByteCount)
      let next = line + 16 * lineByteCount
      writeSigned(
        shiftRight(first, 4) & nibble | high & bits, signedScales(upper, subBlock), into: next)
      writeSigned(
        shiftRight(second, 4) & nibble | shiftRight(high, 2) & bits,
        signedScales(upper, subBlock + 2), into: next + lineByteCount)
    }
  }
  let halves = source.halves.assumingMemoryBound(to: Float16.self)
  storeFloats(loadHalves(halves), target + planeFactorsOffset)
}

/// The scale of a sub-block of each output, cut in two, in both 16-bit halves of a lane.
private struct PlaneScales {
  private let fine: IntegerLanes
  private let coarse: IntegerLanes

  /// From the scale in each lane.
  @inline(__always)
  init(_ scales: IntegerLanes) {
    let both = scales | shiftLeft(scales, 16)
    fine = both & _mm512_set1_epi32(0x0007_0007)
    coarse = shiftRight(both, 3) & _mm512_set1_epi32(0x0007_0007)
  }

  /// Stores a line of both planes.
  ///
  /// Bytes are multiplied in pairs, as nothing is carried between them: no product is above 217.
  @inline(__always)
  func write(_ quants: IntegerLanes, into line: UnsafeMutableRawPointer) {
    store(_mm512_mullo_epi16(quants, fine), line)
    store(_mm512_mullo_epi16(quants, coarse), line + coarsePlaneOffset)
  }
}

extension SixBitLanes {
  /// The scales of the two sub-blocks of a chunk.
  @inline(__always)
  fileprivate func planeScales(chunk: Int) -> (even: PlaneScales, odd: PlaneScales) {
    let bytes = chunk < 2 ? lowScales : highScales
    let first = UInt32(chunk % 2 * 2)
    return (
      PlaneScales(unsignedScales(bytes, first)), PlaneScales(unsignedScales(bytes, first + 1))
    )
  }
}

/// Stores what the sums of a superblock with minima end with.
@inline(__always)
private func writeFactors(
  _ lanes: SixBitLanes, _ source: PanelSuperblock, into target: UnsafeMutableRawPointer
) {
  lanes.writeMinima(
    loadIntegers(source.words), pairs: target + planePairsOffset,
    factors: target + planeFactorsOffset)
}

/// Stores a line of both planes of quants that mean 32 less, given the scale in each lane.
@inline(__always)
private func writeSigned(
  _ quants: IntegerLanes, _ scales: IntegerLanes, into line: UnsafeMutableRawPointer
) {
  let both = scales & _mm512_set1_epi32(0xffff) | shiftLeft(scales, 16)
  let offset = _mm512_set1_epi16(32)
  let even = _mm512_mullo_epi16(_mm512_sub_epi16(evenBytes(quants), offset), both)
  let odd = _mm512_mullo_epi16(_mm512_sub_epi16(oddBytes(quants), offset), both)
  let fine = evenBytes(even) | _mm512_slli_epi16(odd, 8)
  store(fine & broadcastByte(0x3f), line)
  let coarse = evenBytes(_mm512_srai_epi16(even, 6))
  store(coarse | _mm512_slli_epi16(_mm512_srai_epi16(odd, 6), 8), line + coarsePlaneOffset)
}
