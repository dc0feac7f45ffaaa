// Rows of a checkpoint's tensor as Float32, whatever type the file stores them in.

internal import Bytes
internal import Checkpoints

/// Reads a tensor row by row, widened exactly to Float32.
struct TensorRows {
  let checkpoint: Checkpoint
  let info: TensorInfo

  /// Numbers in a row: the innermost dimension.
  let rowElementCount: Int
  /// Product of the outer dimensions.
  let rowCount: Int
  private let rowByteCount: Int

  /// The types that can be widened.
  static let types: [TensorType] = [.f32, .f16, .bf16, .q80]

  /// - Precondition: the tensor's type is one of `types`.
  init(_ info: TensorInfo, of checkpoint: Checkpoint) {
    precondition(Self.types.contains(info.type), "the tensor's type cannot be widened")
    self.checkpoint = checkpoint
    self.info = info
    rowElementCount = info.shape.last ?? 1
    rowCount = rowElementCount == 0 ? 0 : info.elementCount / rowElementCount
    rowByteCount = rowElementCount / info.type.blockElementCount * info.type.blockByteCount
  }

  /// Row `row` as Float32.
  func row(_ row: Int) -> [Float] {
    withExtendedLifetime(checkpoint) {
      let all = checkpoint.bytes(of: info)
      let bytes = UnsafeRawBufferPointer(
        rebasing: all[row * rowByteCount..<(row + 1) * rowByteCount])
      return (0..<rowElementCount).map { index in
        switch info.type {
        case .f16: Float(bytes.loadUnaligned(fromByteOffset: index * 2, as: Float16.self))
        case .bf16:
          // bfloat16 is the upper half of binary32.
          Float(
            bitPattern: UInt32(bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self))
              << 16)
        case .q80: Self.dequantized(bytes, index: index)
        default: bytes.loadUnaligned(fromByteOffset: index * 4, as: Float.self)
        }
      }
    }
  }

  private static func dequantized(_ bytes: UnsafeRawBufferPointer, index: Int) -> Float {
    let block = index / 32 * 34
    let scale = Float(bytes.loadUnaligned(fromByteOffset: block, as: Float16.self))
    return scale
      * Float(bytes.loadUnaligned(fromByteOffset: block + 2 + index % 32, as: Int8.self))
  }
}
