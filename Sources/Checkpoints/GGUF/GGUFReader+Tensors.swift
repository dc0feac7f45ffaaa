// The second half of a GGUF header: the tensors and their place in the data.

internal import Bytes

extension GGUFReader {
  /// A tensor info before the start of the data is known.
  struct PendingTensor {
    let name: String
    let type: TensorType
    let shape: [Int]
    let byteCount: Int
    let dataOffset: UInt64
    let infoOffset: Int
  }

  mutating func readTensorInfos(
    _ count: UInt64
  ) throws(CheckpointError) -> [PendingTensor] {
    var pending: [PendingTensor] = []
    var names: Set<String> = []
    pending.reserveCapacity(Int(count))  // at most CheckpointLimits.tensorCount
    for _ in 0..<count {
      let start = reader.byteOffset
      let tensor = try tensorInfo()
      guard names.insert(tensor.name).inserted else {
        throw .duplicateTensor(tensor: tensor.name, byteOffset: start)
      }
      pending.append(tensor)
      regions.append(
        .init(kind: .tensorInfo, label: tensor.name, byteRange: start..<reader.byteOffset))
    }
    return pending
  }

  private mutating func tensorInfo() throws(CheckpointError) -> PendingTensor {
    let start = reader.byteOffset
    let name = try name("tensor name")
    let shape = try shape(of: name)
    let typeOffset = reader.byteOffset
    let id: UInt32 = try integer("type of tensor \(name)")
    guard let type = TensorType(ggmlID: id) else {
      throw .unknownTensorType(tensor: name, byteOffset: typeOffset, type: "id \(id)")
    }
    let byteCount = try tensorByteCount(
      type: type, shape: shape, name: name, byteOffset: start)
    let offsetOffset = reader.byteOffset
    let dataOffset: UInt64 = try integer("offset of tensor \(name)")
    guard dataOffset % UInt64(alignment) == 0 else {
      throw .misaligned(tensor: name, byteOffset: offsetOffset, alignment: alignment)
    }
    return PendingTensor(
      name: name, type: type, shape: shape, byteCount: byteCount, dataOffset: dataOffset,
      infoOffset: start)
  }

  /// The dimensions, reversed: the file has the innermost first.
  private mutating func shape(of name: String) throws(CheckpointError) -> [Int] {
    let byteOffset = reader.byteOffset
    let count: UInt32 = try integer("dimension count of tensor \(name)")
    guard count <= CheckpointLimits.ggufDimensionCount else {
      throw .tooManyDimensions(
        tensor: name, byteOffset: byteOffset, count: UInt64(count),
        limit: CheckpointLimits.ggufDimensionCount)
    }
    var shape: [Int] = []
    for _ in 0..<count {
      let dimensionOffset = reader.byteOffset
      let stated: UInt64 = try integer("dimension of tensor \(name)")
      guard let dimension = Int(exactly: stated), dimension > 0 else {
        throw .invalidDimension(tensor: name, byteOffset: dimensionOffset, value: stated)
      }
      shape.append(dimension)
    }
    return shape.reversed()
  }

  /// Converts offsets within the data into ranges of the file, inside it and without overlap.
  func place(
    _ pending: [PendingTensor]
  ) throws(CheckpointError) -> (tensors: [TensorInfo], dataOffset: Int) {
    let headerEnd = reader.byteOffset
    let raised: Int
    do throws(BytesError) {
      raised = try checkedAlignUp(
        headerEnd, to: alignment, what: "start of the data", byteOffset: headerEnd)
    } catch {
      throw .bytes(error)
    }
    // A file without tensors (a vocabulary) may end right after its header.
    let dataOffset = min(raised, file.byteCount)
    let available = file.byteCount - dataOffset
    var tensors: [TensorInfo] = []
    tensors.reserveCapacity(pending.count)
    for tensor in pending {
      let (end, overflow) = tensor.dataOffset.addingReportingOverflow(UInt64(tensor.byteCount))
      guard !overflow, end <= UInt64(available) else {
        throw .tensorOutsideFile(
          tensor: tensor.name, byteOffset: tensor.dataOffset, byteCount: tensor.byteCount,
          available: available)
      }
      let start = dataOffset + Int(tensor.dataOffset)
      tensors.append(
        TensorInfo(
          name: tensor.name, type: tensor.type, shape: tensor.shape,
          byteRange: start..<start + tensor.byteCount))
    }
    try GGUFReader.checkApart(tensors)
    return (tensors, dataOffset)
  }

  private static func checkApart(_ tensors: [TensorInfo]) throws(CheckpointError) {
    let sorted = tensors.sorted { $0.byteRange.lowerBound < $1.byteRange.lowerBound }
    for (first, second) in zip(sorted, sorted.dropFirst())
    where second.byteRange.lowerBound < first.byteRange.upperBound {
      throw .overlap(
        first: first.name, second: second.name, byteOffset: second.byteRange.lowerBound)
    }
  }
}
