internal import Bytes
package import Checkpoints
internal import Glibc
package import Kernels

/// Writes a model's weights in the kernels' order into a file, so that the next start maps them.
///
/// One weight at a time is reordered and written, so memory holds one or two of them, not the model.
/// The file appears under its name only when it is whole and on the disk. Only one process prepares a
/// model at a time; a second one gets ``Failure/busy(source:)``. The unfinished files of an interrupted
/// process are removed by the next.
package struct WeightPreparation {
  /// The written file.
  package struct Outcome: Sendable, Equatable {
    package let path: String
    package let byteCount: Int
    /// The candidate paths before it, each with the reason why it could not be written.
    package let skippedPaths: [String]
  }

  /// Why nothing was written.
  package enum Failure: Error, Equatable, CustomStringConvertible {
    /// No weight has an order of its own in the kernels of this processor.
    case nothingToPrepare(source: String)
    /// Another process is preparing this model.
    case busy(source: String)
    /// The file can be written neither beside the model nor in the cache; each path with its reason.
    case notWritable(byteCount: Int, skippedPaths: [String])
    /// The progress callback returned false.
    case cancelled
    /// A weight cannot be used, or the model changed while it was read.
    case weights(reason: String)

    /// The error as a message, with what to do next.
    package var description: String {
      switch self {
      case .nothingToPrepare(let source):
        "\(source): none of its weights has an order of its own in this processor's kernels "
          + "(Q4_K, Q5_K, Q6_K, Q8_0 and Q4_0 have one with AVX2), so preparing would save nothing"
      case .busy(let source):
        "\(source): another swiftrag process is preparing this model; wait until it is done"
      case .notWritable(let byteCount, let skippedPaths):
        "cannot store \((byteCount + 999_999) / 1_000_000) MB of prepared weights:\n"
          + skippedPaths.map { "  \($0)\n" }.joined()
          + "  try: free some space, or use --no-repack, which needs none"
      case .cancelled: "interrupted; nothing was written"
      case .weights(let reason): reason
      }
    }
  }

  private let model: Checkpoint
  private let tensors: [TensorInfo]
  private let compute: ComputeContext

  /// - Parameters:
  ///   - model: the open file.
  ///   - tensors: its matrices; those whose type has no order of its own are left out.
  ///   - compute: the kernels that will read the weights.
  package init(model: Checkpoint, tensors: [TensorInfo], compute: ComputeContext) {
    self.model = model
    self.compute = compute
    self.tensors = tensors.filter { tensor in
      guard tensor.shape.count == 2, let type = WeightType(tensor.type) else { return false }
      return WeightMatrix.canInterleave(type, compute: compute)
    }
  }

  /// Bytes of the weights that will be written.
  package var byteCount: Int { tensors.reduce(0) { $0 + $1.byteCount } }

  /// Writes the file: beside the model where possible, else in the cache folder.
  ///
  /// - Parameters:
  ///   - candidatePaths: the paths to try, in order; ``PreparedWeights/candidatePaths(ofModelAt:)``
  ///     when nil.
  ///   - freeByteCount: free space in a folder, in bytes; nil where it is unknown.
  ///   - progress: called with the bytes written so far; returns false to cancel.
  /// - Returns: the path and size of the file.
  /// - Throws: ``Failure``; no partial file is left behind.
  /// - Complexity: one pass over the weights, limited by the disk.
  package func write(
    candidatePaths: [String]? = nil, freeByteCount: (String) -> Int? = Self.freeByteCount,
    progress: @escaping (Int) -> Bool = { _ in true }
  ) throws(Failure) -> Outcome {
    guard !tensors.isEmpty else { throw .nothingToPrepare(source: model.path) }
    guard let lock = FileLock(path: model.path) else {
      throw .busy(source: model.path)
    }
    defer { withExtendedLifetime(lock) {} }
    let paths = candidatePaths ?? PreparedWeights.candidatePaths(ofModelAt: model.path)
    var skippedPaths: [String] = []
    for path in paths {
      Paths.makeFolders(Paths.folder(of: path))
      Self.removeUnfinishedFiles(of: path)
      // An older prepared file would be replaced in any case, and its space may be needed.
      unlink(path)
      if let free = freeByteCount(Paths.folder(of: path)), free < byteCount {
        skippedPaths.append("\(path): only \(free / 1_000_000) MB are free")
        continue
      }
      do throws(CheckpointError) {
        let written = try write(to: path, progress: progress)
        for other in paths where other != path { unlink(other) }
        return Outcome(path: path, byteCount: written, skippedPaths: skippedPaths)
      } catch {
        guard case .bytes(.system(_, _, let code)) = error.problem else {
          if case .cannotWrite(_, reason: Self.cancellation) = error.problem { throw .cancelled }
          throw .weights(reason: error.problem.description)
        }
        skippedPaths.append("\(path): \(systemMessage(code))")
      }
    }
    throw .notWritable(byteCount: byteCount, skippedPaths: skippedPaths)
  }

  /// The reason that carries a cancellation through the writer.
  private static let cancellation = "the caller ended the work"
  /// Bytes between two calls of the progress callback: some milliseconds.
  private static let chunkByteCount = 8 << 20

  private func write(
    to path: String, progress: @escaping (Int) -> Bool
  ) throws(CheckpointError) -> Int {
    var writer = try PreparedWeights.writer(for: model)
    let counter = ByteCounter()
    for tensor in tensors {
      try writer.addTensor(
        name: tensor.name, type: .i8, shape: [tensor.byteCount],
        source: .stream { sink throws(CheckpointError) in
          try stream(tensor, into: sink) { byteCount in
            counter.byteCount += byteCount
            return progress(counter.byteCount)
          }
        })
    }
    try writer.write(to: path)
    return counter.byteCount
  }

  /// Reorders one weight and appends its bytes.
  private func stream(
    _ tensor: TensorInfo, into sink: TensorSink, progress: (Int) -> Bool
  ) throws(CheckpointError) {
    do throws(BytesError) { try model.checkUnchanged() } catch { throw .bytes(error) }
    guard let type = WeightType(tensor.type) else { return }
    let matrix: WeightMatrix
    do throws(KernelError) {
      matrix = try WeightMatrix(
        type: type, inputs: tensor.shape[1],
        parts: [(tensor.shape[0], model.bytes(of: tensor))], compute: compute,
        activations: .ggml, releasesMappedSource: model.backing == .mapped)
    } catch {
      throw .cannotWrite(what: "tensor \(tensor.name)", reason: error.description)
    }
    var failure: CheckpointError?
    _ = matrix.withInterleavedBytes { bytes in
      do throws(CheckpointError) {
        for start in stride(from: 0, to: bytes.count, by: Self.chunkByteCount) {
          let end = min(bytes.count, start + Self.chunkByteCount)
          try sink.append(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
          if !progress(end - start) {
            throw .cannotWrite(what: tensor.name, reason: Self.cancellation)
          }
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  private final class ByteCounter { var byteCount = 0 }
}

// MARK: Folders

extension WeightPreparation {
  /// Removes the prepared files of the model at `path`, and the unfinished files of interrupted
  /// preparations.
  ///
  /// The model itself need not exist any more.
  ///
  /// - Returns: the paths of the removed files.
  /// - Throws: ``Failure/busy(source:)``, or ``Failure/weights(reason:)`` naming a file that cannot be
  ///   removed.
  package static func remove(ofModelAt path: String) throws(Failure) -> [String] {
    let lock = FileLock(path: path)
    if lock == nil, Paths.exists(path) { throw .busy(source: path) }
    defer { withExtendedLifetime(lock) {} }
    var removed: [String] = []
    for candidate in PreparedWeights.candidatePaths(ofModelAt: path) {
      removeUnfinishedFiles(of: candidate)
      if unlink(candidate) == 0 {
        removed.append(candidate)
      } else if errno != ENOENT && errno != ENOTDIR {
        throw .weights(reason: "cannot remove \(candidate): \(systemMessage(errno))")
      }
    }
    return removed
  }

  /// Free space for ordinary users in a folder, in bytes; nil where the system does not report it.
  package static func freeByteCount(folder: String) -> Int? {
    var status = statvfs()
    // Some network file systems report no sizes, as 0 blocks.
    guard statvfs(folder, &status) == 0, status.f_blocks > 0 else { return nil }
    return Int(
      clamping: status.f_bavail.multipliedReportingOverflow(by: status.f_frsize).partialValue)
  }

  /// Removes the unfinished files of processes that were killed.
  ///
  /// Only the holder of the model's lock writes such files, so none of them is in use.
  private static func removeUnfinishedFiles(of path: String) {
    let folder = Paths.folder(of: path)
    let prefix = ".\(Paths.name(of: path))."
    for name in Paths.names(in: folder)
    where name.hasPrefix(prefix) && name.hasSuffix(".part") {
      unlink("\(folder)/\(name)")
    }
  }
}
