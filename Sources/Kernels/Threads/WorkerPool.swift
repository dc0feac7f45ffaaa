import Glibc
import Synchronization

#if arch(x86_64)
  /// The `pause` instruction: tells the core that this is a spin loop.
  @_extern(c, "llvm.x86.sse2.pause") func spinPause()
#else
  /// Nothing on other processors.
  func spinPause() {}
#endif

/// glibc's `pthread_setname_np`, which its headers declare for `_GNU_SOURCE` only.
@_extern(c, "pthread_setname_np")
func setThreadName(_ thread: pthread_t, _ name: UnsafePointer<CChar>) -> CInt

/// The threads that every parallel step runs on.
///
/// A step is a number of independent tasks; the calling thread and the workers claim them one by
/// one. A worker that finds nothing to do spins briefly (the next step of a forward pass comes
/// within microseconds) and then waits in the kernel (a futex, through glibc's `sem_t`), so a
/// loaded machine or an idle program loses nothing. A worker that does not wake in time is not
/// waited for: the others take its tasks.
///
/// Which thread runs a task is not fixed, so a task must write only what is its own, and its result
/// must not depend on the thread.
package final class WorkerPool: Sendable {
  /// Threads that compute, the caller included.
  package let threadCount: Int

  private let state: WorkerPoolState
  private let threads: [pthread_t]

  /// Starts `threadCount - 1` workers; fewer when the system refuses a thread.
  package init(threadCount: Int) {
    let workers = max(0, threadCount - 1)
    state = WorkerPoolState(workerCount: workers)
    var started: [pthread_t] = []
    for worker in 0..<workers {
      guard let thread = WorkerPool.startWorker(state, index: worker) else { break }
      started.append(thread)
    }
    threads = started
    self.threadCount = started.count + 1
  }

  deinit {
    state.stop()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Runs `body` for each task number below `taskCount`, in any order and in parallel, and returns
  /// when all have ended.
  ///
  /// A call from inside a task, or while another thread's call is in progress, runs its tasks on
  /// the calling thread.
  package func run(taskCount: Int, _ body: (Int) -> Void) {
    run(taskCount: taskCount) { task, _ in body(task) }
  }

  /// As ``run(taskCount:_:)``; `body` also receives an index below ``threadCount`` that no other
  /// thread of the same call has: the index of its scratch.
  package func run(taskCount: Int, _ body: (_ task: Int, _ thread: Int) -> Void) {
    precondition(taskCount < 1 << 31, "too many tasks")
    if taskCount > 1, threadCount > 1, state.begin() {
      state.run(taskCount: taskCount, body)
      state.end()
    } else {
      for task in 0..<max(0, taskCount) { body(task, 0) }
    }
  }

  /// The threads that a call would have now: one inside a task.
  ///
  /// Work that is cut more finely than its threads need reads its weights more often.
  package var freeThreadCount: Int { state.isFree ? threadCount : 1 }

  /// The name of the worker threads, of at most 15 bytes as Linux demands.
  package static let threadName = "swiftrag-worker"

  private static func startWorker(_ state: WorkerPoolState, index: Int) -> pthread_t? {
    let argument = Unmanaged.passRetained(WorkerArgument(state: state, index: index))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { pointer in
        guard let pointer else { return nil }
        let argument = Unmanaged<WorkerArgument>.fromOpaque(pointer).takeRetainedValue()
        argument.state.work(worker: argument.index)
        return nil
      }, argument.toOpaque())
    guard status == 0 else {
      argument.release()
      return nil
    }
    // Shown by `top -H` and in /proc/PID/task/*/comm; a test counts the threads of this name.
    _ = setThreadName(thread, threadName)
    return thread
  }
}

/// The argument of a new worker thread.
private final class WorkerArgument: Sendable {
  let state: WorkerPoolState
  let index: Int

  init(state: WorkerPoolState, index: Int) {
    self.state = state
    self.index = index
  }
}
