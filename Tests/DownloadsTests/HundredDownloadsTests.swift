import Bytes
@testable import Downloads
import Foundation
import Testing

/// A hundred downloads over a bad network: none is wrongly installed, and each that can be completed
/// is completed.
@Suite(.serialized) struct HundredDownloadsTests {
  /// Faults after which the same file can still be had.
  static let passing = [
    "drop", "drop", "stall", "500", "502", "503", "408", "429", "close", "garbage", "redirect",
    "relative", "whole", "chunked", "wrong-range", "spoiled",
  ]
  /// Of these, the ones after which the file is complete at once.
  static let completing: Set = ["whole", "chunked", "redirect", "relative", "wrong-range"]
  /// Faults after which it cannot, with the error.
  static let fatal = ["hash", "short", "long", "404", "403", "loop", "nowhere", "busy"]

  struct Case: Sendable {
    let id: String
    let size: Int
    let seed: Int
    let faults: [String]
    let isFatal: Bool
  }

  /// The cases of a linear congruential generator, so that a failure can be repeated.
  static let cases: [Case] = {
    var state: UInt64 = 20_261_130
    func draw(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    return (0..<100).map { index in
      var faults = (0...draw(3)).map { _ in passing[draw(passing.count)] }
      let isFatal = index % 5 == 4
      // Or the download would end before the last fault.
      if isFatal { faults.removeAll { completing.contains($0) } }
      if isFatal { faults.append(fatal[index / 5 % fatal.count]) }
      return Case(
        id: "c\(index)", size: 1 + draw(150_000), seed: draw(50), faults: faults, isFatal: isFatal)
    }
  }()

  @Test func noneIsWronglyInstalled() throws {
    let hub = try LocalHub()
    let folder = try TemporaryFolder()
    let options = try hub.options()
    let failures = Failures()
    DispatchQueue.concurrentPerform(iterations: Self.cases.count) { index in
      let item = Self.cases[index]
      do { try Self.check(item, hub, folder.path, options) } catch {
        failures.add("\(item): \(error)")
      }
    }
    #expect(failures.all.isEmpty)
    #expect(Self.cases.filter(\.isFatal).count == 20)
    // What is left of failed downloads never has a model's name.
    #expect(folder.names.filter { !$0.contains(".part") }.count == 80)
  }

  private static func check(
    _ item: Case, _ hub: LocalHub, _ folder: String, _ options: TransferOptions
  ) throws {
    let path = "\(folder)/\(item.id).gguf"
    let digest = try SHA256Digest.of(content: item.size, seed: item.seed)
    let file = RemoteFile(
      path: "\(item.id).gguf",
      address: try hub.address(
        id: item.id, size: item.size, seed: item.seed, faults: item.faults),
      byteCount: item.size, sha256: digest)
    let outcome = Result { try FileDownload(file, options: options).run(to: path) }
    let isThere = FileManager.default.fileExists(atPath: path)
    switch outcome {
    case .success(let downloaded):
      guard !item.isFatal, downloaded.sha256 == digest,
        try sha256Hex(ofFile: path) == digest.hex
      else { throw Wrong(what: "installed") }
    case .failure(let error):
      guard item.isFatal, !isThere else { throw Wrong(what: "failed: \(error)") }
    }
  }

  struct Wrong: Error {
    let what: String
  }

  final class Failures: @unchecked Sendable {
    // `@unchecked`: the lock guards the list.
    private let lock = NSLock()
    private var list: [String] = []
    func add(_ text: String) { lock.withLock { list.append(text) } }
    var all: [String] { lock.withLock { list } }
  }
}
