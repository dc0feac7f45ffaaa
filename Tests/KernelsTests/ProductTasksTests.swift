import Testing

@testable import Kernels

/// The division of products into tasks: complete, without overlaps, and even.
@Suite struct ProductTasksTests {
  private static func tasks(
    rows: Int, panels: Int, inputs: Int, threads: Int, rowByteCount: Int? = nil
  ) -> ProductTasks {
    ProductTasks(
      rows: rows, rowByteCount: rowByteCount ?? inputs * 4, panels: panels, panelColumns: 48,
      inputs: inputs, threadCount: threads)
  }

  /// The rows times panels of the thread with the most, where all have the same speed, begin with
  /// their own part of the tasks, and then help the one with the most left.
  private static func largestShare(_ tasks: ProductTasks, threads: Int) -> Int {
    var parts = (0..<threads).map {
      $0 * tasks.count / threads..<($0 + 1) * tasks.count / threads
    }
    var shares = [Int](repeating: 0, count: threads)
    while let fullest = parts.indices.max(by: { parts[$0].count < parts[$1].count }),
      !parts[fullest].isEmpty
    {
      let next = shares.indices.min { shares[$0] < shares[$1] } ?? 0
      let part = parts[next].isEmpty ? fullest : next
      let (rows, panels) = tasks.ranges(of: parts[part].removeFirst())
      shares[next] += rows.count * panels.count
    }
    return shares.max() ?? 0
  }

  @Test(arguments: [0, 1, 5, 24, 49, 50, 77, 197, 512, 1_500, 4_000], [1, 7, 11, 32, 43, 1_031])
  func everyRowMeetsEveryPanelOnce(rows: Int, panels: Int) {
    for threads in [1, 2, 3, 8] {
      let tasks = Self.tasks(rows: rows, panels: panels, inputs: 512, threads: threads)
      var counts = [Int](repeating: 0, count: rows * panels)
      for task in 0..<tasks.count {
        let (taskRows, taskPanels) = tasks.ranges(of: task)
        #expect(!taskRows.isEmpty && !taskPanels.isEmpty)
        for row in taskRows { for panel in taskPanels { counts[row * panels + panel] += 1 } }
      }
      #expect(counts.allSatisfy { $0 == 1 }, "\(rows) rows, \(panels) panels, \(threads) threads")
    }
  }

  /// The products of CLIP's text tower, MiniLM's second one and Whisper base's, in panels of 48
  /// outputs: 32 in groups of three gave one of two threads 18 of them.
  @Test(arguments: [
    (77, 32, 512), (77, 11, 512), (77, 43, 512), (77, 11, 2_048), (128, 32, 384),
    (1_500, 11, 512), (512, 8, 384), (400, 16, 3_072),
  ])
  func twoThreadsHaveEvenShares(rows: Int, panels: Int, inputs: Int) {
    let tasks = Self.tasks(
      rows: rows, panels: panels, inputs: inputs, threads: 2, rowByteCount: inputs / 32 * 40)
    let even = Double(rows * panels) / 2
    #expect(Double(Self.largestShare(tasks, threads: 2)) <= 1.05 * even)
  }

  /// A single row, as in decoding, is cut by panels alone, in tasks of 2 µs and more.
  @Test func aSingleRowIsCutIntoFewTasks() {
    let tasks = Self.tasks(rows: 1, panels: 3_166, inputs: 2_048, threads: 2)
    #expect((12...14).contains(tasks.count))
    #expect(Self.tasks(rows: 1, panels: 8, inputs: 384, threads: 2).count == 1)
  }
}
