import Foundation
import Testing

/// Ctrl-C, and two processes on one index.
@Suite struct ProcessTests {
  /// A runner with `count` documents of a few hundred words in its home folder.
  private func runner(documentCount count: Int) throws -> CommandRunner {
    let runner = try CommandRunner()
    let folder = runner.home.appending(path: "docs")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for index in 0..<count {
      let sentences = (0..<40).map {
        "Item \(index * 40 + $0) of the catalogue was examined in \(1800 + $0) and found sound."
      }
      try Data(sentences.joined(separator: " ").utf8)
        .write(to: folder.appending(path: "\(index).txt"))
    }
    return runner
  }

  private func start(_ runner: CommandRunner, _ arguments: String...) throws -> Process {
    let process = Process()
    process.executableURL = CommandRunner.executable
    process.arguments = arguments
    process.currentDirectoryURL = runner.home
    process.environment = ["HOME": runner.home.path, "PATH": "/usr/bin:/bin"]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  @Test func interruptingLeavesAWholeIndexThatCanGoOn() throws {
    let runner = try runner(documentCount: 150)
    defer { runner.cleanUp() }
    let data = runner.home.appending(path: ".local/share/swiftrag")
    var status: Int32 = 0
    // On a loaded machine a run may end before the signal arrives; then the test starts again.
    for _ in 0..<5 where status == 0 {
      try? FileManager.default.removeItem(at: data)
      let process = try start(runner, "add", "docs")
      let database = data.appending(path: "index.sqlite").path
      for _ in 0..<3_000 where !FileManager.default.fileExists(atPath: database) { usleep(10_000) }
      process.interrupt()
      process.waitUntilExit()
      // A process that the signal killed would have the reason .uncaughtSignal.
      #expect(process.terminationReason == .exit)
      status = process.terminationStatus
    }
    #expect(status == 130)
    let rest = try runner.run("add", "docs")
    #expect(rest.status == 0)
    #expect(try runner.run("index", "verify").output.contains("150 documents"))
  }

  /// The process waits for input in `read`.
  ///
  /// The signal may be delivered to any of its threads, including those that OpenBLAS started
  /// before `main`.
  @Test func aWaitingProcessEndsByItself() throws {
    let runner = try runner(documentCount: 1)
    defer { runner.cleanUp() }
    for signalNumber in [SIGINT, SIGTERM] {
      let input = Pipe()
      let process = Process()
      process.executableURL = CommandRunner.executable
      process.arguments = ["run", "--docs", "docs", "-"]
      process.currentDirectoryURL = runner.home
      process.environment = ["HOME": runner.home.path, "PATH": "/usr/bin:/bin"]
      process.standardInput = input
      process.standardError = FileHandle.nullDevice
      try process.run()
      // Long enough to load the model, to index and to start waiting for the question.
      usleep(1_500_000)
      kill(process.processIdentifier, signalNumber)
      process.waitUntilExit()
      #expect(process.terminationReason == .exit)
      #expect(process.terminationStatus == 128 + signalNumber)
    }
  }

  @Test func twoProcessesMayAddToOneIndex() throws {
    let runner = try runner(documentCount: 30)
    defer { runner.cleanUp() }
    let processes = [try start(runner, "add", "docs"), try start(runner, "add", "docs")]
    for process in processes {
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
    #expect(try runner.run("index", "verify").output.contains("whole: 30 documents"))
  }

  @Test func aClosedPipeEndsSilently() throws {
    let runner = try runner(documentCount: 2)
    defer { runner.cleanUp() }
    _ = try runner.run("add", "docs")
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = [
      "-c", "\"$0\" search catalogue -k 50 2>err; :", CommandRunner.executable.path,
    ]
    shell.currentDirectoryURL = runner.home
    shell.environment = ["HOME": runner.home.path, "PATH": "/usr/bin:/bin"]
    let pipe = Pipe()
    shell.standardOutput = pipe
    try shell.run()
    try pipe.fileHandleForReading.close()
    shell.waitUntilExit()
    #expect(try String(contentsOf: runner.home.appending(path: "err"), encoding: .utf8).isEmpty)
  }
}
