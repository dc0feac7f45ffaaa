import Bytes
import Checkpoints
import Glibc
import Kernels
import Testing

@testable import Models

/// The prepared file: used when it fits, ignored with a reason otherwise.
@Suite struct PreparedWeightsTests {
  /// A folder that goes away with the test, holding a small model.
  final class Folder {
    let path: String
    var model: String { path + "/model.gguf" }
    var prepared: String { model + ".rows16" }

    init() throws {
      var template = Array("/tmp/swiftrag-prepared-XXXXXX".utf8CString)
      path = String(cString: try #require(mkdtemp(&template)))
      try write(seed: 1)
    }

    /// Writes the model; its header is the same for every seed.
    func write(seed: UInt8) throws {
      var writer = try GGUFWriter()
      try writer.setMetadata("general.architecture", .string("llama"))
      for (name, type, outputs) in [("a", TensorType.q4K, 40), ("b", .q6K, 16), ("c", .q80, 3)] {
        let byteCount = outputs * 512 / type.blockElementCount * type.blockByteCount
        // Bytes of at most 0x3f make every Float16 finite.
        let bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ Int(seed)) & 0x3f }
        try writer.addTensor(
          name: name, type: type, shape: [outputs, 512], source: .bytes(bytes))
      }
      try writer.addTensor(
        name: "d", type: .f32, shape: [2, 512], source: .bytes([UInt8](repeating: 0, count: 4096)))
      try writer.write(to: model)
    }

    deinit {
      for file in [model, prepared] { unlink(file) }
      rmdir(path)
    }
  }

  static let compute = ComputeContext(threadCount: 2)

  /// Results of all tensors as bits.
  func results(_ loaded: (loader: WeightLoader, model: Checkpoint)) throws -> [UInt32] {
    try ["a", "b", "c", "d"].flatMap { name in
      let weight = try loaded.loader.matrix(loaded.model.requiredTensor(name))
      var x = Matrix(rows: 2, columns: 512)
      x.withMutableElements { elements in
        for index in 0..<elements.count { elements[index] = Float(index % 23) - 11 }
      }
      var y = Matrix(rows: 2, columns: weight.outputs)
      Self.compute.linear(x, WeightStack(weight), into: &y)
      return y.array().map(\.bitPattern)
    }
  }

  func load(
    _ folder: Folder, placement: WeightPlacement = .prepared
  ) throws -> (loader: WeightLoader, model: Checkpoint) {
    let model = try Checkpoint.open(path: folder.model)
    return (WeightLoader(model, compute: Self.compute, placement: placement), model)
  }

  /// Writes the prepared file of the folder's model.
  func preparation(_ folder: Folder) throws -> WeightPreparation {
    let model = try Checkpoint.open(path: folder.model)
    return WeightPreparation(model: model, tensors: model.tensors, compute: Self.compute)
  }

  @Test(.enabled(if: WeightMatrix.canInterleave(.q4K, compute: compute)))
  func secondStartUsesIt() throws {
    let folder = try Folder()
    let first = try load(folder)
    #expect(!first.loader.isPrepared)
    let expected = try results(first)
    #expect(try results(load(folder, placement: .inPlace)) == expected)
    #expect(first.loader.reorderedByteCount == 40 * 288 + 16 * 420 + 3 * 544)
    let outcome = try preparation(folder).write()
    #expect(outcome.path == folder.prepared && outcome.byteCount == first.loader.reorderedByteCount)
    let second = try load(folder)
    #expect(second.loader.isPrepared && second.loader.rejections.isEmpty)
    #expect(try results(second) == expected)
    #expect(second.loader.reorderedByteCount == 0)
    #expect(try !load(folder, placement: .inPlace).loader.isPrepared)
    #expect(try !load(folder, placement: .reordered).loader.isPrepared)
    #expect(try results(load(folder, placement: .reordered)) == expected)
    // As large as the weights in it, but for the header and the pages' ends.
    let size = try MappedFile(path: folder.prepared).byteCount
    #expect(size < 40 * 288 + 16 * 420 + 3 * 544 + 4 * 4096)
  }

  @Test(.enabled(if: WeightMatrix.canInterleave(.q4K, compute: compute)))
  func staleFilesAreIgnored() throws {
    let folder = try Folder()
    _ = try preparation(folder).write()
    // The same size and header, other weights: only the time differs, here by years, since the
    // system's own times may be the same within milliseconds.
    try folder.write(seed: 2)
    var times = [
      timespec(tv_sec: 1_000_000_000, tv_nsec: 7), timespec(tv_sec: 1_000_000_000, tv_nsec: 7),
    ]
    #expect(utimensat(AT_FDCWD, folder.model, &times, 0) == 0)
    let changed = try load(folder)
    #expect(!changed.loader.isPrepared)
    #expect(changed.loader.rejections.map(\.reason) == [.stale("modified")])
    #expect(
      PreparedWeights.stored(ofModelAt: folder.model).map(\.rejection) == [.stale("modified")])
    let model = try Checkpoint.open(path: folder.model)
    #expect(throws: PreparedWeights.Rejection.absent) {
      try PreparedWeights(path: folder.path + "/none", for: model)
    }
    #expect(throws: PreparedWeights.Rejection.otherLayout("llama")) {
      try PreparedWeights(path: folder.model, for: model)
    }
  }

  /// Cut or changed anywhere, the file is ignored, or its weights are used without a trap.
  @Test(.enabled(if: WeightMatrix.canInterleave(.q4K, compute: compute)))
  func damagedFilesNeverTrap() throws {
    let folder = try Folder()
    let first = try load(folder)
    let expected = try results(first)
    _ = try preparation(folder).write()
    let bytes = try MappedFile(path: folder.prepared).copyBytes()
    let headerByteCount = try Checkpoint.open(path: folder.prepared).files[0].dataOffset
    for count in [0, 1, 7, 24, 100, 300, headerByteCount, bytes.count / 2, bytes.count - 4096] {
      try AtomicFile.write(Array(bytes.prefix(count)), to: folder.prepared)
      let loaded = try load(folder)
      #expect(!loaded.loader.isPrepared, "\(count) bytes")
      guard case .unreadable = loaded.loader.rejections.first?.reason else {
        Issue.record("\(loaded.loader.rejections)")
        continue
      }
    }
    var ignored = 0
    for index in stride(from: 0, to: min(headerByteCount, 700), by: 7) {
      var damaged = bytes
      damaged[index] ^= 0x41
      try AtomicFile.write(damaged, to: folder.prepared)
      let loaded = try load(folder)
      if !loaded.loader.isPrepared { ignored += 1 }
      // A tensor whose name or size was hit is reordered from the model.
      #expect(try results(loaded).count == expected.count)
    }
    #expect(ignored > 0)
  }

  @Test func unusableTensorsAreNamed() throws {
    var writer = try GGUFWriter()
    for (name, type, shape) in [("row", TensorType.f32, [4]), ("ids", .i32, [2, 2])] {
      try writer.addTensor(
        name: name, type: type, shape: shape, source: .bytes([UInt8](repeating: 0, count: 16)))
    }
    let model = try Checkpoint.open(file: MappedFile(bytes: writer.encoded(), name: "odd.gguf"))
    let loader = WeightLoader(model, compute: Self.compute)
    #expect {
      try loader.matrix(model.requiredTensor("row"))
    } throws: {
      "\($0)".contains("odd.gguf: tensor row: has shape [4], not [outputs, inputs]")
    }
    #expect {
      try loader.matrix(model.requiredTensor("ids"))
    } throws: {
      "\($0)".contains("type of tensor ids is I32")
    }
  }
}
