internal import Bytes
package import Checkpoints

/// A model's weights in the order that the kernels read, saved beside the model.
///
/// The next start maps the file and multiplies: it does not reorder 4 GB, and memory holds one copy.
/// The file is a GGUF (so the hardened reader checks every range, and `swiftrag inspect` opens it)
/// of the architecture `swiftrag-prepared`, which no other program computes. A tensor has the name of
/// the model's tensor and its size in bytes, as an array of `I8`. The metadata identifies the model
/// that the file was made from: size, time of the last change, and the SHA-256 of everything before
/// the tensors' data. Where one of these differs, the file is not used; see ADR 0006.
package struct PreparedWeights: Sendable {
  /// The order of the bytes: `InterleavedFormat`, 16 rows to a panel.
  static let layout = "rows16"
  /// Raised whenever the meaning of the bytes changes.
  private static let version = 1
  private static let architecture = "swiftrag-prepared"
  /// Tensors begin at multiples of a page, so that mapped pages belong to one tensor.
  private static let alignment = 4096
  /// The model's path when the file was written: for finding files whose model is gone, not for
  /// identifying the model.
  static let sourcePathKey = "swiftrag.prepared.source.path"

  /// The open file, which keeps the weights mapped.
  private let checkpoint: Checkpoint

  /// Why a prepared file is not used.
  package enum Rejection: Error, Equatable, CustomStringConvertible {
    /// The file does not exist.
    case absent
    /// It cannot be opened, or is damaged.
    case unreadable(String)
    /// It was made by another version or for another order of the weights.
    case otherLayout(String)
    /// The model is not the one that the file was made from.
    case stale(String)

    /// The reason, to follow the file's name in a message.
    package var description: String {
      switch self {
      case .absent: "it does not exist"
      case .unreadable(let reason): "it cannot be read: \(reason)"
      case .otherLayout(let found): "it holds another layout (\(found))"
      case .stale(let what): "the model's \(what) differs from when the file was made"
      }
    }
  }

  /// Opens the prepared file at `path` for a model.
  ///
  /// - Throws: ``Rejection``; whatever the file holds, nothing traps.
  /// - Complexity: O(header of both files); the weights are not read.
  package init(path: String, for model: Checkpoint) throws(Rejection) {
    guard Paths.exists(path) else { throw .absent }
    do throws(CheckpointError) {
      checkpoint = try Checkpoint.open(path: path)
    } catch {
      throw .unreadable(error.problem.description)
    }
    let metadata = checkpoint.metadata
    let architecture = metadata[architectureKey]?.stringValue ?? "no architecture"
    guard architecture == Self.architecture else { throw .otherLayout(architecture) }
    let layout = metadata["swiftrag.prepared.layout"]?.stringValue ?? "no layout"
    let version = metadata["swiftrag.prepared.version"]?.integerValue ?? 0
    guard layout == Self.layout, version == Self.version else {
      throw .otherLayout("\(layout), version \(version)")
    }
    let source: [(key: String, value: MetadataValue)]
    do throws(BytesError) {
      source = try Self.sourceEntries(model)
    } catch {
      throw .unreadable("\(error)")
    }
    for entry in source where metadata[entry.key] != entry.value {
      throw .stale(entry.key.split(separator: ".").last.map(String.init) ?? entry.key)
    }
  }

  /// The prepared bytes of a tensor of the model, or nil where the file has none of that size.
  ///
  /// They stay valid as long as ``owner`` lives.
  package func bytes(of tensor: TensorInfo) -> UnsafeRawBufferPointer? {
    guard let own = checkpoint.tensor(named: tensor.name), own.type == .i8,
      own.byteCount == tensor.byteCount
    else { return nil }
    return checkpoint.bytes(of: own)
  }

  /// Keeps the mapping alive.
  package var owner: any AnyObject & Sendable { checkpoint }

  /// A writer with the header of a prepared file of `model`, to which the tensors are added.
  ///
  /// - Throws: `CheckpointError` where the model's own header cannot be read.
  static func writer(for model: Checkpoint) throws(CheckpointError) -> GGUFWriter {
    var writer = try GGUFWriter(alignment: alignment)
    try writer.setMetadata(architectureKey, .string(architecture))
    try writer.setMetadata("general.alignment", .uint32(UInt32(alignment)))
    try writer.setMetadata("swiftrag.prepared.layout", .string(layout))
    try writer.setMetadata("swiftrag.prepared.version", .uint32(UInt32(version)))
    try writer.setMetadata(sourcePathKey, .string(Paths.canonicalOfNew(model.path)))
    let source: [(key: String, value: MetadataValue)]
    do throws(BytesError) { source = try sourceEntries(model) } catch { throw .bytes(error) }
    for entry in source { try writer.setMetadata(entry.key, entry.value) }
    return writer
  }

  /// The metadata that identifies one state of a model.
  private static func sourceEntries(_ model: Checkpoint) throws(BytesError)
    -> [(key: String, value: MetadataValue)]
  {
    let identity = try ModelIdentity(model)
    return [
      ("swiftrag.prepared.source.size", .uint64(UInt64(identity.byteCount))),
      ("swiftrag.prepared.source.modified", .int64(identity.modifiedNanoseconds)),
      ("swiftrag.prepared.source.header", .string(identity.header.hex)),
    ]
  }
}
