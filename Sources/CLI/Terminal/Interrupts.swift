internal import Foundation
internal import Synchronization

/// Ctrl-C and termination: the running command is told, has a moment to stop at a clean point, and
/// then the process ends with exit code 130 (SIGINT) or 143 (SIGTERM).
///
/// Nothing depends on the clean point: every write to an index is a transaction, and every file is
/// written beside its place and renamed. A second signal ends the process at once. In a conversation the
/// first Ctrl-C ends the answer alone.
enum Interrupts {
  private static let requested = Atomic<Bool>(false)
  private static let message = Mutex<(@Sendable () -> String?)?>(nil)
  /// How long a command has to stop by itself; under the 200 ms that a person takes for "at once".
  private static let graceMicroseconds = Atomic<UInt32>(150_000)

  /// Gives the command longer, where a clean point is further away than the usual moment: a token of a
  /// large model takes a fifth of a second, and its text so far is to be kept.
  static func allow(graceMicroseconds: UInt32) {
    self.graceMicroseconds.store(graceMicroseconds, ordering: .relaxed)
  }

  /// Whether a first Ctrl-C ends the answer that is being written, and the conversation goes on.
  private static let endsAnswerOnly = Atomic<Bool>(false)

  /// Runs an answer of a conversation, which Ctrl-C asks to stop and no more.
  ///
  /// A second one ends the process.
  ///
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws.
  static func endingAnswerOnly<Result>(_ body: () throws -> Result) rethrows -> Result {
    endsAnswerOnly.store(true, ordering: .sequentiallyConsistent)
    defer {
      endsAnswerOnly.store(false, ordering: .sequentiallyConsistent)
      requested.store(false, ordering: .sequentiallyConsistent)
    }
    return try body()
  }

  /// Whether the command should stop.
  static var isRequested: Bool { requested.load(ordering: .relaxed) }

  /// What is said when the command is interrupted.
  static func onInterrupt(say text: (@Sendable () -> String?)?) {
    message.withLock { $0 = text }
  }

  /// Counts the signals that came; a handler may do little more than raise it.
  private nonisolated(unsafe) static let arrivals: UnsafeMutablePointer<sem_t> = {
    let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    sem_init(semaphore, 0, 0)
    return semaphore
  }()

  /// The signal that came last.
  private static let lastSignal = Atomic<Int32>(SIGINT)

  /// Catches the signals from now on.
  ///
  /// By a handler, not by blocking them for `sigwait`: OpenBLAS starts a thread before `main`, which
  /// has nothing blocked, and a signal that finds such a thread ends the process at once.
  static func install() {
    // Writing to a closed pipe, or past a file-size limit, is an error of that call instead.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    _ = arrivals
    // A program that starts this one from a thread with blocked signals passes the mask on.
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
        if isSecond { _exit(128 + received) }
        if received == SIGINT, endsAnswerOnly.load(ordering: .sequentiallyConsistent) { continue }
        Thread.detachNewThread {
          usleep(graceMicroseconds.load(ordering: .relaxed))
          if let text = message.withLock({ $0 })?() { Terminal.complain("\n" + text) }
          _exit(128 + lastSignal.load(ordering: .relaxed))
        }
      }
    }
    waiter.start()
  }
}
