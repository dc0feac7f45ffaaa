internal import Bytes
internal import Checkpoints
internal import Kernels

/// The tensors of a Llama in an opened GGUF file, found and checked.
struct LlamaCheckpoint {
  let checkpoint: Checkpoint
  /// Makes the matrices.
  let library: WeightLoader

  var source: String { checkpoint.path }

  /// Finds every tensor of the manifest, and refuses tensors that the forward pass would ignore.
  ///
  /// - Throws: `ModelError.missing`, `.shape` or `.unsupported`, before anything is copied.
  func check(_ manifest: LlamaManifest) throws(ModelError) {
    let required = manifest.required
    for tensor in required { _ = try find(tensor) }
    var known = Set(required.map(\.name))
    for tensor in manifest.optional where checkpoint.tensor(named: tensor.name) != nil {
      _ = try find(tensor)
      known.insert(tensor.name)
    }
    for info in checkpoint.tensors
    where !known.contains(info.name) && !LlamaManifest.isIgnored(info.name) {
      throw .unsupported(
        entry: "tensor \(info.name)", found: "in the file",
        supported: "the \(known.count) tensors of this \(manifest.config.architecture.rawValue) "
          + "model (no biases, no experts)", source: source)
    }
  }

  /// The tensor in the file.
  func find(_ tensor: LlamaTensor) throws(ModelError) -> TensorInfo {
    guard let info = checkpoint.tensor(named: tensor.name) else {
      throw .missing(entry: "tensor \(tensor.name)", expected: "in the file", source: source)
    }
    guard info.shape == tensor.shape else {
      throw .shape(tensor: info.name, expected: tensor.shape, found: info.shape, source: source)
    }
    _ = try weightType(info)
    return info
  }

  /// The tensor, or nil where the file does not have it.
  func findOptional(_ tensor: LlamaTensor) throws(ModelError) -> TensorInfo? {
    checkpoint.tensor(named: tensor.name) == nil ? nil : try find(tensor)
  }

  private func weightType(_ info: TensorInfo) throws(ModelError) -> WeightType {
    guard let type = WeightType(info.type) else {
      throw .unsupported(
        entry: "type of tensor \(info.name)", found: info.type.name,
        supported: WeightType.allCases.map(\.rawValue).joined(separator: ", "), source: source)
    }
    return type
  }

  /// A matrix `[outputs, inputs]`.
  func matrix(_ tensor: LlamaTensor) throws(ModelError) -> WeightMatrix {
    _ = try find(tensor)
    return try library.matrix(tensor.name)
  }

  /// Matrices of the same inputs, one product.
  func stack(_ tensors: [LlamaTensor]) throws(ModelError) -> WeightStack {
    var parts: [WeightMatrix] = []
    for tensor in tensors { parts.append(try matrix(tensor)) }
    return WeightStack(parts)
  }

  /// A gain.
  func vector(_ tensor: LlamaTensor) throws(ModelError) -> WeightVector {
    let info = try find(tensor)
    let type = try weightType(info)
    return try withExtendedLifetime(checkpoint) { () throws(ModelError) in
      try mapKernelErrors(tensor) { () throws(KernelError) in
        try WeightVector(type: type, count: tensor.shape[0], bytes: checkpoint.bytes(of: info))
      }
    }
  }

  /// The factors of a rotation, all positive; empty where the file has none.
  func factors(_ tensor: LlamaTensor) throws(ModelError) -> [Float] {
    guard try findOptional(tensor) != nil else { return [] }
    let factors = try vector(tensor).array()
    guard factors.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw .invalid(
        entry: "tensor \(tensor.name)", reason: "a factor is not a positive number",
        source: source)
    }
    return factors
  }

  /// A table whose rows are looked up; its bytes stay in the file.
  func table(_ tensor: LlamaTensor) throws(ModelError) -> EmbeddingTable {
    let info = try find(tensor)
    let type = try weightType(info)
    return try mapKernelErrors(tensor) { () throws(KernelError) in
      try EmbeddingTable(
        type: type, rows: tensor.shape[0], columns: tensor.shape[1],
        bytes: checkpoint.bytes(of: info), owner: checkpoint)
    }
  }

  private func mapKernelErrors<Value>(
    _ tensor: LlamaTensor, _ body: () throws(KernelError) -> Value
  ) throws(ModelError) -> Value {
    try Models.mapKernelErrors(entry: "tensor \(tensor.name)", source: source, body)
  }
}
