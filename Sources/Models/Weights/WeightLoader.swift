internal import Bytes
package import Checkpoints
package import Kernels
internal import Synchronization

/// Makes a model's weight matrices from its file: from the prepared file beside it, by reordering, or
/// in place.
///
/// - `interleaved` (the default): a prepared file is mapped where there is one; else each weight is
///   copied into the kernels' order, and the model's pages are given back as it goes, so that one copy
///   of the weights is resident.
/// - `inPlace` (`--no-repack`): the kernels compute on the file's own rows.
///
/// The results are the same bits in every case.
package final class WeightLoader: Sendable {
  /// Where weights lie.
  package enum Placement: Sendable {
    /// In the kernels' own order.
    case interleaved
    /// As in the file.
    case inPlace
  }

  /// Prepared files that lie there and are not used, with the reason.
  package let rejections: [(path: String, reason: PreparedWeights.Rejection)]

  private let model: Checkpoint
  private let compute: ComputeContext
  private let placement: Placement
  private let prepared: PreparedWeights?
  private let reordered = Atomic<Int>(0)

  /// - Parameters:
  ///   - model: the open file; it must be as it was when it was opened.
  ///   - compute: what will multiply.
  ///   - placement: where weights lie.
  ///   - usesPrepared: whether a prepared file is looked for, beside the model and in the cache.
  package init(
    _ model: Checkpoint, compute: ComputeContext, placement: Placement = .interleaved,
    usesPrepared: Bool = true
  ) {
    self.model = model
    self.compute = compute
    self.placement = placement
    var prepared: PreparedWeights?
    var rejections: [(path: String, reason: PreparedWeights.Rejection)] = []
    if placement == .interleaved, usesPrepared,
      WeightMatrix.canInterleave(.q4K, compute: compute)
    {
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

  /// Bytes of weights that were copied into the kernels' order, which a prepared file would have saved.
  package var reorderedByteCount: Int { reordered.load(ordering: .relaxed) }

  /// The matrix of a tensor `[outputs, inputs]`, in ggml's quantisation of activations.
  ///
  /// - Throws: `ModelError.missing`, `.unsupported` for a type without kernels, `.invalid` for a shape
  ///   or bytes that no matrix can have.
  package func matrix(_ name: String) throws(ModelError) -> WeightMatrix {
    let source = model.path
    guard let tensor = model.tensor(named: name) else {
      throw .missing(entry: "tensor \(name)", expected: "a tensor", source: source)
    }
    guard let type = WeightType(tensor.type) else {
      throw .unsupported(
        entry: "type of tensor \(name)", found: tensor.type.name,
        supported: WeightType.allCases.map(\.rawValue).joined(separator: ", "), source: source)
    }
    guard tensor.shape.count == 2 else {
      throw .invalid(
        entry: "tensor \(name)", reason: "has shape \(tensor.shape), not two dimensions",
        source: source)
    }
    do throws(KernelError) {
      return try matrix(tensor, type)
    } catch {
      throw .invalid(entry: "tensor \(name)", reason: error.description, source: source)
    }
  }

  private func matrix(
    _ tensor: TensorInfo, _ type: WeightType
  ) throws(KernelError) -> WeightMatrix {
    let (outputs, inputs) = (tensor.shape[0], tensor.shape[1])
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
}
