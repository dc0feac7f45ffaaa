internal import Glibc

/// Runs a program that reads nothing and whose output is limited in size and time.
package enum ChildProcess {
  /// How a program ended.
  package enum Ending: Equatable {
    case exited(Int32)
    case killed(signal: Int32)
  }

  /// What a program wrote and how it ended.
  package struct Result {
    /// All of standard output.
    package var output: [UInt8]
    /// The beginning of standard error.
    package var errorText: String
    package var ending: Ending
  }

  /// Why there is no result.
  package enum Failure: Error, Equatable {
    case cannotRun(String)
    case outputTooLarge
    case timedOut
  }

  /// Bytes of standard error that are kept; the rest is read and dropped.
  package static let errorTextLimit = 64 << 10

  /// The full path of a program on `PATH`, or in the usual folders if `PATH` is not set.
  package static func find(_ program: String) -> String? {
    let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/bin:/bin"
    for folder in path.split(separator: ":") where folder.hasPrefix("/") {
      let candidate = folder + "/" + program
      if unsafe access(candidate, X_OK) == 0 { return candidate }
    }
    return nil
  }

  /// Runs `arguments[0]`, without a shell, and waits for its end.
  ///
  /// - Parameters:
  ///   - arguments: full path of the program, then its arguments.
  ///   - outputLimit: bytes of standard output above which the program is killed.
  ///   - seconds: time after which it is killed.
  /// - Returns: what it wrote and how it ended.
  /// - Throws: `Failure`; the program has ended then as well.
  package static func run(
    _ arguments: [String], outputLimit: Int, seconds: Int
  ) throws(Failure) -> Result {
    let output = try Channel()
    let errors = try Channel()
    let child = try spawn(arguments, output: output.writeEnd, errors: errors.writeEnd)
    output.closeWriteEnd()
    errors.closeWriteEnd()
    var collector = OutputCollector(
      descriptors: [output.readEnd, errors.readEnd], limits: [outputLimit, errorTextLimit])
    let failure = collector.collect(seconds: seconds)
    if failure != nil { kill(child, SIGKILL) }
    let ending = wait(for: child)
    if let failure { throw failure }
    return Result(
      output: collector.collected[0],
      errorText: String(decoding: collector.collected[1], as: UTF8.self), ending: ending)
  }

  private static func spawn(
    _ arguments: [String], output: Int32, errors: Int32
  ) throws(Failure) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    guard unsafe posix_spawn_file_actions_init(&actions) == 0 else {
      throw .cannotRun("out of memory")
    }
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, errors, 2)
    var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
    unsafe words.append(nil)
    defer { unsafe words.forEach { unsafe free($0) } }
    var child = pid_t()
    let status = unsafe posix_spawn(&child, arguments[0], &actions, nil, words, environ)
    guard status == 0 else { throw .cannotRun(systemMessage(status)) }
    return child
  }

  private static func wait(for child: pid_t) -> Ending {
    var status: Int32 = 0
    while unsafe waitpid(child, &status, 0) < 0 {
      if errno != EINTR { return .exited(0) }
    }
    // The macros WIFSIGNALED and WEXITSTATUS of <sys/wait.h>.
    let signal = status & 0x7F
    return signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal: signal)
  }

  /// Two connected descriptors that other child processes do not inherit.
  ///
  /// A socket pair, because `pipe2` is hidden from Swift, and `pipe` with a later `fcntl` would
  /// leave a moment in which another thread's child inherits them.
  private final class Channel {
    let readEnd: Int32
    private(set) var writeEnd: Int32

    init() throws(Failure) {
      var ends: [Int32] = [-1, -1]
      let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue
      guard unsafe socketpair(AF_UNIX, Int32(kind), 0, &ends) == 0 else {
        throw .cannotRun(systemMessage(errno))
      }
      (readEnd, writeEnd) = (ends[0], ends[1])
    }

    func closeWriteEnd() {
      if writeEnd >= 0 { close(writeEnd) }
      writeEnd = -1
    }

    deinit {
      close(readEnd)
      if writeEnd >= 0 { close(writeEnd) }
    }
  }
}

/// Reads two descriptors to their ends, within limits.
private struct OutputCollector {
  let descriptors: [Int32]
  let limits: [Int]
  private(set) var collected: [[UInt8]] = [[], []]

  init(descriptors: [Int32], limits: [Int]) {
    self.descriptors = descriptors
    self.limits = limits
  }

  /// - Returns: nil when both descriptors have ended.
  mutating func collect(seconds: Int) -> ChildProcess.Failure? {
    let deadline = Self.milliseconds() + seconds * 1_000
    var isOpen = [true, true]
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while isOpen.contains(true) {
      let remaining = deadline - Self.milliseconds()
      guard remaining > 0 else { return .timedOut }
      var events = descriptors.indices.map { index in
        // A negative descriptor is left out by poll.
        pollfd(fd: isOpen[index] ? descriptors[index] : -1, events: Int16(POLLIN), revents: 0)
      }
      let ready = unsafe poll(&events, nfds_t(events.count), Int32(min(remaining, 60_000)))
      if ready < 0 && errno != EINTR {
        return .cannotRun(systemMessage(errno))
      }
      for index in descriptors.indices where ready > 0 && events[index].revents != 0 {
        let received = unsafe buffer.withUnsafeMutableBytes {
          unsafe read(descriptors[index], $0.baseAddress, $0.count)
        }
        if received < 0 && errno == EINTR { continue }
        guard received > 0 else {
          isOpen[index] = false
          continue
        }
        if !take(buffer[..<received], from: index) { return .outputTooLarge }
      }
    }
    return nil
  }

  /// False if standard output goes over its limit; of standard error the beginning is kept.
  private mutating func take(_ bytes: ArraySlice<UInt8>, from index: Int) -> Bool {
    let room = limits[index] - collected[index].count
    if index == 0, bytes.count > room { return false }
    collected[index].append(contentsOf: bytes.prefix(room))
    return true
  }

  private static func milliseconds() -> Int {
    var now = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &now)
    return now.tv_sec * 1_000 + now.tv_nsec / 1_000_000
  }
}
