internal import Bytes
internal import Checkpoints
internal import Kernels

/// The one way from a checkpoint's tensors to a model's weights: each is found by the table, checked,
/// converted and packed for the kernels.
struct ModelTensors {
  let finder: TensorFinder
  /// Makes the matrices.
  let loader: WeightLoader

  private var checkpoint: Checkpoint { finder.checkpoint }

  /// Finds and checks every tensor of the table before anything is copied.
  ///
  /// - Parameters:
  ///   - checkpoint: the opened file.
  ///   - table: the model's tensors.
  ///   - loader: makes the matrices of this checkpoint.
  /// - Throws: `ModelError.missing`, `.shape` or `.unsupported`, as ``TensorFinder``.
  init(
    _ checkpoint: Checkpoint, _ table: some TensorTable, loader: WeightLoader
  ) throws(ModelError) {
    finder = try TensorFinder(checkpoint, table)
    self.loader = loader
  }

  /// Whether the file has an optional tensor.
  func has(_ spec: TensorSpec) throws(ModelError) -> Bool { try finder.findOptional(spec) != nil }

  /// One weight, or several of the same inputs, with their results side by side.
  func stack(_ specs: [TensorSpec]) throws(ModelError) -> WeightStack {
    var tensors: [TensorInfo] = []
    for spec in specs { tensors.append(try finder.find(spec)) }
    if specs.count == 1, finder.isTransposed(specs[0]) {
      return WeightStack(try loader.matrix(transposing: tensors[0]))
    }
    return try loader.stack(tensors)
  }

  /// A bias, the weight of a normalisation, or factors.
  func vector(_ spec: TensorSpec) throws(ModelError) -> WeightVector {
    let info = try finder.find(spec)
    let type = try weightType(info, source: finder.source)
    return try withExtendedLifetime(checkpoint) { () throws(ModelError) in
      try mapKernelErrors(entry: "tensor \(info.name)", source: finder.source) {
        () throws(KernelError) in
        try WeightVector(type: type, count: info.shape[0], bytes: checkpoint.bytes(of: info))
      }
    }
  }

  /// Factors, all positive; empty where the file has none.
  func factors(_ spec: TensorSpec) throws(ModelError) -> [Float] {
    guard try has(spec) else { return [] }
    let factors = try vector(spec).array()
    guard factors.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw .invalid(
        entry: finder.entry(spec), reason: "a factor is not a positive number",
        source: finder.source)
    }
    return factors
  }

  /// A table whose rows are looked up; its bytes stay in the file.
  func table(_ spec: TensorSpec) throws(ModelError) -> EmbeddingTable {
    let info = try finder.find(spec)
    let type = try weightType(info, source: finder.source)
    return try mapKernelErrors(entry: "tensor \(info.name)", source: finder.source) {
      () throws(KernelError) in
      try EmbeddingTable(
        type: type, rows: info.shape[0], columns: info.shape[1],
        bytes: checkpoint.bytes(of: info), owner: checkpoint)
    }
  }
}
