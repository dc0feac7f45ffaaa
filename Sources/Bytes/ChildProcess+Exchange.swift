// The streams of a running child: all three are served together, so none can block another.

internal import Glibc

extension ChildProcess {
  /// Waits until a stream is ready, then sends input and receives output and errors once.
  ///
  /// - Returns: the number of bytes of standard output, 0 where none arrived or it ended.
  func exchange(
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

  func checkDeadline() throws(Failure) {
    guard let deadline, deadline <= .now else { return }
    stop()
    throw .timedOut
  }

  /// Collects the exit status; false where the program still runs.
  func reap(flags: Int32) -> Bool {
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
struct ByteTail {
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
