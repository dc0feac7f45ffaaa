import Kernels
import Synchronization
import Testing

@Suite struct WorkerPoolTests {
  @Test(arguments: [1, 2, 3, 5]) func everyTaskRunsOnce(threadCount: Int) {
    let pool = WorkerPool(threadCount: threadCount)
    for taskCount in [0, 1, 2, 3, 7, 64, 1000] {
      let counts = (0..<taskCount).map { _ in Counter() }
      pool.run(taskCount: taskCount) { task, thread in
        #expect(thread < pool.threadCount)
        counts[task].value.add(1, ordering: .relaxed)
      }
      #expect(counts.allSatisfy { $0.value.load(ordering: .relaxed) == 1 })
    }
  }

  /// Also with more threads than have parts, with fewer tasks than threads, and from inside a task.
  @Test(arguments: [1, 2, 3, 4, 5]) func everyTaskOfAPartRunsOnce(threadCount: Int) {
    let pool = WorkerPool(threadCount: threadCount)
    for taskCount in [0, 1, 2, 3, 7, 64, 1_001] {
      for isNested in [false, true] {
        let counts = (0..<taskCount).map { _ in Counter() }
        pool.run(taskCount: isNested ? 1 : 0) { _ in
          pool.runInParts(taskCount: taskCount) { task, _ in
            counts[task].value.add(1, ordering: .relaxed)
          }
        }
        if !isNested {
          pool.runInParts(taskCount: taskCount) { task, thread in
            #expect(thread < pool.threadCount)
            counts[task].value.add(1, ordering: .relaxed)
          }
        }
        #expect(counts.allSatisfy { $0.value.load(ordering: .relaxed) == 1 })
      }
    }
  }

  /// A thread helps the other only when nothing of its own part is left.
  @Test func aThreadBeginsWithItsOwnPart() {
    let pool = WorkerPool(threadCount: 2)
    for _ in 0..<200 {
      let hasHelped = (0..<2).map { _ in Counter() }
      pool.runInParts(taskCount: 100) { task, thread in
        if task / 50 != thread {
          hasHelped[thread].value.store(1, ordering: .relaxed)
        } else {
          #expect(hasHelped[thread].value.load(ordering: .relaxed) == 0)
        }
      }
    }
  }

  @Test func manyStepsInARow() {
    let pool = WorkerPool(threadCount: 3)
    let total = Counter()
    for _ in 0..<20_000 {
      pool.run(taskCount: 4) { task in total.value.add(task, ordering: .relaxed) }
    }
    #expect(total.value.load(ordering: .relaxed) == 20_000 * 6)
  }

  @Test func nestedAndConcurrentCalls() async {
    let pool = WorkerPool(threadCount: 2)
    let total = Counter()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<200 {
            pool.run(taskCount: 3) { _ in
              pool.run(taskCount: 2) { _ in total.value.add(1, ordering: .relaxed) }
            }
          }
        }
      }
    }
    #expect(total.value.load(ordering: .relaxed) == 4 * 200 * 6)
  }

  @Test func threadsOfOneCallHaveDifferentIndices() {
    let pool = WorkerPool(threadCount: 3)
    let inUse = (0..<3).map { _ in Counter() }
    pool.run(taskCount: 5_000) { _, thread in
      let before = inUse[thread].value.add(1, ordering: .acquiringAndReleasing).oldValue
      #expect(before == 0)
      inUse[thread].value.subtract(1, ordering: .acquiringAndReleasing)
    }
  }

  @Test func poolsComeAndGo() {
    for _ in 0..<50 {
      let pool = WorkerPool(threadCount: 3)
      pool.run(taskCount: 2) { _ in }
    }
  }
}

/// An atomic that closures can share.
final class Counter: Sendable {
  let value = Atomic<Int>(0)
}
