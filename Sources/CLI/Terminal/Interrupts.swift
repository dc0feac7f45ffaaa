internal import Foundation
internal import Synchronization

/// Ctrl-C and termination: the running command is told, has a moment to stop at a clean point, and
/// then the process ends with exit code 130 (SIGINT) or 143 (SIGTERM).
///
/// Nothing depends on the clean point: every write to an index is a transaction, and every file is
/// written beside its place and renamed. A second signal ends the process at once.
enum Interrupts {
  private static let requested = Atomic<Bool>(false)
  private static let message = Mutex<(@Sendable () -> String?)?>(nil)
  /// How long a command has to stop by itself; under the 200 ms that a person takes for "at once".
  private static let graceMicroseconds: UInt32 = 150_000

  /// Whether the command should stop.
  static var isRequested: Bool { requested.load(ordering: .relaxed) }

  /// What is said when the command is interrupted.
  static func onInterrupt(say text: (@Sendable () -> String?)?) {
    message.withLock { $0 = text }
  }

  /// Blocks the signals in this thread and all that it starts, and waits for them in one thread.
  static func install() {
    // Writing to a closed pipe, or past a file-size limit, is an error of that call instead.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    let waiter = Thread {
      var signals = sigset_t()
      sigemptyset(&signals)
      sigaddset(&signals, SIGINT)
      sigaddset(&signals, SIGTERM)
      var received: Int32 = 0
      while sigwait(&signals, &received) != 0 {}
      requested.store(true, ordering: .relaxed)
      let status = 128 + received
      Thread.detachNewThread {
        usleep(graceMicroseconds)
        if let text = message.withLock({ $0 })?() { Terminal.complain("\n" + text) }
        _exit(status)
      }
      while sigwait(&signals, &received) != 0 {}
      _exit(status)
    }
    waiter.start()
  }
}
