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
  guard let source = row.baseAddress, let target = bytes.baseAddress else { return true }
  for block in 0..<(row.count / 32) {
    let x = UnsafeRawPointer(source + block * 32).loadUnaligned(as: SIMD32<Float>.self)
    let scale = largestMagnitude(x) / 127
    let inverse = scale == 0 ? 0 : 1 / scale
    let stored = Float16(scale)
    guard stored.isFinite, inverse.isFinite else { return false }
    let start = target + block * BlockQ80.byteCount
    start.storeBytes(of: stored, as: Float16.self)
    (start + 2).storeBytes(of: nearestBytes(x * inverse), as: SIMD32<Int8>.self)
  }
  return true
}

/// `max |x|`.
private func largestMagnitude(_ x: SIMD32<Float>) -> Float {
  let magnitudes = unsafeBitCast(
    unsafeBitCast(x, to: SIMD32<UInt32>.self) & 0x7fff_ffff, to: SIMD32<Float>.self)
  func larger<Lanes: SIMD>(_ a: Lanes, _ b: Lanes) -> Lanes where Lanes.Scalar == Float {
    a.replacing(with: b, where: b .> a)
  }
  let eight = larger(
    larger(magnitudes.lowHalf.lowHalf, magnitudes.lowHalf.highHalf),
    larger(magnitudes.highHalf.lowHalf, magnitudes.highHalf.highHalf))
  let four = larger(eight.lowHalf, eight.highHalf)
  return max(max(four[0], four[1]), max(four[2], four[3]))
}

/// Numbers of at most 127 rounded to whole ones, ties away from zero.
private func nearestBytes(_ x: SIMD32<Float>) -> SIMD32<Int8> {
  // Adding 1.5 · 2²³ rounds to a whole number, ties to even, whose low bits are then in the mantissa.
  let shift = SIMD32<Float>(repeating: 12_582_912)
  var nearest = x + shift - shift
  let rest = x - nearest
  nearest.replace(with: nearest + 1, where: (rest .== 0.5) .& (x .> 0))
  nearest.replace(with: nearest - 1, where: (rest .== -0.5) .& (x .< 0))
  let words = unsafeBitCast(nearest + shift, to: SIMD32<Int32>.self)
  return SIMD32<Int8>(truncatingIfNeeded: words)
}
