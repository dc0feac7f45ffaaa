// Writes safetensors byte for byte as the format's own library does (safetensors 0.8.0,
// `serialize`): wide types first and then by name, a compact header, spaces up to a multiple of 8.

internal import Bytes

/// Collects tensors and string metadata and writes them as one safetensors file.
///
/// The bytes do not depend on the order in which content was added.
package struct SafetensorsWriter {
  private struct Tensor {
    let name: String
    let type: TensorType
    let shape: [Int]
    let byteCount: Int
    let source: TensorSource
  }

  private var metadata: [String: String] = [:]
  private var tensors: [Tensor] = []
  private var names: Set<String> = []

  package init() {}

  /// Adds an entry of `__metadata__`; writers of PyTorch models put `format` = `pt` there.
  ///
  /// - Throws: `CheckpointError.duplicateKey` or `.invalidName`.
  package mutating func setMetadata(_ key: String, _ value: String) throws(CheckpointError) {
    let key = try checkedName(Array(key.utf8), what: "metadata key", byteOffset: 0)
    guard metadata.updateValue(value, forKey: key) == nil else {
      throw .duplicateKey(key: key, byteOffset: 0)
    }
  }

  /// Adds a tensor; its bytes are read when the file is written.
  ///
  /// - Parameters:
  ///   - name: any name but `__metadata__`.
  ///   - type: one of the format's types (no block types).
  ///   - shape: outermost first; zero dimensions are allowed.
  ///   - source: exactly the bytes that type and shape need, little-endian.
  /// - Throws: `CheckpointError` naming the rule that the tensor breaks.
  package mutating func addTensor(
    name: String, type: TensorType, shape: [Int], source: TensorSource
  ) throws(CheckpointError) {
    let name = try checkedName(Array(name.utf8), what: "tensor name", byteOffset: 0)
    guard type.safetensorsName != nil, name != "__metadata__" else {
      throw .cannotWrite(
        what: "tensor \(name)", reason: "safetensors has no such name or no type \(type.name)")
    }
    guard shape.count <= CheckpointLimits.safetensorsDimensionCount,
      shape.allSatisfy({ $0 >= 0 })
    else {
      throw .cannotWrite(what: "tensor \(name)", reason: "the shape \(shape) is not possible")
    }
    guard names.insert(name).inserted else {
      throw .duplicateTensor(tensor: name, byteOffset: 0)
    }
    let byteCount = try tensorByteCount(type: type, shape: shape, name: name, byteOffset: 0)
    tensors.append(
      Tensor(name: name, type: type, shape: shape, byteCount: byteCount, source: source))
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
    let ordered = tensors.sorted {
      let (first, second) = ($0.type.safetensorsRank, $1.type.safetensorsRank)
      // Names compare by their bytes, as in Rust; Swift's own order is Unicode's.
      return first != second
        ? first > second : $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
    }
    let header = try header(ordered)
    do throws(BytesError) { try sink.append(header) } catch { throw .bytes(error) }
    for tensor in ordered {
      try TensorSink(sink, tensor: tensor.name, expectedByteCount: tensor.byteCount)
        .write(tensor.source)
    }
  }

  /// The length and the JSON text, padded with spaces to a multiple of 8.
  private func header(_ ordered: [Tensor]) throws(CheckpointError) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        .map { "\(jsonString($0.key)):\(jsonString($0.value))" }
      members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var end = 0
    for tensor in ordered {
      let start = end
      do throws(BytesError) {
        end = try checkedSum(start, tensor.byteCount, what: "data", byteOffset: 0)
      } catch {
        throw .bytes(error)
      }
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(jsonString(tensor.name)):{\"dtype\":\"\(tensor.type.name)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(start),\(end)]}")
    }
    var text = Array("{\(members.joined(separator: ","))}".utf8)
    text.append(contentsOf: repeatElement(0x20, count: (8 - text.count % 8) % 8))
    guard text.count <= CheckpointLimits.safetensorsHeaderByteCount else {
      throw .cannotWrite(what: "header", reason: "it would have \(text.count) bytes")
    }
    var builder = ByteBuilder()
    builder.append(UInt64(text.count))
    builder.append(bytes: text)
    return builder.bytes
  }
}

extension TensorType {
  /// The position of the type in the library's order; the writer sorts in descending order.
  ///
  /// - Source: safetensors 0.8.0, `enum Dtype`: from the narrowest to the widest alignment.
  fileprivate var safetensorsRank: Int {
    let order: [TensorType] = [
      .bool, .u8, .i8, .f8E5M2, .f8E4M3, .f8E8M0, .f8E4M3FNUZ, .f8E5M2FNUZ, .i16, .u16, .f16,
      .bf16, .i32, .u32, .f32, .c64, .f64, .i64, .u64,
    ]
    return order.firstIndex(of: self) ?? -1
  }
}

/// `text` as a JSON string, escaped as Rust's serde_json does.
private func jsonString(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\u{8}": result += "\\b"
    case "\u{C}": result += "\\f"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case "\u{0}"..."\u{1F}":
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
