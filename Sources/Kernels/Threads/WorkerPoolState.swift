import Glibc
import KernelInterface
import KernelsReference
import Synchronization

/// The words of a closure; see BorrowedTaskBody.swift in KernelInterface, which defines this
/// symbol.
@_silgen_name("swiftrag_taskBodyWords")
private func taskBodyWords(of body: (_ task: Int, _ thread: Int) -> Void) -> TaskBodyWords

/// Calls the closure of these words, which must still be running its caller's `run`.
@_silgen_name("swiftrag_callTaskBody")
private func callTaskBody(
  function: UnsafeRawPointer, context: UnsafeRawPointer?, task: Int, thread: Int)

/// The state that the caller and the workers of one ``WorkerPool`` share.
///
/// One 64-bit word holds the number of the current step (high half) and how many of its tasks are
/// unclaimed (low half). Claiming a task is one compare-and-swap of that word, so a worker that
/// slept through a step cannot take a task of the next one by mistake. `body` and `taskCount` are
/// written only when no task is unfinished, and read only after a claim succeeded, that is while
/// a task is unfinished: this is why the class may be shared without a lock.
final class WorkerPoolState: @unchecked Sendable {
  /// Polls of the word without finding work, a pause after each, before a worker parks: about 50
  /// µs, longer than the gaps inside a forward pass, shorter than a scheduler tick.
  private static let spinLimit = 2_000

  private let claimWord = Atomic<UInt64>(0)
  private let unfinished = Atomic<Int>(0)
  private let isBusy = Atomic<Bool>(false)
  private let isStopping = Atomic<Bool>(false)
  private let workers: [ThreadParker]
  private let caller = ThreadParker()
  private var body: TaskBodyWords?
  private var taskCount = 0

  init(workerCount: Int) {
    workers = (0..<workerCount).map { _ in ThreadParker() }
  }

  /// Reserves the pool for one call; false when another call has it.
  func begin() -> Bool {
    isBusy.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing)
      .exchanged
  }

  /// Whether no call is in progress.
  var isFree: Bool { !isBusy.load(ordering: .relaxed) }

  /// Releases the pool.
  func end() {
    isBusy.store(false, ordering: .releasing)
  }

  /// Publishes one step, works on it, and waits until all its tasks have ended.
  ///
  /// The body does not escape: when this returns, no thread runs it, and none will.
  func run(taskCount: Int, _ body: (_ task: Int, _ thread: Int) -> Void) {
    self.body = taskBodyWords(of: body)
    self.taskCount = taskCount
    unfinished.store(taskCount, ordering: .relaxed)
    let step = claimWord.load(ordering: .relaxed) >> 32
    claimWord.store((step &+ 1) << 32 | UInt64(taskCount), ordering: .sequentiallyConsistent)
    for worker in 0..<min(workers.count, taskCount - 1) { workers[worker].wake() }
    claimTasks(thread: 0)
    waitUntilFinished()
    self.body = nil
  }

  /// The loop of a worker thread.
  func work(worker: Int) {
    let sleeper = workers[worker]
    while !isStopping.load(ordering: .acquiring) {
      if claimTasks(thread: worker + 1) { continue }
      var spins = 0
      while spins < Self.spinLimit, !hasWork {
        spinPause()
        spins += 1
      }
      if spins == Self.spinLimit { sleeper.sleep(unless: { self.hasWork }) }
    }
  }

  /// Ends the workers; only for deinit, when no step can be running.
  func stop() {
    isStopping.store(true, ordering: .sequentiallyConsistent)
    for worker in workers { worker.wake() }
  }

  private var hasWork: Bool {
    claimWord.load(ordering: .sequentiallyConsistent) & 0xffff_ffff != 0
      || isStopping.load(ordering: .sequentiallyConsistent)
  }

  /// Claims and runs tasks until none is left; whether it ran any.
  @discardableResult
  private func claimTasks(thread: Int) -> Bool {
    var ranAny = false
    var word = claimWord.load(ordering: .acquiring)
    while word & 0xffff_ffff != 0 {
      let (exchanged, original) = claimWord.compareExchange(
        expected: word, desired: word - 1, ordering: .acquiringAndReleasing)
      guard exchanged else {
        word = original
        continue
      }
      if let body {
        callTaskBody(
          function: body.function, context: body.context,
          task: taskCount - Int(word & 0xffff_ffff), thread: thread)
      }
      ranAny = true
      let (_, left) = unfinished.subtract(1, ordering: .sequentiallyConsistent)
      if left == 0, thread != 0 { caller.wake() }
      word = claimWord.load(ordering: .acquiring)
    }
    return ranAny
  }

  private func waitUntilFinished() {
    func isFinished() -> Bool { unfinished.load(ordering: .sequentiallyConsistent) == 0 }
    var spins = 0
    while !isFinished() {
      if spins < Self.spinLimit {
        spinPause()
        spins += 1
      } else {
        // The thread that holds the last task may wait for this very core.
        caller.sleep(unless: isFinished)
      }
    }
  }
}

/// Parks a thread: a flag and a semaphore.
private final class ThreadParker: @unchecked Sendable {
  private let isAsleep = Atomic<Bool>(false)
  private let semaphore: UnsafeMutablePointer<sem_t>

  init() {
    semaphore = .allocate(capacity: 1)
    sem_init(semaphore, 0, 0)
  }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  /// Blocks until ``wake()``, unless the condition already holds.
  ///
  /// The flag is raised before the condition is read, and a waker makes the condition true before
  /// it reads the flag, so one of the two sees the other.
  func sleep(unless condition: () -> Bool) {
    isAsleep.store(true, ordering: .sequentiallyConsistent)
    if condition(), isAsleep.exchange(false, ordering: .sequentiallyConsistent) { return }
    while sem_wait(semaphore) != 0 {}  // EINTR: a signal handler ran
  }

  /// Wakes the thread if it is blocked or about to block.
  func wake() {
    guard isAsleep.load(ordering: .sequentiallyConsistent),
      isAsleep.exchange(false, ordering: .sequentiallyConsistent)
    else { return }
    sem_post(semaphore)
  }
}
