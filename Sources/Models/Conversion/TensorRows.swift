// Rows of a checkpoint's tensor as Float32, whatever type the file stores them in.

internal import Bytes
internal import Checkpoints
internal import Kernels

/// Reads a tensor row by row, widened exactly to Float32.
struct TensorRows {
  let checkpoint: Checkpoint
  let info: TensorInfo

  /// Numbers in a row: the innermost dimension.
  let rowElementCount: Int
  /// Product of the outer dimensions.
  let rowCount: Int
  private let rowByteCount: Int

  private let type: WeightType

  /// - Precondition: the tensor's type is a ``WeightType``.
  init(_ info: TensorInfo, of checkpoint: Checkpoint) {
    guard let type = WeightType(info.type) else {
      preconditionFailure("the tensor's type cannot be widened")
    }
    self.type = type
    self.checkpoint = checkpoint
    self.info = info
    rowElementCount = info.shape.last ?? 1
    rowCount = rowElementCount == 0 ? 0 : info.elementCount / rowElementCount
    rowByteCount = rowElementCount / info.type.blockElementCount * info.type.blockByteCount
  }

  /// Row `row` as Float32.
  func row(_ row: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: rowElementCount) { values, count in
      read(row, into: UnsafeMutableBufferPointer(rebasing: values[..<rowElementCount]))
      count = rowElementCount
    }
  }

  /// Reads row `row` as Float32 into `values`, whose `rowElementCount` elements are overwritten.
  func read(_ row: Int, into values: UnsafeMutableBufferPointer<Float>) {
    withExtendedLifetime(checkpoint) {
      let all = checkpoint.bytes(of: info)
      let bytes = UnsafeRawBufferPointer(
        rebasing: all[row * rowByteCount..<(row + 1) * rowByteCount])
      widen(type: type, bytes: bytes, into: values)
    }
  }
}
