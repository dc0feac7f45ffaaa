import _Builtin_intrinsics.intel

// Superblocks of 256 numbers in sub-blocks with scales of their own; see WidenQuants.swift, and
// WidenBlocks.swift for the parameters.

/// Widens superblocks of `Q2_K`: `(d · scale) · q - dmin · min`, each operation rounded.
package func widenQ2K(
  _ source: UnsafeRawPointer, blockCount: Int, into target: UnsafeMutablePointer<Float>
) {
  for block in 0..<blockCount {
    let bytes = source + block * 84
    let scales = loadQuants(bytes)
    let steps = sixteenFloats(bits(scales, from: 0, width: 4)) * sixteenHalves(bytes + 80)
    let offsets = sixteenFloats(bits(scales, from: 4, width: 4)) * sixteenHalves(bytes + 82)
    for part in 0..<4 {
      let quants = loadQuants(bytes + 16 + part * 16)
      let (half, side) = (part / 2, part % 2)
      for crumb in 0..<4 {
        let subBlock = half * 8 + crumb * 2 + side
        let numbers = sixteenFloats(bits(quants, from: Int32(crumb * 2), width: 2))
        storeSixteen(
          numbers * sixteen(steps[subBlock]) - sixteen(offsets[subBlock]),
          target + block * 256 + subBlock * 16)
      }
    }
  }
}

/// Widens superblocks of `Q3_K`: `(d · scale) · q`, where q is 4 less without its bit in `hmask`.
package func widenQ3K(
  _ source: UnsafeRawPointer, blockCount: Int, into target: UnsafeMutablePointer<Float>
) {
  for block in 0..<blockCount {
    let bytes = source + block * 110
    let steps = sixteenFloats(scalesQ3K(bytes + 96)) * sixteenHalves(bytes + 108)
    for part in 0..<4 {
      let quants = loadQuants(bytes + 32 + part * 16)
      let (half, side) = (part / 2, part % 2)
      let highBits = loadQuants(bytes + side * 16)
      for crumb in 0..<4 {
        let subBlock = half * 8 + crumb * 2 + side
        let low = bits(quants, from: Int32(crumb * 2), width: 2)
        let isHigh = bits(highBits, from: Int32(half * 4 + crumb), width: 1)
        // 0 or 4 times the bit, less 4: no bit crosses a byte.
        let signed = _mm_sub_epi8(low | _mm_slli_epi16(isHigh, 2), everyQuant(4))
        storeSixteen(
          sixteenFloats(signed) * sixteen(steps[subBlock]),
          target + block * 256 + subBlock * 16)
      }
    }
  }
}

/// The sixteen scales of a superblock of `Q3_K`, -32...31, from their 12 bytes.
@inline(__always) private func scalesQ3K(_ source: UnsafeRawPointer) -> QuantBytes {
  // Scale j has its low half in half j / 8 of byte j % 8.
  let low = source.loadUnaligned(as: UInt64.self)
  let nibbles = QuantBytes(Int64(bitPattern: low), Int64(bitPattern: low >> 4)) & everyQuant(0x0f)
  // And its upper two bits at bits 2(j / 4) of byte j % 4 of the last four.
  let high = UInt64((source + 8).loadUnaligned(as: UInt32.self))
  let crumbs =
    QuantBytes(
      Int64(bitPattern: high | (high >> 2) << 32),
      Int64(bitPattern: high >> 4 | (high >> 6) << 32)) & everyQuant(0x03)
  return _mm_sub_epi8(nibbles | _mm_slli_epi16(crumbs, 4), everyQuant(32))
}

/// Widens superblocks of `IQ4_XS`: `(d · scale) · levels[q]`.
package func widenIQ4XS(
  _ source: UnsafeRawPointer, blockCount: Int, into target: UnsafeMutablePointer<Float>
) {
  let levels = unevenLevels()
  for block in 0..<blockCount {
    let bytes = source + block * 136
    let d = Float(bytes.loadUnaligned(as: Float16.self))
    let highBits = UInt32((bytes + 2).loadUnaligned(as: UInt16.self))
    let lowBits = (bytes + 4).loadUnaligned(as: UInt32.self)
    for subBlock in 0..<8 {
      let place = UInt32(subBlock)
      let scale = (lowBits >> (4 * place)) & 0x0f | ((highBits >> (2 * place)) & 0x03) << 4
      widenLevels(
        bytes + 8 + subBlock * 16, levels: levels,
        step: sixteen(d * Float(Int32(bitPattern: scale) - 32)),
        into: target + block * 256 + subBlock * 32)
    }
  }
}
