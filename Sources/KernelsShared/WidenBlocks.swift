import _Builtin_intrinsics.intel

// Blocks of 32 numbers with one scale; see WidenQuants.swift.
//
// Each function widens `blockCount` blocks at `source`, as their format in KernelsReference draws
// them, to `32 · blockCount` numbers at `target`, both of any alignment. Results are bit for bit
// the twin's. Cost: about a load and a store a number.

/// Widens blocks of `Q4_1`: `d · q + m`, rounded twice.
package func widenQ41(
  _ source: UnsafeRawPointer, blockCount: Int, into target: UnsafeMutablePointer<Float>
) {
  for block in 0..<blockCount {
    let bytes = source + block * 20
    let values = target + block * 32
    let (d, m) = (sixteenHalves(bytes), sixteenHalves(bytes + 2))
    let quants = loadQuants(bytes + 4)
    storeSixteen(sixteenFloats(bits(quants, from: 0, width: 4)) * d + m, values)
    storeSixteen(sixteenFloats(bits(quants, from: 4, width: 4)) * d + m, values + 16)
  }
}

/// Widens blocks of `Q5_0`: `d · (q - 16)`.
package func widenQ50(
  _ source: UnsafeRawPointer, blockCount: Int, into target: UnsafeMutablePointer<Float>
) {
  // A quant without its fifth bit is 16 less than its other bits: 0xf0 sets the bits of that sign.
  let sign = everyQuant(0xf0)
  for block in 0..<blockCount {
    let bytes = source + block * 22
    let values = target + block * 32
    let d = sixteenHalves(bytes)
    let quants = loadQuants(bytes + 6)
    let low = bits(quants, from: 0, width: 4) | _mm_andnot_si128(maskOfBits(bytes + 2), sign)
    let high = bits(quants, from: 4, width: 4) | _mm_andnot_si128(maskOfBits(bytes + 4), sign)
    storeSixteen(sixteenFloats(low) * d, values)
    storeSixteen(sixteenFloats(high) * d, values + 16)
  }
}

/// Widens blocks of `Q5_1`: `d · q + m`, rounded twice.
package func widenQ51(
  _ source: UnsafeRawPointer, blockCount: Int, into target: UnsafeMutablePointer<Float>
) {
  let fifthBit = everyQuant(0x10)
  for block in 0..<blockCount {
    let bytes = source + block * 24
    let values = target + block * 32
    let (d, m) = (sixteenHalves(bytes), sixteenHalves(bytes + 2))
    let quants = loadQuants(bytes + 8)
    let low = bits(quants, from: 0, width: 4) | maskOfBits(bytes + 4) & fifthBit
    let high = bits(quants, from: 4, width: 4) | maskOfBits(bytes + 6) & fifthBit
    storeSixteen(sixteenFloats(low) * d + m, values)
    storeSixteen(sixteenFloats(high) * d + m, values + 16)
  }
}

/// Widens blocks of `IQ4_NL`: `d · levels[q]`.
package func widenIQ4NL(
  _ source: UnsafeRawPointer, blockCount: Int, into target: UnsafeMutablePointer<Float>
) {
  let levels = unevenLevels()
  for block in 0..<blockCount {
    let bytes = source + block * 18
    widenLevels(
      bytes + 2, levels: levels, step: sixteenHalves(bytes), into: target + block * 32)
  }
}

/// Widens 32 indices of `IQ4_NL` or `IQ4_XS`: `step · levels[q]`.
@inline(__always)
func widenLevels(
  _ indices: UnsafeRawPointer, levels: QuantBytes, step: SIMD16<Float>,
  into values: UnsafeMutablePointer<Float>
) {
  let quants = loadQuants(indices)
  let low = _mm_shuffle_epi8(levels, bits(quants, from: 0, width: 4))
  let high = _mm_shuffle_epi8(levels, bits(quants, from: 4, width: 4))
  storeSixteen(sixteenFloats(low) * step, values)
  storeSixteen(sixteenFloats(high) * step, values + 16)
}

/// `BlockIQ4NL.levels`, a byte each.
@inline(__always) func unevenLevels() -> QuantBytes {
  _mm_setr_epi8(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113)
}
