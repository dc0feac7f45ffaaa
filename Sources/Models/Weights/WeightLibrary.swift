import Bytes
package import Checkpoints
import Glibc
package import Kernels
import Synchronization

/// Makes a model's weight matrices from its file: from the prepared file beside it, by reordering, or
/// in place.
///
/// - `interleaved` (the default): a prepared file is mapped where there is one; else each weight is
///   copied into the kernels' order, and the model's pages are given back as it goes, so that one copy
///   of the weights is resident.
/// - `inPlace` (`--no-repack`): the kernels compute on the file's own rows.
///
/// The results are the same bits in every case.
package final class WeightLibrary: Sendable {
  /// Where weights lie.
  package enum Placement: Sendable {
    /// In the kernels' own order.
    case interleaved
    /// As in the file.
    case inPlace
  }

  /// Where the weights came from, for a person to read.
  package let description: String

  private let model: Checkpoint
  private let compute: Compute
  private let placement: Placement
  private let prepared: PreparedWeights?
  private let made = Mutex<[(name: String, matrix: WeightMatrix)]>([])

  /// - Parameters:
  ///   - model: the open file; it must be as it was when it was opened.
  ///   - compute: what will multiply.
  ///   - placement: where weights lie.
  ///   - usesPrepared: whether a prepared file is looked for, beside the model and in the cache.
  package init(
    _ model: Checkpoint, compute: Compute, placement: Placement = .interleaved,
    usesPrepared: Bool = true
  ) {
    self.model = model
    self.compute = compute
    self.placement = placement
    var prepared: PreparedWeights?
    var reasons: [String] = []
    if placement == .interleaved, usesPrepared,
      WeightMatrix.canInterleave(.q4K, compute: compute)
    {
      for path in Self.preparedPaths(model: model.file.path) where prepared == nil {
        do throws(PreparedWeights.Rejection) {
          prepared = try PreparedWeights(path: path, for: model)
          reasons = ["prepared weights \(path)"]
        } catch {
          if error != .absent { reasons.append("\(path) is not used: \(error)") }
        }
      }
    }
    self.prepared = prepared
    let source = placement == .inPlace ? "weights in place" : "weights reordered at load"
    description = (prepared == nil ? [source] + reasons : reasons).joined(separator: "; ")
  }

  /// Whether a prepared file is in use.
  package var isPrepared: Bool { prepared != nil }

  /// The matrix of a tensor `[outputs, inputs]`, in ggml's quantisation of activations.
  ///
  /// - Throws: `ModelError.missing`, `.unsupported` for a type without kernels, `.invalid` for a shape
  ///   or bytes that no matrix can have.
  package func matrix(_ name: String) throws(ModelError) -> WeightMatrix {
    let source = model.file.path
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
      releasesMappedSource: model.file.backing == .mapped)
    made.withLock { $0.append((tensor.name, matrix)) }
    return matrix
  }

  /// Saves the weights that were reordered, for the next start.
  ///
  /// Beside the model where its folder can be written, else in the cache folder.
  ///
  /// - Returns: the path, or nil where nothing was reordered (a prepared file is in use already).
  /// - Throws: the last place's error.
  package func savePrepared() throws(CheckpointError) -> String? {
    let weights = made.withLock { $0 }
    guard !weights.isEmpty else { return nil }
    var failure: CheckpointError?
    for path in Self.preparedPaths(model: model.file.path) {
      Self.makeFolder(of: path)
      do throws(CheckpointError) {
        try PreparedWeights.write(to: path, model: model, weights: weights)
        return path
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return nil
  }

  /// Where a model's prepared weights may lie: beside it, and in `$XDG_CACHE_HOME/swiftrag/prepared`
  /// (by default `~/.cache`), under the model's name.
  package static func preparedPaths(model path: String) -> [String] {
    let ending = ".rows16"
    let name = path.split(separator: "/").last.map(String.init) ?? "model"
    func variable(_ name: String) -> String? {
      guard let value = getenv(name), value.pointee != 0 else { return nil }
      return String(cString: value)
    }
    let cache = variable("XDG_CACHE_HOME") ?? variable("HOME").map { $0 + "/.cache" }
    return [path + ending] + (cache.map { ["\($0)/swiftrag/prepared/\(name)\(ending)"] } ?? [])
  }

  /// Makes the folders of an absolute path; one that cannot be made shows when the file is written.
  private static func makeFolder(of path: String) {
    guard path.hasPrefix("/") else { return }
    var folder = ""
    for part in path.split(separator: "/").dropLast() {
      folder += "/" + part
      mkdir(folder, 0o755)
    }
  }
}
