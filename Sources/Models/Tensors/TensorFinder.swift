internal import Bytes
package import Checkpoints
internal import Kernels

/// The tensors of a table in an opened checkpoint: found by the names of its scheme, and checked.
package struct TensorFinder: Sendable {
  package let checkpoint: Checkpoint
  package let scheme: NamingScheme
  /// The prefix of every name in the file.
  private let prefix: String

  var source: String { checkpoint.path }

  /// Finds every tensor of the table, and refuses tensors that the forward pass would not read.
  ///
  /// - Throws: `ModelError.missing`, `.shape`, or `.unsupported` (a type without kernels, or a
  ///   tensor that is not in the table).
  /// - Complexity: O(tensors); no tensor's data is read.
  package init(_ checkpoint: Checkpoint, _ table: some TensorTable) throws(ModelError) {
    self.checkpoint = checkpoint
    (scheme, prefix) = Self.naming(checkpoint, table)
    try check(table)
  }

  /// The first scheme of the format, and the first of its prefixes, under which the file has the
  /// table's first tensor.
  ///
  /// One format serves several schemes: open_clip writes OpenAI's names into safetensors.
  private static func naming<Table: TensorTable>(
    _ checkpoint: Checkpoint, _ table: Table
  ) -> (scheme: NamingScheme, prefix: String) {
    let candidates = NamingScheme.candidates(in: checkpoint.format).flatMap { scheme in
      Table.prefixes(in: scheme).map { (scheme: scheme, prefix: $0) }
    }
    let anchor = table.all.first
    let found = candidates.first { candidate in
      (anchor?.names[candidate.scheme] ?? []).contains {
        checkpoint.tensor(named: candidate.prefix + $0) != nil
      }
    }
    return found ?? candidates[0]
  }

  private func check<Table: TensorTable>(_ table: Table) throws(ModelError) {
    var known: Set<String> = []
    for spec in table.all {
      if let info = try findOptional(spec) { known.insert(info.name) }
    }
    for info in checkpoint.tensors
    where !known.contains(info.name) && !Table.isIgnored(info.name, in: scheme) {
      throw .unsupported(
        entry: "tensor \(info.name)", found: "in the file",
        supported: "the \(known.count) tensors of this \(table.architectureName) model",
        source: source)
    }
  }

  /// The names under which a file of this scheme can have a tensor, the usual one first.
  func names(of spec: TensorSpec) -> [String] { spec.names[scheme].map { prefix + $0 } }

  /// For messages: `tensor blk.0.attn_q.weight`.
  func entry(_ spec: TensorSpec) -> String { "tensor \(names(of: spec).first ?? "?")" }

  /// The tensor in the file, of several in one its own part; nil where it is optional and absent.
  ///
  /// A transposed tensor is returned as the file has it, see ``isTransposed(_:)``.
  ///
  /// - Throws: `ModelError.missing`, `.shape` or `.unsupported` (its type).
  package func findOptional(_ spec: TensorSpec) throws(ModelError) -> TensorInfo? {
    guard let info = names(of: spec).lazy.compactMap({ checkpoint.tensor(named: $0) }).first else {
      if spec.isOptional { return nil }
      throw .missing(entry: entry(spec), source: source)
    }
    let storage = spec.storage(in: scheme)
    let expected = storage.fileShape(of: spec.shape)
    guard info.shape == expected else {
      throw .shape(tensor: info.name, expected: expected, found: info.shape, source: source)
    }
    let type = try weightType(info, source: source)
    if case .part = storage, info.strides != nil {
      throw .unsupported(
        entry: "order of tensor \(info.name), which holds several", found: "strided",
        supported: "row after row", source: source)
    }
    guard storage != .transposed || type.blockElementCount == 1 else {
      throw .unsupported(
        entry: "type of tensor \(info.name), which is transposed", found: type.rawValue,
        supported: "f32, f16, bf16", source: source)
    }
    return storage.view(of: info, shape: spec.shape)
  }

  /// Whether the file has the tensor with its dimensions exchanged.
  func isTransposed(_ spec: TensorSpec) -> Bool { spec.storage(in: scheme) == .transposed }

  /// The tensor in the file.
  ///
  /// - Throws: `ModelError.missing`, also for an optional tensor; `.shape` or `.unsupported`.
  package func find(_ spec: TensorSpec) throws(ModelError) -> TensorInfo {
    guard let info = try findOptional(spec) else {
      throw .missing(entry: entry(spec), source: source)
    }
    return info
  }
}

/// The kernels' type for a tensor.
///
/// - Throws: `ModelError.unsupported` naming the tensor.
func weightType(_ info: TensorInfo, source: String) throws(ModelError) -> WeightType {
  guard let type = WeightType(info.type) else {
    throw .unsupported(
      entry: "type of tensor \(info.name)", found: info.type.name,
      supported: WeightType.allCases.map(\.rawValue).joined(separator: ", "), source: source)
  }
  return type
}
