import Foundation
import Testing

/// One process has one pool of compute threads, whatever it opens.
@Suite struct ThreadCountTests {
  /// The worker threads of a process, by the name that the pool gives them.
  private func workerCount(of process: Process) -> Int {
    let folder = "/proc/\(process.processIdentifier)/task"
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return tasks.count { task in
      let name = try? String(contentsOfFile: "\(folder)/\(task)/comm", encoding: .utf8)
      return name == "swiftrag-worker\n"
    }
  }

  /// `run` opens the sentence encoder, the index and a language model.
  ///
  /// While the model writes, all three are open.
  @Test func encoderIndexAndLanguageModelShareThreads() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    try EndlessModel.make(in: runner)
    try Data("Every morning at 6:00 the museum of Harpville opens.\n".utf8)
      .write(to: runner.home.appending(path: "a.txt"))
    let output = runner.home.appending(path: "answer")
    try Data().write(to: output)
    let process = Process()
    process.executableURL = CommandRunner.executable
    process.arguments =
      ["run", "--docs", "a.txt", "-t", "3"] + EndlessModel.options
      + ["--", "When does the museum of Harpville open?"]
    process.currentDirectoryURL = runner.home
    process.environment = ["HOME": runner.home.path, "PATH": "/usr/bin:/bin"]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = FileHandle.nullDevice
    try process.run()
    defer { process.terminate() }
    var largest = 0
    for _ in 0..<6_000 {
      largest = max(largest, workerCount(of: process))
      if try !Data(contentsOf: output).isEmpty || !process.isRunning { break }
      usleep(10_000)
    }
    #expect(try !Data(contentsOf: output).isEmpty, "the model has begun to write")
    #expect(workerCount(of: process) == 2 && largest == 2)
  }
}
