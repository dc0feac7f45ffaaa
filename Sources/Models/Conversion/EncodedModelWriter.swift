internal import Checkpoints
internal import Kernels

/// Writes the tensors of a table, found in an opened checkpoint, as a GGUF file.
struct EncodedModelWriter {
  let tensors: TensorFinder

  /// Writes the file; it appears under `path` when it is whole.
  ///
  /// - Parameters:
  ///   - path: of the file to write.
  ///   - specs: the tensors, in the order of the file; those without a name in GGUF are left out.
  ///   - metadata: the entries before them.
  ///   - type: of a tensor in the file.
  /// - Throws: `ModelError` naming the tensor that is missing or cannot be encoded, or the reason why
  ///   the file cannot be written.
  func write(
    to path: String, specs: [TensorSpec], metadata: [(key: String, value: MetadataValue)],
    type: (TensorSpec) -> WeightType
  ) throws(ModelError) {
    let pool = WorkerPool(threadCount: physicalCoreCount())
    var sources: [(TensorSpec, WeightType, TensorSource)] = []
    for spec in specs where !spec.names[.gguf].isEmpty {
      let rows = TensorRows(
        try tensors.find(spec), of: tensors.checkpoint, isTransposed: tensors.isTransposed(spec))
      let type = type(spec)
      sources.append((spec, type, TensorEncoder(rows, as: type, pool: pool).source))
    }
    try mapCheckpointErrors(path) { () throws(CheckpointError) in
      var writer = try GGUFWriter()
      for (key, value) in metadata { try writer.setMetadata(key, value) }
      for (spec, type, source) in sources {
        try writer.addTensor(
          name: spec.name(.gguf), type: TensorType(type), shape: spec.shape, source: source)
      }
      try writer.write(to: path)
    }
  }
}
