import KernelInterface
import KernelsReference

// The bytes of K-quant superblocks, as the byte maps of BlockQ4K, BlockQ5K and BlockQ6K draw them.

/// Writes superblocks of 256 numbers.
struct SuperblockEncoder {
  private let fitter: SuperblockFitter
  private let byteCount: Int
  private let pack: (SuperblockFitter, UnsafeMutableRawPointer) -> Void

  static func q4K() -> Self {
    Self(fitter: .init(.q4K), byteCount: BlockQ4K.byteCount, pack: packQ4K)
  }
  static func q5K() -> Self {
    Self(fitter: .init(.q5K), byteCount: BlockQ5K.byteCount, pack: packQ5K)
  }
  static func q6K() -> Self {
    Self(fitter: .init(.q6K), byteCount: BlockQ6K.byteCount, pack: packQ6K)
  }

  /// Encodes a row; false when a number is too large for the type.
  func encode(
    _ row: UnsafeBufferPointer<Float>, into bytes: UnsafeMutableRawBufferPointer
  ) -> Bool {
    guard let x = row.baseAddress, let target = bytes.baseAddress else { return false }
    for block in 0..<(row.count / 256) {
      guard fitter.fit(x + block * 256) else { return false }
      pack(fitter, target + block * byteCount)
    }
    return true
  }
}

private func packQ4K(_ fit: SuperblockFitter, into block: UnsafeMutableRawPointer) {
  packScales(fit, into: block)
  packNibblePairs(fit.quants, into: block + 16)
}

private func packQ5K(_ fit: SuperblockFitter, into block: UnsafeMutableRawPointer) {
  packScales(fit, into: block)
  for index in 0..<32 {
    var highBits: UInt8 = 0
    for subBlock in 0..<8 {
      highBits |= UInt8(fit.quants[subBlock * 32 + index] >> 4) << UInt8(subBlock)
    }
    block.storeBytes(of: highBits, toByteOffset: 16 + index, as: UInt8.self)
  }
  packNibblePairs(fit.quants, into: block + 48)
}

private func packQ6K(_ fit: SuperblockFitter, into block: UnsafeMutableRawPointer) {
  func bits(_ element: Int) -> UInt8 { UInt8(fit.quants[element] + 32) }
  for half in 0..<2 {
    let first = half * 128
    for index in 0..<64 {
      let low = bits(first + index) & 0x0f | bits(first + 64 + index) << 4
      block.storeBytes(of: low, toByteOffset: half * 64 + index, as: UInt8.self)
    }
    for index in 0..<32 {
      var high: UInt8 = 0
      for group in 0..<4 {
        high |= (bits(first + group * 32 + index) >> 4) << UInt8(group * 2)
      }
      block.storeBytes(of: high, toByteOffset: 128 + half * 32 + index, as: UInt8.self)
    }
  }
  for subBlock in 0..<16 {
    block.storeBytes(
      of: Int8(fit.scale(subBlock)), toByteOffset: 192 + subBlock, as: Int8.self)
  }
  block.storeBytes(of: fit.d, toByteOffset: 208, as: Float16.self)
}

/// `d`, `dmin` and the six-bit scales of `Q4_K` and `Q5_K`.
private func packScales(_ fit: SuperblockFitter, into block: UnsafeMutableRawPointer) {
  block.storeBytes(of: fit.d, toByteOffset: 0, as: Float16.self)
  block.storeBytes(of: fit.dmin, toByteOffset: 2, as: Float16.self)
  let words = SixBitScales(scale: fit.scale, min: fit.minimum).words
  block.storeBytes(of: words.0, toByteOffset: 4, as: UInt32.self)
  block.storeBytes(of: words.1, toByteOffset: 8, as: UInt32.self)
  block.storeBytes(of: words.2, toByteOffset: 12, as: UInt32.self)
}

/// The low 4 bits: of each 64 elements, 32 bytes, first half low, second half high.
private func packNibblePairs(
  _ quants: UnsafePointer<Int8>, into bytes: UnsafeMutableRawPointer
) {
  for byte in 0..<128 {
    let element = byte / 32 * 64 + byte % 32
    let low = UInt8(quants[element]) & 0x0f
    let high = UInt8(quants[element + 32]) << 4
    bytes.storeBytes(of: low | high, toByteOffset: byte, as: UInt8.self)
  }
}
