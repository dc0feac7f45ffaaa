internal import Bytes
package import Checkpoints
package import Kernels
internal import Synchronization

/// Makes a model's weights from the tensors of its file: from the prepared file beside it, by
/// reordering, or in place.
///
/// Weights whose activations are quantised as ggml does follow the ``WeightPlacement``; those of
/// `.precise` activations (sentence encoders, which are small) are always copied, and weights of one
/// stack become one matrix.
package final class WeightLoader: Sendable {
  /// Prepared files that exist and are not used, with the reason.
  package let rejections: [(path: String, reason: PreparedWeights.Rejection)]

  private let model: Checkpoint
  private let compute: ComputeContext
  private let placement: WeightPlacement
  private let activations: ActivationQuantization
  private let roundsToQ80: Bool
  private let prepared: PreparedWeights?
  private let reordered = Atomic<Int>(0)

  /// - Parameters:
  ///   - model: the open file; it must be as it was when it was opened.
  ///   - compute: what will multiply.
  ///   - placement: where the weights come from.
  ///   - activations: how activations are quantised for the weights.
  ///   - roundsToQ80: whether stacks of quantised weights become `Q8_0`, whose kernels are the only
  ///     fast ones for precise activations.
  package init(
    _ model: Checkpoint, compute: ComputeContext, placement: WeightPlacement = .prepared,
    activations: ActivationQuantization = .ggml, roundsToQ80: Bool = false
  ) {
    self.model = model
    self.compute = compute
    self.placement = placement
    self.activations = activations
    self.roundsToQ80 = roundsToQ80
    var prepared: PreparedWeights?
    var rejections: [(path: String, reason: PreparedWeights.Rejection)] = []
    if placement == .prepared, activations == .ggml, WeightMatrix.interleaves(compute) {
      for path in PreparedWeights.candidatePaths(ofModelAt: model.path) where prepared == nil {
        do throws(PreparedWeights.Rejection) {
          prepared = try PreparedWeights(path: path, for: model)
        } catch {
          if error != .absent { rejections.append((path, error)) }
        }
      }
    }
    self.prepared = prepared
    self.rejections = prepared == nil ? rejections : []
  }

  /// Whether a prepared file is in use.
  package var isPrepared: Bool { prepared != nil }

  /// Bytes of weights that were copied into the kernels' order, which a prepared file would have
  /// saved.
  package var reorderedByteCount: Int { reordered.load(ordering: .relaxed) }

  /// The weights of tensors `[outputs, inputs]` with the same inputs, in the order of their results.
  ///
  /// - Throws: `ModelError.unsupported` for a type without kernels, `.invalid` for a shape or bytes
  ///   that a matrix cannot have.
  /// - Precondition: at least one tensor.
  package func stack(_ tensors: [TensorInfo]) throws(ModelError) -> WeightStack {
    var parts: [WeightMatrix] = []
    if roundsToQ80, let rounded = try matrix(rounding: tensors) { return WeightStack([rounded]) }
    if activations == .precise {
      if tensors.allSatisfy({ $0.type == tensors[0].type }) {
        return WeightStack([try matrix(fusing: tensors)])
      }
      for tensor in tensors { parts.append(try matrix(fusing: [tensor])) }
    } else {
      for tensor in tensors { parts.append(try matrix(tensor)) }
    }
    return WeightStack(parts)
  }

  /// The matrix of a tensor `[inputs, outputs]` of plain numbers.
  ///
  /// - Throws: `ModelError.invalid` as ``stack(_:)``.
  package func matrix(transposing tensor: TensorInfo) throws(ModelError) -> WeightMatrix {
    let type = try weightType(tensor, source: model.path)
    let bytes = TransposedBytes(tensor, type, of: model)
    let matrix = bytes.withRows { rows in
      Result { () throws(KernelError) in
        try WeightMatrix(
          type: type, outputs: bytes.rowCount, inputs: bytes.columnCount, bytes: rows,
          compute: compute, activations: activations)
      }
    }
    return try mapKernelErrors(entry: "tensor \(tensor.name)", source: model.path) {
      () throws(KernelError) in try matrix.get()
    }
  }

  /// One matrix of a tensor `[outputs, inputs]`, as the placement says.
  ///
  /// - Throws: as ``stack(_:)``.
  package func matrix(_ tensor: TensorInfo) throws(ModelError) -> WeightMatrix {
    let type = try weightType(tensor, source: model.path)
    let inputs = try inputs(tensor)
    return try mapKernelErrors(entry: "tensor \(tensor.name)", source: model.path) {
      () throws(KernelError) in try matrix(tensor, type, inputs: inputs)
    }
  }

  /// The columns of a tensor as a matrix: the product of all dimensions but the first, since filters
  /// `[outputs, channels, width]` are multiplied as `[outputs, channels × width]`.
  private func inputs(_ tensor: TensorInfo) throws(ModelError) -> Int {
    guard tensor.shape.count >= 2, tensor.shape[0] > 0 else {
      throw .invalid(
        entry: "tensor \(tensor.name)", reason: "has shape \(tensor.shape), not [outputs, inputs]",
        source: model.path)
    }
    return tensor.elementCount / tensor.shape[0]
  }

  private func matrix(
    _ tensor: TensorInfo, _ type: WeightType, inputs: Int
  ) throws(KernelError) -> WeightMatrix {
    let outputs = tensor.shape[0]
    let bytes = model.bytes(of: tensor)
    let canInterleave = WeightMatrix.canInterleave(type, compute: compute)
    if canInterleave, let prepared, let ready = prepared.bytes(of: tensor) {
      return try WeightMatrix(
        interleaved: type, outputs: outputs, inputs: inputs, bytes: ready, owner: prepared.owner,
        compute: compute)
    }
    if placement == .inPlace || !canInterleave {
      return try WeightMatrix(
        mapped: type, outputs: outputs, inputs: inputs, bytes: bytes, owner: model,
        compute: compute)
    }
    let matrix = try WeightMatrix(
      type: type, inputs: inputs, parts: [(outputs, bytes)], compute: compute, activations: .ggml,
      releasesMappedSource: model.backing == .mapped)
    reordered.add(matrix.byteCount, ordering: .relaxed)
    return matrix
  }

  /// Several tensors of one type and the same inputs copied into one matrix.
  ///
  /// - Throws: as ``stack(_:)``.
  package func matrix(fusing tensors: [TensorInfo]) throws(ModelError) -> WeightMatrix {
    var parts: [(outputs: Int, bytes: UnsafeRawBufferPointer)] = []
    var types: [WeightType] = []
    var inputs = 0
    for tensor in tensors {
      types.append(try weightType(tensor, source: model.path))
      inputs = try self.inputs(tensor)
      parts.append((tensor.shape[0], model.bytes(of: tensor)))
    }
    guard types.allSatisfy({ $0 == types[0] }) else {
      throw .unsupported(
        entry: "types of \(tensors.map(\.name).joined(separator: ", "))",
        found: types.map(\.rawValue).joined(separator: ", "), supported: "one type for all",
        source: model.path)
    }
    return try withExtendedLifetime(model) { () throws(ModelError) in
      try mapKernelErrors(entry: "tensor \(tensors[0].name)", source: model.path) {
        () throws(KernelError) in
        try WeightMatrix(
          type: types[0], inputs: inputs, parts: parts, compute: compute,
          activations: .precise)
      }
    }
  }

  /// Several quantised tensors of the same inputs rounded into one matrix in `Q8_0`.
  ///
  /// - Returns: the matrix; nil where a tensor is not quantised.
  /// - Throws: as ``stack(_:)``.
  private func matrix(rounding tensors: [TensorInfo]) throws(ModelError) -> WeightMatrix? {
    var parts: [WeightRows] = []
    var inputs = 0
    for tensor in tensors {
      let type = try weightType(tensor, source: model.path)
      guard type.blockElementCount > 1 else { return nil }
      inputs = try self.inputs(tensor)
      parts.append(
        WeightRows(type: type, outputs: tensor.shape[0], bytes: model.bytes(of: tensor)))
    }
    return try withExtendedLifetime(model) { () throws(ModelError) in
      try mapKernelErrors(entry: "tensor \(tensors[0].name)", source: model.path) {
        () throws(KernelError) in
        try WeightMatrix(roundingToQ80: parts, inputs: inputs, compute: compute)
      }
    }
  }
}
