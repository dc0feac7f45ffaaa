internal import Checkpoints

/// The storage of one of the table's tensors in files of one naming scheme.
///
/// Published layouts of one model differ not only in names: OpenAI's CLIP has queries, keys and values
/// below each other in one tensor, and multiplies projections from the other side.
package enum TensorStorage: Sendable, Equatable {
  /// As the table says.
  case whole
  /// One of several tensors of the same shape below each other, counted from 0.
  case part(Int, of: Int)
  /// `[inputs, outputs]` for a matrix `[outputs, inputs]`.
  case transposed
  /// `[outputs, 1]` for a vector `[outputs]`: whisper.cpp's biases of convolutions.
  case column

  /// The shape in the file of a tensor of `shape`.
  func fileShape(of shape: [Int]) -> [Int] {
    switch self {
    case .whole: shape
    case .part(_, let count): [shape[0] * count] + shape.dropFirst()
    case .transposed: shape.reversed()
    case .column: shape + [1]
    }
  }

  /// The tensor's own bytes in the file's tensor `info`; a transposed one keeps the file's order.
  func view(of info: TensorInfo, shape: [Int]) -> TensorInfo {
    if self == .column {
      return TensorInfo(
        name: info.name, type: info.type, shape: shape, byteRange: info.byteRange,
        strides: info.strides, fileIndex: info.fileIndex)
    }
    guard case .part(let index, let count) = self else { return info }
    let byteCount = info.byteRange.count / count
    let start = info.byteRange.lowerBound + index * byteCount
    return TensorInfo(
      name: info.name, type: info.type, shape: shape, byteRange: start..<(start + byteCount),
      fileIndex: info.fileIndex)
  }
}
