internal import Bytes
internal import Checkpoints
internal import Kernels

/// The tensors of a BERT in an opened checkpoint, found by the names of its format and checked.
struct BERTCheckpoint {
  let checkpoint: Checkpoint
  /// What task models put before a Hugging Face name: "bert." or nothing.
  private let prefix: String

  var source: String { checkpoint.path }

  init(_ checkpoint: Checkpoint) {
    self.checkpoint = checkpoint
    let hasPrefix = checkpoint.tensors.contains { $0.name.hasPrefix("bert.embeddings.") }
    prefix = hasPrefix ? "bert." : ""
  }

  /// The types that the kernels compute with.
  static let types = WeightType.allCases.map(TensorType.init)

  /// The tensor in the file.
  ///
  /// - Throws: `ModelError.missing`, `.shape` or `.unsupported` (its type).
  func find(
    _ tensor: BERTTensor, among types: [TensorType] = types
  ) throws(ModelError) -> TensorInfo {
    let names = names(of: tensor)
    guard let info = names.lazy.compactMap({ checkpoint.tensor(named: $0) }).first else {
      throw .missing(entry: "tensor \(names[0])", expected: "in the file", source: source)
    }
    guard info.shape == tensor.shape else {
      throw .shape(tensor: info.name, expected: tensor.shape, found: info.shape, source: source)
    }
    guard types.contains(info.type) else { throw unsupportedType(info, types) }
    return info
  }

  private func unsupportedType(_ info: TensorInfo, _ types: [TensorType]) -> ModelError {
    .unsupported(
      entry: "type of tensor \(info.name)", found: info.type.name,
      supported: types.map(\.name).joined(separator: ", "), source: source)
  }

  /// The type of the kernels for a tensor's type.
  func weightType(_ info: TensorInfo) throws(ModelError) -> WeightType {
    guard let type = WeightType(info.type) else { throw unsupportedType(info, Self.types) }
    return type
  }

  /// A matrix `[outputs, inputs]`, or several of the same inputs stacked.
  func matrix(_ tensors: [BERTTensor], compute: ComputeContext) throws(ModelError) -> WeightMatrix {
    var parts: [(outputs: Int, bytes: UnsafeRawBufferPointer)] = []
    var types: [WeightType] = []
    for tensor in tensors {
      let info = try find(tensor)
      types.append(try weightType(info))
      parts.append((tensor.shape[0], checkpoint.bytes(of: info)))
    }
    guard types.allSatisfy({ $0 == types[0] }) else {
      throw .unsupported(
        entry: "types of \(tensors.map(\.ggufName).joined(separator: ", "))",
        found: types.map(\.rawValue).joined(separator: ", "), supported: "one type for all",
        source: source)
    }
    return try withExtendedLifetime(checkpoint) { () throws(ModelError) in
      try mapKernelErrors(tensors[0]) { () throws(KernelError) in
        try WeightMatrix(
          type: types[0], inputs: tensors[0].shape[1], parts: parts, compute: compute)
      }
    }
  }

  /// A bias, gain or shift.
  func vector(_ tensor: BERTTensor) throws(ModelError) -> WeightVector {
    let info = try find(tensor)
    let type = try weightType(info)
    return try withExtendedLifetime(checkpoint) { () throws(ModelError) in
      try mapKernelErrors(tensor) { () throws(KernelError) in
        try WeightVector(type: type, count: tensor.shape[0], bytes: checkpoint.bytes(of: info))
      }
    }
  }

  /// A table whose rows are looked up; its bytes stay in the file.
  func table(_ tensor: BERTTensor) throws(ModelError) -> EmbeddingTable {
    let info = try find(tensor)
    let type = try weightType(info)
    return try mapKernelErrors(tensor) { () throws(KernelError) in
      try EmbeddingTable(
        type: type, rows: tensor.shape[0], columns: tensor.shape[1],
        bytes: checkpoint.bytes(of: info), owner: checkpoint)
    }
  }

  /// The names under which a tensor may stand, the usual one first.
  private func names(of tensor: BERTTensor) -> [String] {
    if case .gguf = checkpoint.format { return [tensor.ggufName] }
    let name = prefix + tensor.huggingFaceName
    // TensorFlow's names for gain and shift, in checkpoints converted from it.
    if name.hasSuffix("LayerNorm.weight") { return [name, name.dropLast(6) + "gamma"] }
    if name.hasSuffix("LayerNorm.bias") { return [name, name.dropLast(4) + "beta"] }
    return [name]
  }

  private func mapKernelErrors<Value>(
    _ tensor: BERTTensor, _ body: () throws(KernelError) -> Value
  ) throws(ModelError) -> Value {
    try Models.mapKernelErrors(entry: "tensor \(names(of: tensor)[0])", source: source, body)
  }
}
