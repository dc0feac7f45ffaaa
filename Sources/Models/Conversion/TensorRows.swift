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
  private let transposed: TransposedBytes?

  /// - Parameters:
  ///   - info: the tensor, or its own part of one in the file.
  ///   - checkpoint: the opened file.
  ///   - isTransposed: whether the rows are the file's columns; then a block is one number.
  /// - Precondition: the tensor's type is a ``WeightType``.
  init(_ info: TensorInfo, of checkpoint: Checkpoint, isTransposed: Bool = false) {
    guard let type = WeightType(info.type) else {
      preconditionFailure("the tensor's type cannot be widened")
    }
    self.type = type
    self.checkpoint = checkpoint
    self.info = info
    transposed = isTransposed ? TransposedBytes(info, type, of: checkpoint) : nil
    rowElementCount = transposed?.columnCount ?? info.shape.last ?? 1
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
    let range = row * rowByteCount..<(row + 1) * rowByteCount
    if let transposed {
      transposed.withRows {
        widen(type: type, bytes: UnsafeRawBufferPointer(rebasing: $0[range]), into: values)
      }
      return
    }
    withExtendedLifetime(checkpoint) {
      let bytes = UnsafeRawBufferPointer(rebasing: checkpoint.bytes(of: info)[range])
      widen(type: type, bytes: bytes, into: values)
    }
  }
}
