import Bytes
import Checkpoints
import Glibc
import Kernels
import Testing

@testable import Models

/// Writing the prepared file: where it goes, and that nothing is left when it does not get there.
@Suite(.enabled(if: WeightMatrix.canInterleave(.q4K, compute: ComputeContext(threadCount: 1))))
struct WeightPreparationTests {
  typealias Folder = PreparedWeightsTests.Folder

  private func preparation(_ folder: Folder) throws -> WeightPreparation {
    let model = try Checkpoint.open(path: folder.model)
    return WeightPreparation(
      model: model, tensors: model.tensors, compute: PreparedWeightsTests.compute)
  }

  @Test func aPlaceThatRefusesIsPassedOver() throws {
    let folder = try Folder()
    let refused = "/proc/self/nowhere/model.rows16"
    let outcome = try preparation(folder).write(candidatePaths: [refused, folder.prepared])
    #expect(outcome.path == folder.prepared)
    #expect(outcome.skippedPaths == ["\(refused): No such file or directory"])
    #expect {
      try preparation(folder).write(candidatePaths: [refused])
    } throws: {
      guard case WeightPreparation.Failure.notWritable(let byteCount, let skippedPaths) = $0 else {
        return false
      }
      return byteCount == 40 * 288 + 16 * 420 + 3 * 544 && skippedPaths.count == 1
    }
  }

  @Test func aFullDiskIsKnownBefore() throws {
    let folder = try Folder()
    #expect {
      try preparation(folder).write(freeByteCount: { _ in 10_000 })
    } throws: {
      "\($0)".contains("\(folder.prepared): only 0 MB are free")
    }
    #expect(Paths.names(in: folder.path).sorted() == [".", "..", "model.gguf"])
  }

  @Test func anInterruptedWriteLeavesNothing() throws {
    let folder = try Folder()
    var calls: [Int] = []
    #expect(throws: WeightPreparation.Failure.cancelled) {
      try preparation(folder).write(progress: {
        calls.append($0)
        return calls.count < 2
      })
    }
    #expect(calls == [40 * 288, 40 * 288 + 16 * 420])
    #expect(Paths.names(in: folder.path).sorted() == [".", "..", "model.gguf"])
  }

  /// The unfinished files of a killed process are removed, those of other programs are kept.
  @Test func remainsOfKilledProcessesAreRemoved() throws {
    let folder = try Folder()
    let remains = folder.path + "/.model.gguf.rows16.k1ll3d.part"
    let foreign = folder.path + "/.other.gguf.rows16.k1ll3d.part"
    for path in [remains, foreign] { try AtomicFile.write([1], to: path) }
    defer { unlink(foreign) }
    _ = try preparation(folder).write()
    #expect(access(remains, F_OK) != 0 && access(foreign, F_OK) == 0)
    #expect(try WeightPreparation.remove(ofModelAt: folder.model) == [folder.prepared])
    #expect(try WeightPreparation.remove(ofModelAt: folder.model) == [])
  }

  @Test func oneProcessPreparesAModel() throws {
    let folder = try Folder()
    let descriptor = open(folder.model, O_RDONLY)
    #expect(flock(descriptor, LOCK_EX) == 0)
    #expect(throws: WeightPreparation.Failure.busy(source: folder.model)) {
      try preparation(folder).write()
    }
    #expect(throws: WeightPreparation.Failure.busy(source: folder.model)) {
      try WeightPreparation.remove(ofModelAt: folder.model)
    }
    close(descriptor)
    _ = try preparation(folder).write()
  }

  @Test func weightsThatCannotBeUsedAreNamed() throws {
    let folder = try Folder()
    let model = try Checkpoint.open(path: folder.model)
    var bytes = try model.files[0].file.copyBytes()
    let tensor = try model.requiredTensor("b")
    // The scale of the first superblock becomes infinite.
    bytes[tensor.byteRange.lowerBound + 209] = 0x7c
    bytes[tensor.byteRange.lowerBound + 208] = 0
    try AtomicFile.write(bytes, to: folder.model)
    #expect {
      try preparation(folder).write()
    } throws: {
      guard case WeightPreparation.Failure.weights(let reason) = $0 else { return false }
      return reason.contains("tensor b")
    }
    let none = WeightPreparation(
      model: model, tensors: model.tensors.filter { $0.name == "d" },
      compute: PreparedWeightsTests.compute)
    #expect(throws: WeightPreparation.Failure.nothingToPrepare(source: folder.model)) {
      try none.write()
    }
  }

  @Test func modelsOfOneNameHavePlacesOfTheirOwn() throws {
    let (first, second) = (try Folder(), try Folder())
    let places = PreparedWeights.candidatePaths(ofModelAt: first.model)
    #expect(places.first == first.prepared)
    #expect(places.last != PreparedWeights.candidatePaths(ofModelAt: second.model).last)
    // By whatever way the model is reached, its cached file is the same.
    #expect(
      places.last == PreparedWeights.candidatePaths(ofModelAt: first.path + "/./model.gguf").last)
    unlink(first.model)
    #expect(places.last == PreparedWeights.candidatePaths(ofModelAt: first.model).last)
  }

  @Test func filesWithoutTheirModelAreFound() throws {
    let folder = try Folder()
    _ = try preparation(folder).write()
    #expect(
      !PreparedWeights.orphans(modelFolders: [folder.path]).contains { $0.path == folder.prepared })
    unlink(folder.model)
    let orphan = try #require(
      PreparedWeights.orphans(modelFolders: [folder.path]).first { $0.path == folder.prepared })
    #expect(orphan.model == folder.model)
    #expect(try WeightPreparation.remove(ofModelAt: orphan.model) == [folder.prepared])
  }
}
