internal import Foundation
internal import Synchronization

/// Handles Ctrl-C and SIGTERM: the running command gets a moment to stop at a clean point, then the
/// process ends with exit code 130 (SIGINT) or 143 (SIGTERM).
///
/// No data depends on the clean point: every write to an index is a transaction, and every file is
/// written under another name and then renamed. A second signal ends the process at once. In a
/// conversation the first Ctrl-C only ends the current answer; in one with a line editor, Ctrl-C
/// between two answers does nothing.
enum Interrupts {
  private static let requested = Atomic<Bool>(false)
  private static let message = Mutex<(@Sendable () -> String?)?>(nil)
  /// The time that a command has to stop by itself: less than the 200 ms that people perceive as
  /// immediate.
  private static let graceMicroseconds = Atomic<UInt32>(150_000)

  /// Gives the command more time: a token of a large model takes a fifth of a second, and the text
  /// written so far must be kept.
  static func allow(graceMicroseconds: UInt32) {
    self.graceMicroseconds.store(graceMicroseconds, ordering: .relaxed)
  }

  /// Whether the first Ctrl-C only ends the current answer of a conversation.
  private static let endsAnswerOnly = Atomic<Bool>(false)

  /// Runs `body`, an answer of a conversation, which the first Ctrl-C ends; the second ends the
  /// process.
  ///
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws.
  static func endingAnswerOnly<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = endsAnswerOnly.exchange(true, ordering: .sequentiallyConsistent)
    defer {
      endsAnswerOnly.store(before, ordering: .sequentiallyConsistent)
      forget()
    }
    return try body()
  }

  /// Forgets a Ctrl-C that came after the answer that it was meant for.
  static func forget() { requested.store(false, ordering: .sequentiallyConsistent) }

  /// Whether the command should stop.
  static var isRequested: Bool { requested.load(ordering: .relaxed) }

  /// Sets the message that is printed when the command is interrupted.
  static func onInterrupt(say text: (@Sendable () -> String?)?) {
    message.withLock { $0 = text }
  }

  /// Sets what is done before a signal ends the process, on another thread.
  static func onExit(_ body: @escaping @Sendable () -> Void) { atExit.withLock { $0 = body } }

  private static let atExit = Mutex<(@Sendable () -> Void)?>(nil)

  private static func end(_ signal: Int32) -> Never {
    atExit.withLock { $0 }?()
    _exit(128 + signal)
  }

  /// Counts the signals.
  ///
  /// Posting a semaphore is one of the few things that a signal handler may do.
  private nonisolated(unsafe) static let arrivals: UnsafeMutablePointer<sem_t> = {
    let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    sem_init(semaphore, 0, 0)
    return semaphore
  }()

  /// The most recent signal.
  private static let lastSignal = Atomic<Int32>(SIGINT)

  /// Installs the signal handlers.
  ///
  /// Blocking the signals and calling `sigwait` would not work: OpenBLAS starts threads before
  /// `main`, which have no signal blocked, and a signal that is delivered to one of them would end
  /// the process.
  static func install() {
    // Writing to a closed pipe, or past a limit of the file size, makes the call fail instead.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    _ = arrivals
    // The parent process may have blocked the signals; the mask is inherited.
    var mask = sigset_t()
    sigemptyset(&mask)
    for number in [SIGINT, SIGTERM] {
      sigaddset(&mask, number)
      signal(number) { received in
        Interrupts.lastSignal.store(received, ordering: .relaxed)
        sem_post(Interrupts.arrivals)
      }
    }
    pthread_sigmask(SIG_UNBLOCK, &mask, nil)
    let waiter = Thread {
      while true {
        while sem_wait(arrivals) != 0 {}
        let received = lastSignal.load(ordering: .relaxed)
        let isSecond = requested.exchange(true, ordering: .sequentiallyConsistent)
        if isSecond { end(received) }
        if received == SIGINT, endsAnswerOnly.load(ordering: .sequentiallyConsistent) { continue }
        Thread.detachNewThread {
          usleep(graceMicroseconds.load(ordering: .relaxed))
          if let text = message.withLock({ $0 })?() { Terminal.complain("\n" + text) }
          end(lastSignal.load(ordering: .relaxed))
        }
      }
    }
    waiter.start()
  }
}
