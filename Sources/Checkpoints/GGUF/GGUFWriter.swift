// Writes GGUF version 3, little-endian, as ggml and gguf-py read it. The same calls give the same
// bytes: nothing depends on time, hashing or the machine.

internal import Bytes

/// Collects metadata and tensors and writes them as one GGUF v3 file.
///
/// Metadata and tensors are written in the order in which they were added. The data of the tensors
/// follow each other, each padded with zeros to the alignment, as ggml requires. The writer
/// enforces the reader's rules, so that whatever it writes can be read back.
package struct GGUFWriter {
  private struct Tensor {
    let name: String
    let type: TensorType
    let shape: [Int]
    let byteCount: Int
    let dataOffset: Int
    let source: TensorSource
  }

  /// The longest tensor name that ggml reads: GGML_MAX_NAME less the NUL that ends it.
  private static let tensorNameByteCount = 63

  /// Tensors start at multiples of this.
  package let alignment: Int

  private var metadata = Metadata()
  private var tensors: [Tensor] = []
  private var names: Set<String> = []
  private var dataByteCount = 0

  /// An empty file.
  ///
  /// An alignment other than 32 is written as `general.alignment`, where the caller sets that key
  /// or else as the first entry.
  ///
  /// - Throws: `CheckpointError.invalidAlignment` unless it is a power of two from 8 to 65,536.
  package init(alignment: Int = 32) throws(CheckpointError) {
    guard CheckpointLimits.alignments.contains(alignment), alignment & (alignment - 1) == 0 else {
      throw .invalidAlignment(byteOffset: 0, found: "\(alignment)")
    }
    self.alignment = alignment
  }

  /// Adds a metadata entry.
  ///
  /// - Throws: `CheckpointError.duplicateKey`, `.invalidName`, or `.cannotWrite` for an alignment
  ///   that differs from the writer's.
  package mutating func setMetadata(
    _ key: String, _ value: MetadataValue
  ) throws(CheckpointError) {
    let key = try checkedName(Array(key.utf8), what: "metadata key", byteOffset: 0)
    if key == "general.alignment", value != .uint32(UInt32(alignment)) {
      throw .cannotWrite(what: key, reason: "pass the alignment to the writer's initializer")
    }
    try GGUFWriter.checkSize(of: value, key: key)
    guard metadata.append(key: key, value: value) else {
      throw .duplicateKey(key: key, byteOffset: 0)
    }
  }

  /// Adds a tensor; its bytes are read when the file is written.
  ///
  /// - Parameters:
  ///   - name: the name that GGUF readers look for, such as `token_embd.weight`; up to 63 bytes.
  ///   - type: one of ggml's types.
  ///   - shape: outermost first, as in PyTorch; 0 to 4 dimensions, none of them zero.
  ///   - source: exactly the bytes that type and shape need.
  /// - Throws: `CheckpointError` naming the rule that the tensor breaks.
  package mutating func addTensor(
    name: String, type: TensorType, shape: [Int], source: TensorSource
  ) throws(CheckpointError) {
    let name = try checkedName(Array(name.utf8), what: "tensor name", byteOffset: 0)
    guard name.utf8.count <= GGUFWriter.tensorNameByteCount else {
      throw .cannotWrite(
        what: "tensor \(printable(name))",
        reason: "ggml reads names of at most \(GGUFWriter.tensorNameByteCount) bytes")
    }
    guard type.ggmlID != nil else {
      throw .cannotWrite(what: "tensor \(name)", reason: "GGUF has no type \(type.name)")
    }
    guard shape.count <= CheckpointLimits.ggufDimensionCount else {
      throw .tooManyDimensions(
        tensor: name, byteOffset: 0, count: UInt64(shape.count),
        limit: CheckpointLimits.ggufDimensionCount)
    }
    guard shape.allSatisfy({ $0 > 0 }) else {
      throw .cannotWrite(what: "tensor \(name)", reason: "a dimension of \(shape) is not positive")
    }
    guard names.insert(name).inserted else {
      throw .duplicateTensor(tensor: name, byteOffset: 0)
    }
    let byteCount = try tensorByteCount(type: type, shape: shape, name: name, byteOffset: 0)
    let dataOffset = dataByteCount
    do throws(BytesError) {
      let end = try checkedSum(
        dataOffset, byteCount, what: "data of tensor \(name)", byteOffset: 0)
      dataByteCount = try checkedAlignUp(
        end, to: alignment, what: "data of tensor \(name)", byteOffset: 0)
    } catch {
      throw .bytes(error)
    }
    tensors.append(
      Tensor(
        name: name, type: type, shape: shape, byteCount: byteCount, dataOffset: dataOffset,
        source: source))
  }

  /// Writes the file; it appears at `path` only when it is complete and on the disk.
  ///
  /// - Throws: `CheckpointError.cannotWrite` where a source has too few or too many bytes;
  ///   `.bytes` for errors of the disk.
  package func write(to path: String) throws(CheckpointError) {
    let writer: AtomicFileWriter
    do throws(BytesError) {
      writer = try AtomicFileWriter(path: path)
    } catch {
      throw .bytes(error)
    }
    do throws(CheckpointError) { try write(into: writer) } catch { throw error.inFile(path) }
    do throws(BytesError) { try writer.commit() } catch { throw .bytes(error) }
  }

  /// The whole file in memory: for small files and tests.
  package func encoded() throws(CheckpointError) -> [UInt8] {
    let sink = MemorySink()
    try write(into: sink)
    return sink.bytes
  }

  private func write(into sink: any ByteSink) throws(CheckpointError) {
    let zeros = [UInt8](repeating: 0, count: alignment)
    do throws(BytesError) { try sink.append(header()) } catch { throw .bytes(error) }
    for tensor in tensors {
      let tensorSink = TensorSink(
        sink, tensor: tensor.name, expectedByteCount: tensor.byteCount)
      try tensorSink.write(tensor.source)
      let excess = tensor.byteCount % alignment
      if excess > 0 {
        do throws(BytesError) {
          try sink.append(Array(zeros.prefix(alignment - excess)))
        } catch {
          throw .bytes(error)
        }
      }
    }
  }

  /// Everything before the data, padded to the alignment.
  private func header() -> [UInt8] {
    var entries = metadata.entries
    if alignment != GGUFReader.defaultAlignment, metadata["general.alignment"] == nil {
      let value = MetadataValue.uint32(UInt32(alignment))
      entries.insert(.init(key: "general.alignment", value: value), at: 0)
    }
    var builder = ByteBuilder()
    builder.append(bytes: "GGUF".utf8)
    builder.append(UInt32(3))
    builder.append(UInt64(tensors.count))
    builder.append(UInt64(entries.count))
    for entry in entries {
      builder.append(string: entry.key)
      builder.append(entry.value.typeID.rawValue)
      builder.append(entry.value)
    }
    for tensor in tensors {
      builder.append(string: tensor.name)
      builder.append(UInt32(tensor.shape.count))
      for dimension in tensor.shape.reversed() { builder.append(UInt64(dimension)) }
      builder.append(tensor.type.rawValue)
      builder.append(UInt64(tensor.dataOffset))
    }
    builder.pad(to: alignment)
    return builder.bytes
  }

  /// Refuses what the reader would refuse.
  private static func checkSize(
    of value: MetadataValue, key: String
  ) throws(CheckpointError) {
    func check(_ count: Int, _ limit: UInt64, _ what: String) throws(CheckpointError) {
      if UInt64(count) > limit {
        throw .cannotWrite(what: "metadata \(key)", reason: "\(count) \(what) (at most \(limit))")
      }
    }
    switch value {
    case .string(let text):
      try check(text.utf8.count, CheckpointLimits.stringByteCount, "bytes of text")
    case .array(let array):
      try check(array.count, CheckpointLimits.arrayElementCount, "elements")
      if let strings = array.strings {
        for index in strings.indices {
          try check(
            strings.bytes(at: index).count, CheckpointLimits.stringByteCount, "bytes of text")
        }
      }
    default: break
    }
  }
}

extension ByteBuilder {
  fileprivate mutating func append(string: String) {
    append(UInt64(string.utf8.count))
    append(bytes: string.utf8)
  }

  fileprivate mutating func append(_ value: MetadataValue) {
    switch value {
    case .uint8(let value): append(value)
    case .int8(let value): append(value)
    case .uint16(let value): append(value)
    case .int16(let value): append(value)
    case .uint32(let value): append(value)
    case .int32(let value): append(value)
    case .uint64(let value): append(value)
    case .int64(let value): append(value)
    case .float32(let value): append(value)
    case .float64(let value): append(value)
    case .bool(let value): append(value ? UInt8(1) : 0)
    case .string(let value): append(string: value)
    case .array(let array):
      append(array.elementType.rawValue)
      append(UInt64(array.count))
      append(elementsOf: array)
    }
  }

  private mutating func append(elementsOf array: MetadataArray) {
    switch array {
    case .uint8(let values): append(bytes: values)
    case .int8(let values): for value in values { append(value) }
    case .uint16(let values): for value in values { append(value) }
    case .int16(let values): for value in values { append(value) }
    case .uint32(let values): for value in values { append(value) }
    case .int32(let values): for value in values { append(value) }
    case .uint64(let values): for value in values { append(value) }
    case .int64(let values): for value in values { append(value) }
    case .float32(let values): for value in values { append(value) }
    case .float64(let values): for value in values { append(value) }
    case .bool(let values): for value in values { append(value ? UInt8(1) : 0) }
    case .string(let values):
      for index in values.indices {
        let bytes = values.bytes(at: index)
        append(UInt64(bytes.count))
        append(bytes: bytes)
      }
    }
  }
}
