internal import Checkpoints
internal import Kernels

/// A matrix of plain numbers with its dimensions exchanged, in memory.
struct TransposedBytes {
  /// Rows of the result: the tensor's second dimension.
  let rowCount: Int
  /// Columns of the result: the tensor's first dimension.
  let columnCount: Int
  private let bytes: [UInt8]

  /// Copies a tensor `[columns, rows]`.
  ///
  /// - Precondition: the tensor has two dimensions, and a block of its type is one number.
  init(_ tensor: TensorInfo, _ type: WeightType, of checkpoint: Checkpoint) {
    precondition(tensor.shape.count == 2 && type.blockElementCount == 1, "a matrix of numbers")
    let (columns, rows) = (tensor.shape[0], tensor.shape[1])
    let width = tensor.type.blockByteCount
    (rowCount, columnCount) = (rows, columns)
    bytes = withExtendedLifetime(checkpoint) {
      let source = checkpoint.bytes(of: tensor)
      var transposed = [UInt8](repeating: 0, count: source.count)
      for row in 0..<rows {
        for column in 0..<columns {
          for byte in 0..<width {
            transposed[(row * columns + column) * width + byte] =
              source[(column * rows + row) * width + byte]
          }
        }
      }
      return transposed
    }
  }

  /// Gives `body` the bytes, row-major `[rowCount, columnCount]`.
  func withRows<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R { bytes.withUnsafeBytes(body) }
}
