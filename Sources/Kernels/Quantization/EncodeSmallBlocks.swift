import KernelInterface
import KernelsReference

// The bytes of blocks of 32, as the byte maps of BlockQ40 to BlockQ80 draw them.

/// Writes blocks of 32 numbers of 4 or 5 bits: `Q4_0`, `Q4_1`, `Q5_0` and `Q5_1`.
struct SmallBlockEncoder {
  private let range: QuantRange
  private let byteCount: Int
  /// The offset of the fifth bits, and the low four.
  private let highBitsOffset: Int?
  private let nibblesOffset: Int

  static let q40 = Self(
    range: QuantRange(lowest: -8, highest: 7, minimum: .none), byteCount: BlockQ40.byteCount,
    highBitsOffset: nil, nibblesOffset: 2)
  static let q41 = Self(
    range: QuantRange(lowest: 0, highest: 15, minimum: .free), byteCount: BlockQ41.byteCount,
    highBitsOffset: nil, nibblesOffset: 4)
  static let q50 = Self(
    range: QuantRange(lowest: -16, highest: 15, minimum: .none), byteCount: BlockQ50.byteCount,
    highBitsOffset: 2, nibblesOffset: 6)
  static let q51 = Self(
    range: QuantRange(lowest: 0, highest: 31, minimum: .free), byteCount: BlockQ51.byteCount,
    highBitsOffset: 4, nibblesOffset: 8)

  /// Encodes a row; false when a number is too large for the type.
  func encode(
    _ row: UnsafeBufferPointer<Float>, into bytes: UnsafeMutableRawBufferPointer
  ) -> Bool {
    guard let x = row.baseAddress, let target = bytes.baseAddress else { return false }
    for block in 0..<(row.count / 32) {
      guard encode(x + block * 32, into: target + block * byteCount) else { return false }
    }
    return true
  }

  private func encode(
    _ x: UnsafePointer<Float>, into block: UnsafeMutableRawPointer
  ) -> Bool {
    let fit = search(x)
    let (d, m) = (Float16(fit.scale), Float16(-fit.minimum))
    guard d.isFinite, m.isFinite else { return false }
    let inverse = d == 0 ? 0 : 1 / Float(d)
    var quants = SIMD32<UInt8>.zero
    for start in stride(from: 0, to: 32, by: 8) {
      let q = nearest((eight(x + start) - Float(m)) * inverse, range) - range.lowest
      for lane in 0..<8 { quants[start + lane] = UInt8(q[lane]) }
    }
    block.storeBytes(of: d, toByteOffset: 0, as: Float16.self)
    if range.minimum != .none { block.storeBytes(of: m, toByteOffset: 2, as: Float16.self) }
    if let highBitsOffset {
      var highBits: UInt32 = 0
      for index in 0..<32 { highBits |= UInt32(quants[index] >> 4) << UInt32(index) }
      block.storeBytes(of: highBits, toByteOffset: highBitsOffset, as: UInt32.self)
    }
    for index in 0..<16 {
      let byte = quants[index] & 0x0f | quants[index + 16] << 4
      block.storeBytes(of: byte, toByteOffset: nibblesOffset + index, as: UInt8.self)
    }
    return true
  }

  private func search(_ x: UnsafePointer<Float>) -> BlockFit {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 32) { weights in
      guard let start = weights.baseAddress else { return BlockFit(scale: 0, minimum: 0) }
      var squares: Float = 0
      for index in 0..<32 { squares += x[index] * x[index] }
      let root = (squares / 32).squareRoot()
      for index in 0..<32 { start[index] = root + abs(x[index]) }
      return WeightedNumbers(x, weights: start, count: 32).search(range)
    }
  }
}

/// Writes `Q8_0`: `d = max |x| / 127`, `q = round(x · (1 / d))`, ties away from zero; the bytes are
/// computed with d before it is rounded to Float16.
///
/// - Source: ggml `quantize_row_q8_0_ref`; gguf-py 0.19.0 `gguf.quants.Q8_0`, to which the result
///   is equal bit for bit (BERTConverterTests).
/// - Returns: false when a number is too large for the type.
func encodeQ80(
  _ row: UnsafeBufferPointer<Float>, into bytes: UnsafeMutableRawBufferPointer
) -> Bool {
  for block in 0..<(row.count / 32) {
    let elements = (block * 32)..<(block * 32 + 32)
    let scale = row[elements].reduce(0) { max($0, abs($1)) } / 127
    let inverse = scale == 0 ? 0 : 1 / scale
    let stored = Float16(scale)
    guard stored.isFinite, inverse.isFinite else { return false }
    let start = block * BlockQ80.byteCount
    bytes.storeBytes(of: stored, toByteOffset: start, as: Float16.self)
    for index in elements {
      let quant = Int8((row[index] * inverse).rounded(.toNearestOrAwayFromZero))
      bytes.storeBytes(of: quant, toByteOffset: start + 2 + index % 32, as: Int8.self)
    }
  }
  return true
}
