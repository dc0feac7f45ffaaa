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
  /// How a program ended.
  package enum Ending: Equatable, Sendable {
    case exited(Int32)
    case killed(signal: Int32)
  }

  /// What a program wrote and how it ended.
  package struct Result: Sendable {
    /// All of standard output.
    package var output: [UInt8]
    /// The end of standard error.
    package var errorText: String
    package var ending: Ending
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

  /// How long `readAll` and `wait` wait between two looks at whether to stop, in milliseconds.
  private static let pollMilliseconds = 50

  private let limits: Limits
  private let deadline: ContinuousClock.Instant?
  private var child: pid_t
  private var ending: Ending?
  private var pendingInput: ArraySlice<UInt8>
  private var input: Descriptor?
  private var output: Descriptor?
  private var errors: Descriptor?
  private var errorTail = ByteTail(limit: errorTextLimit)
  private var outputByteCount = 0

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

// MARK: Exchange

extension ChildProcess {
  /// Waits until a stream is ready, then sends input and receives output and errors once.
  ///
  /// - Returns: the number of bytes of standard output, 0 where none arrived or it ended.
  private func exchange(
    buffer: inout [UInt8], waitingAtMost milliseconds: Int
  ) throws(Failure) -> Int {
    try checkDeadline()
    // poll ignores negative descriptors.
    var events = [
      pollfd(fd: input?.number ?? -1, events: Int16(POLLOUT), revents: 0),
      pollfd(fd: output?.number ?? -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: errors?.number ?? -1, events: Int16(POLLIN), revents: 0),
    ]
    let timeout = Int32(clamping: min(milliseconds, remainingMilliseconds))
    let ready = unsafe poll(&events, nfds_t(events.count), timeout)
    if ready < 0 && errno != EINTR {
      let reason = systemMessage(errno)
      stop()
      throw .cannotRun(reason)
    }
    guard ready > 0 else { return 0 }
    if events[0].revents != 0 { sendInput() }
    if events[2].revents != 0 { receiveErrors() }
    guard events[1].revents != 0, let output else { return 0 }
    guard let count = output.read(into: &buffer) else {
      self.output = nil
      return 0
    }
    outputByteCount += count
    if outputByteCount > limits.outputByteCount {
      stop()
      throw .outputTooLarge
    }
    return count
  }

  /// Sends what the program can take; the input ends after the last byte, or where the program has
  /// closed it.
  private func sendInput() {
    guard let input else { return }
    let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
    let count = unsafe pendingInput.withUnsafeBytes {
      unsafe send(input.number, $0.baseAddress, $0.count, flags)
    }
    if count < 0 && (errno == EINTR || errno == EAGAIN) { return }
    pendingInput = count < 0 ? [] : pendingInput.dropFirst(count)
    if pendingInput.isEmpty { self.input = nil }
  }

  private func receiveErrors() {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    guard let count = errors?.read(into: &buffer) else {
      errors = nil
      return
    }
    errorTail.append(buffer[..<count])
  }

  private var remainingMilliseconds: Int {
    guard let deadline else { return .max }
    let remaining = deadline - .now
    return max(0, Int(remaining / .milliseconds(1)) + 1)
  }

  private func checkDeadline() throws(Failure) {
    guard let deadline, deadline <= .now else { return }
    stop()
    throw .timedOut
  }

  /// Collects the exit status; false where the program still runs.
  private func reap(flags: Int32) -> Bool {
    var status: Int32 = 0
    while true {
      let reaped = unsafe waitpid(child, &status, flags)
      if reaped == child { break }
      if reaped == 0 { return false }
      guard errno == EINTR else {
        // Another part of the process has reaped it; its status is lost.
        ending = .exited(0)
        return true
      }
    }
    // The macros WIFSIGNALED, WTERMSIG and WEXITSTATUS of <sys/wait.h>.
    let signal = status & 0x7F
    ending = signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal: signal)
    return true
  }
}

/// The last bytes of a stream.
private struct ByteTail {
  let limit: Int
  private var collected: [UInt8] = []

  init(limit: Int) { self.limit = limit }

  var bytes: ArraySlice<UInt8> { collected.suffix(limit) }

  /// Amortised O(1) for each byte: the front is removed when it is as long as the part that is
  /// kept.
  mutating func append(_ more: ArraySlice<UInt8>) {
    collected += more
    if collected.count > 2 * limit { collected.removeFirst(collected.count - limit) }
  }
}
