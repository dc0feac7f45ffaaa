internal import Bytes
package import Checkpoints
internal import Glibc
package import Kernels

/// Writes a model's weights in the kernels' order into a file, so that the next start maps them.
///
/// One weight at a time is reordered and written, so memory holds one or two of them, not the model. The
/// file appears under its name only when it is whole and on the disk. Two processes do not prepare
/// one model at once: the second is told so. What an interrupted one left is removed by the next.
package struct WeightPreparation {
  /// What was written.
  package struct Outcome: Sendable, Equatable {
    package let path: String
    package let byteCount: Int
    /// Places that would have come first, and why they were not taken.
    package let refusals: [String]
  }

  /// Why nothing was written.
  package enum Failure: Error, Equatable, CustomStringConvertible {
    /// No weight has an order of its own in these kernels.
    case nothingToPrepare(source: String)
    /// Another process prepares this model.
    case busy(source: String)
    /// Neither beside the model nor in the cache is a place; each with its reason.
    case noPlace(byteCount: Int, refusals: [String])
    /// The caller wished so.
    case cancelled
    /// A weight cannot be used, or the model changed meanwhile.
    case weights(reason: String)

    /// The error in words, with the next thing to do.
    package var description: String {
      switch self {
      case .nothingToPrepare(let source):
        "\(source): no weight of it has another order in this processor's kernels "
          + "(Q4_K, Q5_K, Q6_K, Q8_0 and Q4_0 have, with AVX2); it starts as quickly as it can"
      case .busy(let source):
        "\(source): another swiftrag is preparing this model; wait for it"
      case .noPlace(let byteCount, let refusals):
        "there is no place for \((byteCount + 999_999) / 1_000_000) MB of prepared weights:\n"
          + refusals.map { "  \($0)\n" }.joined()
          + "  try: free some space, or --no-repack, which needs none"
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
  ///   - tensors: its matrices; those that have no order of their own are left out.
  ///   - compute: whose order.
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

  /// Writes the file: beside the model where that can be, else in the cache folder.
  ///
  /// - Parameters:
  ///   - places: where, the first choice first.
  ///   - freeByteCount: bytes that may be written in a folder; nil where it is not known.
  ///   - progress: told the bytes written so far; false ends the work.
  /// - Returns: where the file is.
  /// - Throws: ``Failure``; nothing is left behind.
  /// - Complexity: one pass over the weights; bound by the disk.
  package func write(
    places: [String]? = nil, freeByteCount: (String) -> Int? = Self.freeByteCount,
    progress: @escaping (Int) -> Bool = { _ in true }
  ) throws(Failure) -> Outcome {
    guard !tensors.isEmpty else { throw .nothingToPrepare(source: model.path) }
    guard let lock = ModelLock(path: model.path) else {
      throw .busy(source: model.path)
    }
    defer { withExtendedLifetime(lock) {} }
    let places = places ?? PreparedWeights.candidatePaths(ofModelAt: model.path)
    var refusals: [String] = []
    for place in places {
      Self.makeFolder(of: place)
      Self.removeRemains(of: place)
      // Whoever prepares has no use for what lies there, and its space may be needed.
      unlink(place)
      if let free = freeByteCount(Self.folder(of: place)), free < byteCount {
        refusals.append("\(place): \(free / 1_000_000) MB are free there")
        continue
      }
      do throws(CheckpointError) {
        let written = try write(to: place, progress: progress)
        for other in places where other != place { unlink(other) }
        return Outcome(path: place, byteCount: written, refusals: refusals)
      } catch {
        guard case .bytes(.system(_, _, let code)) = error.problem else {
          if case .cannotWrite(_, reason: Self.cancellation) = error.problem { throw .cancelled }
          throw .weights(reason: error.problem.description)
        }
        refusals.append("\(place): \(systemMessage(code))")
      }
    }
    throw .noPlace(byteCount: byteCount, refusals: refusals)
  }

  /// Marks, on its way through the writer, that the caller ended the work.
  private static let cancellation = "the caller ended the work"
  /// Bytes between two looks at whether the work should end: some milliseconds.
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
  /// Removes the prepared files of the model at `path`, which need not exist any more, and what
  /// interrupted preparations left.
  ///
  /// - Returns: the paths that are gone.
  /// - Throws: ``Failure/busy(source:)``, or `.noPlace` naming a file that cannot be removed.
  package static func remove(ofModelAt path: String) throws(Failure) -> [String] {
    let lock = ModelLock(path: path)
    if lock == nil, access(path, F_OK) == 0 { throw .busy(source: path) }
    defer { withExtendedLifetime(lock) {} }
    var removed: [String] = []
    for place in PreparedWeights.candidatePaths(ofModelAt: path) {
      removeRemains(of: place)
      if unlink(place) == 0 {
        removed.append(place)
      } else if errno != ENOENT && errno != ENOTDIR {
        throw .weights(reason: "cannot remove \(place): \(systemMessage(errno))")
      }
    }
    return removed
  }

  /// Bytes that an ordinary user may still write in a folder; nil where the system does not say.
  package static func freeByteCount(folder: String) -> Int? {
    var status = statvfs()
    // Some network file systems know no sizes and say 0 blocks.
    guard statvfs(folder, &status) == 0, status.f_blocks > 0 else { return nil }
    return Int(
      clamping: status.f_bavail.multipliedReportingOverflow(by: status.f_frsize).partialValue)
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Makes the folders of an absolute path; one that cannot be made shows when the file is written.
  private static func makeFolder(of path: String) {
    guard path.hasPrefix("/"), access(folder(of: path), F_OK) != 0 else { return }
    var folder = ""
    for part in path.split(separator: "/").dropLast() {
      folder += "/" + part
      mkdir(folder, 0o755)
    }
  }

  /// Removes the unfinished files of processes that were killed: only the holder of the model's lock
  /// writes any.
  private static func removeRemains(of place: String) {
    let folder = folder(of: place)
    let prefix = ".\(place.split(separator: "/").last ?? "")."
    for name in PreparedWeights.fileNames(in: folder)
    where name.hasPrefix(prefix) && name.hasSuffix(".part") {
      unlink("\(folder)/\(name)")
    }
  }
}

/// The right to write a model's prepared file, held as long as the object lives.
///
/// An advisory lock (`flock`) on the model itself: it leaves no file behind, and the system releases it
/// when a process dies.
private final class ModelLock {
  private let descriptor: Int32

  /// Nil where another process has it, or the file cannot be opened.
  init?(path: String) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    // A file system without locks is no reason not to write.
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK { return nil }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
