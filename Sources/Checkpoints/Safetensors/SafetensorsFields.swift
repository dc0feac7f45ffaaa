/// The header's entry of one tensor.
struct SafetensorsFields {
  let type: TensorType
  let shape: [Int]
  let begin: UInt64
  let end: UInt64

  init(
    _ cursor: inout JSONCursor, tensor: String, keyOffset: Int
  ) throws(CheckpointError) {
    var type: TensorType?
    var shape: [Int]?
    var offsets: [UInt64]?
    try cursor.object("tensor \(tensor)") { cursor, key, offset throws(CheckpointError) in
      switch String(decoding: key, as: UTF8.self) {
      case "dtype" where type == nil:
        type = try SafetensorsFields.type(&cursor, tensor: tensor, byteOffset: offset)
      case "shape" where shape == nil:
        shape = try SafetensorsFields.shape(&cursor, tensor: tensor, byteOffset: offset)
      case "data_offsets" where offsets == nil:
        offsets = try cursor.wholeNumbers(limit: 2, "data_offsets of tensor \(tensor)")
      case "dtype", "shape", "data_offsets":
        throw .invalidHeader(
          byteOffset: offset, reason: "tensor \(tensor) states a field twice")
      default:
        throw .invalidHeader(
          byteOffset: offset, reason: "tensor \(tensor) has a field that the format lacks")
      }
    }
    guard let type, let shape, let offsets, offsets.count == 2 else {
      throw .invalidHeader(
        byteOffset: keyOffset,
        reason: "tensor \(tensor) lacks dtype, shape or two data_offsets")
    }
    self.type = type
    self.shape = shape
    begin = offsets[0]
    end = offsets[1]
  }

  private static func type(
    _ cursor: inout JSONCursor, tensor: String, byteOffset: Int
  ) throws(CheckpointError) -> TensorType {
    let name = String(decoding: try cursor.string("dtype of tensor \(tensor)"), as: UTF8.self)
    guard let type = TensorType(safetensorsName: name) else {
      throw .unknownTensorType(tensor: tensor, byteOffset: byteOffset, type: name)
    }
    return type
  }

  /// The dimensions.
  ///
  /// Zero is allowed: the format has empty tensors, and models check their shapes.
  private static func shape(
    _ cursor: inout JSONCursor, tensor: String, byteOffset: Int
  ) throws(CheckpointError) -> [Int] {
    let stated = try cursor.wholeNumbers(
      limit: CheckpointLimits.safetensorsDimensionCount, "dimensions of tensor \(tensor)")
    var shape: [Int] = []
    for dimension in stated {
      guard let value = Int(exactly: dimension) else {
        throw .invalidDimension(tensor: tensor, byteOffset: byteOffset, value: dimension)
      }
      shape.append(value)
    }
    return shape
  }
}
