/// The types to which this program converts weights.
package enum WeightEncoding: String, Sendable, CaseIterable {
  case f32
  case f16
  case q80 = "q8_0"

  /// `general.file_type` of a GGUF file whose matrices have this type: `LLAMA_FTYPE_MOSTLY_*`.
  package var fileType: UInt32 {
    switch self {
    case .f32: 0
    case .f16: 1
    case .q80: 7
    }
  }

  /// Encodes one row of numbers.
  ///
  /// - Parameter row: finite numbers; for `q80` a multiple of 32 of them.
  /// - Returns: the bytes, or nil when a number does not fit the type.
  package func encode(_ row: [Float]) -> [UInt8]? {
    guard row.allSatisfy(\.isFinite) else { return nil }
    switch self {
    // Every machine that this program runs on is little-endian, as the files are.
    case .f32: return row.withUnsafeBytes { Array($0) }
    case .f16:
      let halves = row.map { Float16($0) }
      return halves.allSatisfy(\.isFinite) ? halves.withUnsafeBytes { Array($0) } : nil
    case .q80: return Self.quantize(row)
    }
  }

  /// ggml's `Q8_0`: blocks of 32 numbers as a Float16 scale and 32 signed bytes.
  ///
  /// `d = max |x| / 127`, `q = round(x * (1 / d))`, ties away from zero; the bytes are computed with
  /// d before it is rounded to Float16.
  ///
  /// - Source: ggml `quantize_row_q8_0_ref`; gguf-py 0.19.0 `gguf.quants.Q8_0`, to which the result
  ///   is equal bit for bit (BERTConverterTests).
  private static func quantize(_ row: [Float]) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(row.count / 32 * 34)
    for start in stride(from: 0, to: row.count, by: 32) {
      let block = row[start..<start + 32]
      let scale = block.reduce(0) { max($0, abs($1)) } / 127
      let inverse = scale == 0 ? 0 : 1 / scale
      let stored = Float16(scale)
      guard stored.isFinite, inverse.isFinite else { return nil }
      bytes.append(UInt8(truncatingIfNeeded: stored.bitPattern))
      bytes.append(UInt8(truncatingIfNeeded: stored.bitPattern >> 8))
      for value in block {
        let quant = Int8((value * inverse).rounded(.toNearestOrAwayFromZero))
        bytes.append(UInt8(bitPattern: quant))
      }
    }
    return bytes
  }
}
