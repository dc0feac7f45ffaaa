import Bytes
import Foundation
import Testing

/// Programs that misbehave, and what is left of them.
@Suite(.serialized) struct ChildProcessTests {
  private func shell(_ script: String) throws -> [String] {
    [try #require(ChildProcess.find("sh")), "-c", script]
  }

  private func run(
    _ script: String, input: [UInt8] = [], files: [[UInt8]] = [],
    limits: ChildProcess.Limits = .init(seconds: 60), environment: [String: String]? = nil
  ) throws -> ChildProcess.Result {
    try ChildProcess.run(
      .init(
        try shell(script), environment: environment, input: input, files: files, limits: limits))
  }

  @Test func outputErrorsAndStatusComeBack() throws {
    let result = try run("cat; echo three >&2; exit 3", input: Array("one\ntwo".utf8))
    #expect(result.output == Array("one\ntwo".utf8))
    #expect(result.errorText == "three\n" && result.ending == .exited(3))
    #expect(try run("kill -9 $$").ending == .killed(signal: 9))
    // Without input, standard input is at its end.
    #expect(try run("cat").output.isEmpty)
    // What this process ignores, the child does not: writing to a closed pipe ends it.
    #expect(try run("trap").output.isEmpty)
  }

  @Test func limitsEndTheProgram() throws {
    #expect(throws: ChildProcess.Failure.timedOut) {
      try run("sleep 20", limits: .init(seconds: 1))
    }
    #expect(throws: ChildProcess.Failure.outputTooLarge) {
      try run("yes", limits: .init(outputByteCount: 100_000, seconds: 20))
    }
    #expect(try run("printf 12345", limits: .init(outputByteCount: 5)).output.count == 5)
    // A program that closes its streams and goes on.
    let start = ContinuousClock.now
    #expect(throws: ChildProcess.Failure.timedOut) {
      try run("exec 0<&- 1>&- 2>&-; sleep 20", limits: .init(seconds: 1))
    }
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test(.enabled(if: ChildProcess.find("prlimit") != nil, "needs prlimit of util-linux"))
  func memoryAndProcessorTimeAreLimited() throws {
    let limits = ChildProcess.Limits(
      seconds: 60, addressSpaceByteCount: 512 << 20, cpuSeconds: 7)
    let result = try run("ulimit -v; ulimit -t; ulimit -c", limits: limits)
    #expect(String(decoding: result.output, as: UTF8.self) == "524288\n7\n0\n")
    let endless = try run("while :; do :; done", limits: .init(seconds: 60, cpuSeconds: 1))
    guard case .killed = endless.ending else {
      Issue.record("\(endless.ending)")
      return
    }
  }

  @Test func ofErrorsTheEndIsKept() throws {
    let flood =
      "i=0; while [ $i -lt 20000 ]; do echo message $i; i=$((i+1)); done >&2; echo done; exit 3"
    let result = try run(flood, limits: .init(outputByteCount: 100, seconds: 60))
    #expect(result.output == Array("done\n".utf8) && result.ending == .exited(3))
    #expect(result.errorText.utf8.count == ChildProcess.errorTextLimit)
    #expect(result.errorText.hasSuffix("message 19999\n"))
  }

  /// The program writes before it has read everything, and both directions are full at times.
  @Test func muchInputAndOutputDoNotBlockEachOther() throws {
    let input = (0..<8_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    #expect(try run("cat", input: input).output == input)
    // It reads nothing, or the beginning only: the rest of the input is dropped.
    #expect(try run("echo ready", input: input).output == Array("ready\n".utf8))
    #expect(try run("head -c 5", input: input).output == Array(input[..<5]))
  }

  @Test func aStreamIsReadWhileItComesAndCancelled() throws {
    let process = try ChildProcess(.init(try shell("echo first; cat; sleep 30")))
    var buffer = [UInt8](repeating: 0, count: 100)
    var reading = ChildProcess.Reading.nothingYet
    while reading == .nothingYet {
      reading = try process.read(into: &buffer, waitingAtMost: 1_000)
    }
    #expect(reading == .bytes(6) && buffer.starts(with: Array("first\n".utf8)))
    #expect(try process.read(into: &buffer, waitingAtMost: 10) == .nothingYet)
    process.stop()
    #expect(try process.read(into: &buffer, waitingAtMost: 10) == .end)
    #expect(try process.wait() == .killed(signal: SIGKILL))

    var received = 0
    #expect(throws: ChildProcess.Failure.cancelled) {
      let endless = try ChildProcess(.init(try shell("yes")))
      _ = try endless.readAll(isCancelled: { received > 1_000_000 }) { received += $0.count }
    }
    #expect(received > 1_000_000)
  }

  /// `sleep` is a child of the shell; only ending the group ends it.
  @Test func whatTheProgramStartedEndsToo() throws {
    let process = try ChildProcess(.init(try shell("sleep 300 & echo $!; wait")))
    var buffer = [UInt8](repeating: 0, count: 100)
    guard case .bytes(let count) = try process.read(into: &buffer, waitingAtMost: 10_000),
      let sleeper = pid_t(
        String(decoding: buffer[..<count], as: UTF8.self).trimmingCharacters(
          in: .whitespacesAndNewlines))
    else {
      Issue.record("no process number")
      return
    }
    #expect(kill(sleeper, 0) == 0)
    process.stop()
    // The system reaps it after its parent has gone; until then it is a zombie.
    for _ in 0..<200 where kill(sleeper, 0) == 0 && !isZombie(sleeper) { usleep(10_000) }
    #expect(kill(sleeper, 0) != 0 || isZombie(sleeper))
  }

  private func isZombie(_ process: pid_t) -> Bool {
    let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    return status?.split(separator: ")").last?.hasPrefix(" Z") ?? true
  }

  @Test func noChildIsLeftUnreaped() throws {
    for script in ["exit 0", "yes", "sleep 30"] {
      let process = try ChildProcess(.init(try shell("echo $$; \(script)")))
      var buffer = [UInt8](repeating: 0, count: 20)
      guard case .bytes(let count) = try process.read(into: &buffer, waitingAtMost: 10_000),
        let child = pid_t(
          String(decoding: buffer[..<count], as: UTF8.self).prefix { $0.isNumber })
      else {
        Issue.record("no process number")
        continue
      }
      process.stop()
      #expect(kill(child, 0) != 0, "\(script) is still there")
    }
  }

  @Test func onlyItsOwnDescriptorsAreInherited() throws {
    // Without O_CLOEXEC, as a library may open one.
    let leaked = open("/dev/null", O_RDONLY)
    defer { close(leaked) }
    let result = try run(
      "cat /dev/fd/3 /dev/fd/4; for f in /proc/self/fd/*; do echo ${f##*/}; done",
      files: [Array("secret ".utf8), Array("file ".utf8)])
    let words = String(decoding: result.output, as: UTF8.self).split { $0.isWhitespace }
    #expect(words.prefix(2) == ["secret", "file"])
    // The shell itself opens the folder that it lists.
    let numbers = Set(words.dropFirst(2).compactMap { Int($0) })
    #expect(numbers.isSuperset(of: [0, 1, 2, 3, 4]) && numbers.count <= 6, "\(numbers)")
  }

  @Test func theEnvironmentIsTheOneGiven() throws {
    let result = try run("echo $COLOR $HOME", environment: ["COLOR": "blue"])
    #expect(String(decoding: result.output, as: UTF8.self) == "blue\n")
  }

  @Test func aMissingProgramIsSaid() throws {
    for limits in [ChildProcess.Limits(), ChildProcess.Limits(cpuSeconds: 5)] {
      #expect(throws: ChildProcess.Failure.cannotRun("No such file or directory")) {
        try ChildProcess.run(.init(["/nonexistent/program"], limits: limits))
      }
    }
    #expect(throws: ChildProcess.Failure.self) { try ChildProcess.run(.init([])) }
    #expect(throws: ChildProcess.Failure.self) { try ChildProcess.run(.init(["/etc/passwd"])) }
    #expect(ChildProcess.find("no-such-program-anywhere") == nil)
  }
}
