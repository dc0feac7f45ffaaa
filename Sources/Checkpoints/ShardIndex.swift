// The index of shards, `model.safetensors.index.json` or `pytorch_model.bin.index.json`:
//   {"metadata": {"total_size": 123}, "weight_map": {"TENSOR": "model-00001-of-00002.safetensors"}}
// `total_size` is not checked: writers have counted tied weights twice, or stored a Float.

internal import Bytes

/// Which shard each tensor is in.
///
/// - Source: transformers, `save_pretrained` and `load_sharded_checkpoint`.
struct ShardIndex {
  /// Shard names, sorted; each is a file name in the folder of the index.
  let shards: [String]

  private let shardByTensor: [String: String]
  private let tensorsByShard: [String: [String]]

  /// Reads an index file.
  ///
  /// - Throws: `CheckpointError` naming the file: `.invalidIndex`, `.duplicateTensor`,
  ///   `.limitExceeded`.
  init(_ file: MappedFile) throws(CheckpointError) {
    do throws(CheckpointError) {
      shardByTensor = try Self.weightMap(file)
    } catch {
      throw error.inFile(file.path)
    }
    tensorsByShard = Dictionary(grouping: shardByTensor.keys) { [shardByTensor] in
      shardByTensor[$0] ?? ""
    }
    shards = tensorsByShard.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    if shards.count > CheckpointLimits.fileCount {
      throw CheckpointError.limitExceeded(
        what: "number of shards", byteOffset: 0, value: UInt64(shards.count),
        limit: UInt64(CheckpointLimits.fileCount)
      ).inFile(file.path)
    }
  }

  private static func weightMap(_ file: MappedFile) throws(CheckpointError) -> [String: String] {
    guard file.byteCount <= CheckpointLimits.indexByteCount else {
      throw .limitExceeded(
        what: "size of the index", byteOffset: 0, value: UInt64(file.byteCount),
        limit: UInt64(CheckpointLimits.indexByteCount))
    }
    let bytes: [UInt8]
    do throws(BytesError) { bytes = try file.copyBytes() } catch { throw .bytes(error) }
    let json: JSONValue
    do throws(JSONError) { json = try JSONValue.parse(bytes) } catch {
      throw .invalidIndex(reason: error.description)
    }
    let maps = (json.members ?? []).filter { $0.key == "weight_map" }
    guard maps.count == 1, let entries = maps[0].value.members, !entries.isEmpty else {
      throw .invalidIndex(reason: "it must contain one weight_map with an entry for each tensor")
    }
    guard UInt64(entries.count) <= CheckpointLimits.tensorCount else {
      throw .limitExceeded(
        what: "number of tensors", byteOffset: 0, value: UInt64(entries.count),
        limit: CheckpointLimits.tensorCount)
    }
    var shardByTensor: [String: String] = [:]
    shardByTensor.reserveCapacity(entries.count)
    for entry in entries {
      let name = try checkedName(Array(entry.key.utf8), what: "tensor name", byteOffset: 0)
      guard let shard = entry.value.stringValue, isShardName(shard) else {
        throw .invalidIndex(
          reason:
            "tensor '\(printable(name))' is not assigned to a .safetensors or .bin file beside the "
            + "index")
      }
      guard shardByTensor.updateValue(shard, forKey: name) == nil else {
        throw .invalidIndex(reason: "tensor '\(printable(name))' is listed twice")
      }
    }
    return shardByTensor
  }

  /// Whether `name` is a plain file name: an index must not lead out of its folder.
  private static func isShardName(_ name: String) -> Bool {
    (name.hasSuffix(".safetensors") || name.hasSuffix(".bin")) && name.utf8.count <= 255
      && !name.hasPrefix(".")
      && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") }
  }

  /// Checks that a shard contains exactly the tensors that the index assigns to it.
  ///
  /// A tensor that the index does not list is refused as well: some readers would load it, others
  /// would not.
  ///
  /// - Throws: `CheckpointError.tensorNotInFile` or `.unlistedTensor`, naming the shard.
  func check(_ part: ParsedFile, shard: String) throws(CheckpointError) {
    let isExpected =
      switch part.format {
      case .safetensors: shard.hasSuffix(".safetensors")
      case .torch: shard.hasSuffix(".bin")
      case .gguf, .whisperGGML, .cTranslate2: false
      }
    guard isExpected else {
      throw CheckpointError.partMismatch(
        reason: "it is \(part.format.name), which its name does not say"
      ).inFile(part.file.path)
    }
    for tensor in part.tensors where shardByTensor[tensor.name] != shard {
      throw CheckpointError.unlistedTensor(
        tensor: tensor.name, listedIn: shardByTensor[tensor.name]
      ).inFile(part.file.path)
    }
    let present = Set(part.tensors.map(\.name))
    if let missing = (tensorsByShard[shard] ?? []).filter({ !present.contains($0) }).min() {
      throw CheckpointError.tensorNotInFile(tensor: missing).inFile(part.file.path)
    }
  }
}
