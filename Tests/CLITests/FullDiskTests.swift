import Foundation
import Testing

/// `models pull` onto a disk that is too small, and onto one that another program fills meanwhile.
///
/// The disk is a file system in memory, which only root may mount.
@Suite(.serialized) struct FullDiskTests {
  private static let pocket = CommandRunner.fixture("pocket/pocket-Q4_K_M.gguf")
  private let runner: CommandRunner
  /// The models folder, which is the whole disk.
  private let disk: URL

  init() throws {
    runner = try CommandRunner()
    disk = runner.home.appending(path: "disk")
    try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
  }

  private static func succeeds(_ program: String, _ arguments: String...) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    do { try process.run() } catch { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  /// Runs a test on a disk of this size, unless none can be mounted.
  private func withDisk(kilobytes: Int, _ body: () throws -> Void) throws {
    defer { runner.cleanUp() }
    guard Self.succeeds("mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", disk.path)
    else {
      print("skipped: a small disk can be mounted by root only (\(#function))")
      return
    }
    defer { _ = Self.succeeds("umount", disk.path) }
    try body()
  }

  private func pull(_ hub: HubProcess, _ flags: String...) throws -> CommandRunner.Outcome {
    try runner.run(
      arguments: ["models", "pull", "hf:owner/pocket", "--models", disk.path] + flags,
      environment: hub.environment)
  }

  private func freeByteCount() throws -> Int {
    let attributes = try FileManager.default.attributesOfFileSystem(forPath: disk.path)
    return try #require(attributes[.systemFreeSize] as? Int)
  }

  private func expectInstalled(_ outcome: CommandRunner.Outcome) throws {
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(runner.files(below: "disk") == ["llm/.pocket.gguf.pull.json", "llm/pocket.gguf"])
    #expect(
      try Data(contentsOf: disk.appending(path: "llm/pocket.gguf"))
        == Data(contentsOf: Self.pocket))
  }

  @Test func aDiskThatIsTooSmallIsToldWithBothSizes() throws {
    try withDisk(kilobytes: 1024) {
      let hub = try HubProcess(repositories: ["owner/pocket/pocket.gguf": Self.pocket])
      let size = try Data(contentsOf: Self.pocket).count
      let outcome = try pull(hub)
      #expect(outcome.status == 74 && outcome.output.isEmpty, "\(outcome.error)")
      let sizes =
        "needs \(size) bytes (\(size / 100_000 / 10).\(size / 100_000 % 10) MB), but the disk has \(1024 * 1024) bytes left"
      #expect(outcome.error.contains(sizes), "\(outcome.error)")
      #expect(outcome.error.contains("\n  try: swiftrag models rm NAME"))
      #expect(runner.files(below: "disk").isEmpty)
      // The sum is known without a download.
      let dry = try pull(hub, "--dry-run")
      #expect(dry.status == 0 && dry.error.contains("the disk has only 1.0 MB left"))
      #expect(Self.succeeds("mount", "-o", "remount,size=8m", disk.path))
      try expectInstalled(try pull(hub))
    }
  }

  /// The disk has room when the download begins; the rest of it is taken at the first byte.
  @Test func aDiskThatFillsMeanwhileKeepsTheBytesAndThePullContinues() throws {
    try withDisk(kilobytes: 3072) {
      let hub = try HubProcess(
        repositories: ["owner/pocket/pocket.gguf": Self.pocket], rate: 500_000)
      let filler = disk.appending(path: "filler")
      let thread = Thread {
        for _ in 0..<2000 where (partByteCount() ?? 0) == 0 { usleep(5_000) }
        // 600 kB are left: less than the model needs, more than it has.
        let free = (try? freeByteCount()) ?? 0
        try? Data(count: max(0, free - 600_000)).write(to: filler)
      }
      thread.start()
      let outcome = try pull(hub)
      #expect(outcome.status == 74 && outcome.output.isEmpty, "\(outcome.error)")
      let size = try Data(contentsOf: Self.pocket).count
      let kept = try #require(partByteCount())
      #expect(kept > 0 && kept < size)
      #expect(
        outcome.error.contains("needs \(size - kept) bytes more"), "\(outcome.error)")
      #expect(outcome.error.contains("the \(kept) bytes that were downloaded are kept"))
      #expect(!runner.files(below: "disk").contains("llm/pocket.gguf"))
      let list = try runner.run("models", "ls", "--models", disk.path)
      #expect(!list.output.contains("pocket"), "\(list.output)")
      // Another attempt on the full disk keeps what there is.
      #expect(try pull(hub).status == 74)
      #expect(partByteCount() == kept)
      try FileManager.default.removeItem(at: filler)
      let again = try pull(hub)
      try expectInstalled(again)
      #expect(again.error.contains("to download: "), "\(again.error)")
    }
  }

  /// The size of the `.part` file; nil where there is none.
  private func partByteCount() -> Int? {
    runner.files(below: "disk").filter { $0.hasSuffix(".part") }.compactMap {
      let path = disk.appending(path: $0).path
      return try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    }.first
  }
}
