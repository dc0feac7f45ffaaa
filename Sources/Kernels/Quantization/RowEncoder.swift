/// Writes rows of numbers in a weight type: the quantisers of the converter.
///
/// Each row is encoded by itself and the same row always gives the same bytes. An encoder keeps
/// scratch memory; use one a thread.
package final class RowEncoder {
  private typealias Encode =
    (UnsafeBufferPointer<Float>, UnsafeMutableRawBufferPointer) -> Bool

  /// The type that it writes.
  package let type: WeightType
  private let encodeRow: Encode
  /// The largest magnitude that is tried.
  ///
  /// In a searched fit, sums of products of four numbers must
  /// stay within Float32; no weight comes near Float16's largest, 65,504.
  private var largest: Float {
    switch type {
    case .f32, .f16, .bf16, .q80: .greatestFiniteMagnitude
    default: 65_504
    }
  }

  /// The types that can be written.
  package static let types: [WeightType] = [
    .f32, .f16, .bf16, .q40, .q41, .q50, .q51, .q80, .q4K, .q5K, .q6K,
  ]

  /// An encoder for a type; nil where ``types`` lacks it.
  package init?(_ type: WeightType) {
    self.type = type
    switch type {
    case .f32: encodeRow = { encodePlain($0, into: $1) { $0 } }
    case .f16: encodeRow = { encodePlain($0, into: $1) { Float16($0) } }
    case .bf16: encodeRow = { encodePlain($0, into: $1) { brainFloat($0) } }
    case .q40: encodeRow = SmallBlockEncoder.q40.encode
    case .q41: encodeRow = SmallBlockEncoder.q41.encode
    case .q50: encodeRow = SmallBlockEncoder.q50.encode
    case .q51: encodeRow = SmallBlockEncoder.q51.encode
    case .q80: encodeRow = encodeQ80
    case .q4K: encodeRow = SuperblockEncoder.q4K().encode
    case .q5K: encodeRow = SuperblockEncoder.q5K().encode
    case .q6K: encodeRow = SuperblockEncoder.q6K().encode
    case .q2K, .q3K, .iq4NL, .iq4XS: return nil
    }
  }

  /// Encodes one row.
  ///
  /// - Parameters:
  ///   - row: whole blocks of numbers.
  ///   - bytes: as many as the type's blocks take. Overwritten.
  /// - Returns: false when a number is not finite or too large for the type; the bytes are then
  ///   unspecified.
  package func encode(
    _ row: UnsafeBufferPointer<Float>, into bytes: UnsafeMutableRawBufferPointer
  ) -> Bool {
    precondition(type.rowByteCount(row.count) == bytes.count, "the row is not whole blocks")
    return row.allSatisfy { abs($0) <= largest } && encodeRow(row, bytes)
  }
}

/// Numbers without blocks; false when rounding makes one infinite.
private func encodePlain<Stored: BitwiseCopyable & StoredNumber>(
  _ row: UnsafeBufferPointer<Float>, into bytes: UnsafeMutableRawBufferPointer,
  _ convert: (Float) -> Stored
) -> Bool {
  for (index, value) in row.enumerated() {
    let stored = convert(value)
    guard stored.isFinite else { return false }
    bytes.storeBytes(
      of: stored, toByteOffset: index * MemoryLayout<Stored>.size, as: Stored.self)
  }
  return true
}

private protocol StoredNumber { var isFinite: Bool { get } }
extension Float: StoredNumber {}
extension Float16: StoredNumber {}

/// The upper half of a Float32.
private struct BrainFloat: BitwiseCopyable, StoredNumber {
  let bits: UInt16
  var isFinite: Bool { bits & 0x7f80 != 0x7f80 }
}

/// A finite number rounded to bfloat16, ties to even, as gguf-py's `BF16`.
private func brainFloat(_ value: Float) -> BrainFloat {
  let bits = value.bitPattern
  return BrainFloat(bits: UInt16((bits + 0x7fff + (bits >> 16 & 1)) >> 16))
}
