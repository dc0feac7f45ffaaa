internal import Glibc

/// A program that runs beside this one, without a shell: its output is read while it arrives.
///
/// The child gets standard input, output and error, the files of its configuration, and no other
/// descriptor of this process. It leads a process group of its own, so Ctrl-C in a terminal reaches
/// this process only, and `stop()` also ends what the child started. Signals have their default
/// handlers there. A child is always reaped: by `wait()`, `stop()`, or when the object is released.
///
/// One thread uses an object at a time. To cancel from elsewhere, read with short waits and check a
/// flag between them, as `readAll` does.
package final class ChildProcess {
  /// The exit status of a program, or the signal that ended it.
  package enum Ending: Equatable, Sendable {
    case exited(Int32)
    case killed(signal: Int32)
  }

  /// The output and the exit status of a program.
  package struct Result: Sendable {
    /// All of standard output.
    package var output: [UInt8]
    /// The end of standard error.
    package var errorText: String
    package var ending: Ending

    package init(output: [UInt8], errorText: String, ending: Ending) {
      self.output = output
      self.errorText = errorText
      self.ending = ending
    }
  }

  /// Why there is no result; the program has ended in every case.
  package enum Failure: Error, Equatable {
    case cannotRun(String)
    case outputTooLarge
    case timedOut
    case cancelled
  }

  /// The result of one attempt to read.
  package enum Reading: Equatable {
    /// The number of bytes at the beginning of the buffer.
    case bytes(Int)
    /// Nothing has arrived yet.
    case nothingYet
    /// Standard output is closed.
    case end
  }

  /// Bytes of standard error that are kept; of more, the last.
  package static let errorTextLimit = 64 << 10

  /// The interval at which `readAll` and `wait` check for cancellation, in milliseconds.
  private static let pollMilliseconds = 50

  let limits: Limits
  let deadline: ContinuousClock.Instant?
  var child: pid_t
  var ending: Ending?
  var pendingInput: ArraySlice<UInt8>
  var input: Descriptor?
  var output: Descriptor?
  var errors: Descriptor?
  var errorTail = ByteTail(limit: errorTextLimit)
  var outputByteCount = 0

  /// Starts a program.
  ///
  /// - Throws: `Failure.cannotRun` with the system's reason, for example where the program does not
  ///   exist.
  package init(_ configuration: Configuration) throws(Failure) {
    let spawned = try SpawnedChild(configuration)
    limits = configuration.limits
    deadline = limits.seconds.map { .now + .seconds($0) }
    child = spawned.processID
    (input, output, errors) = (spawned.input, spawned.output, spawned.errors)
    pendingInput = configuration.input[...]
    if pendingInput.isEmpty { input = nil }
  }

  deinit { stop() }

  /// Runs a program to its end and collects its output.
  ///
  /// - Parameters:
  ///   - configuration: program, input and limits.
  ///   - isCancelled: called about every 50 ms; `true` ends the program.
  /// - Returns: the output and how the program ended.
  /// - Throws: `Failure`.
  package static func run(
    _ configuration: Configuration, isCancelled: () -> Bool = { false }
  ) throws(Failure) -> Result {
    let process = try ChildProcess(configuration)
    var output: [UInt8] = []
    let ending = try process.readAll(isCancelled: isCancelled) { output += $0 }
    return Result(output: output, errorText: process.errorText, ending: ending)
  }

  /// Reads standard output to its end and waits for the program.
  ///
  /// - Parameters:
  ///   - isCancelled: called between reads; `true` ends the program.
  ///   - consume: receives each piece as it arrives.
  /// - Returns: how the program ended.
  /// - Throws: `Failure`.
  package func readAll(
    isCancelled: () -> Bool = { false }, _ consume: (ArraySlice<UInt8>) -> Void
  ) throws(Failure) -> Ending {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      if isCancelled() {
        stop()
        throw .cancelled
      }
      switch try read(into: &buffer, waitingAtMost: Self.pollMilliseconds) {
      case .bytes(let count): consume(buffer[..<count])
      case .nothingYet: continue
      case .end: return try wait(isCancelled: isCancelled)
      }
    }
  }

  /// Reads what has arrived on standard output, or waits for it.
  ///
  /// Input is sent and standard error is received meanwhile, so neither can block the program.
  ///
  /// - Parameters:
  ///   - buffer: filled from its beginning; must not be empty.
  ///   - milliseconds: the longest wait.
  /// - Returns: whether bytes arrived, and how many.
  /// - Throws: `Failure.outputTooLarge`, `.timedOut`, or `.cannotRun` where the system refuses to
  ///   wait.
  package func read(
    into buffer: inout [UInt8], waitingAtMost milliseconds: Int
  ) throws(Failure) -> Reading {
    guard output != nil else { return .end }
    let count = try exchange(buffer: &buffer, waitingAtMost: milliseconds)
    if count > 0 { return .bytes(count) }
    return output == nil ? .end : .nothingYet
  }

  /// Waits for the end of the program; standard output that was not read is dropped.
  ///
  /// - Throws: `Failure.timedOut`, `.outputTooLarge` or `.cancelled`.
  package func wait(isCancelled: () -> Bool = { false }) throws(Failure) -> Ending {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while ending == nil {
      if isCancelled() {
        stop()
        throw .cancelled
      }
      if input != nil || output != nil || errors != nil {
        _ = try exchange(buffer: &buffer, waitingAtMost: Self.pollMilliseconds)
        continue
      }
      // A program may close its descriptors and go on.
      if reap(flags: WNOHANG) { break }
      try checkDeadline()
      usleep(1_000)
    }
    return ending ?? .exited(0)
  }

  /// Ends the program and what it started; nothing more is read.
  package func stop() {
    (input, output, errors) = (nil, nil, nil)
    guard ending == nil else { return }
    kill(-child, SIGKILL)
    _ = reap(flags: 0)
  }

  /// The end of what the program has written to standard error, up to `errorTextLimit` bytes.
  package var errorText: String { String(decoding: errorTail.bytes, as: UTF8.self) }
}

extension ChildProcess.Failure: CustomStringConvertible {
  /// The reason alone: callers say which program it was.
  package var description: String {
    switch self {
    case .cannotRun(let reason): reason
    case .outputTooLarge: "it wrote too much"
    case .timedOut: "it took too long"
    case .cancelled: "it was cancelled"
    }
  }
}
