/// The division of a matrix product into tasks: blocks of rows times groups of panels.
///
/// The cut changes only who computes what and when, never the order of a sum. Threads claim tasks one
/// by one, so the time is that of the thread with the largest share: of 43 panels in groups of four,
/// two threads have 24 and 19; in groups of two, 22 and 21. Where there are rows enough, each thread has
/// rows of its own, which are in its own cache from the step before.
struct ProductTasks {
  let rowsPerTask: Int
  let panelsPerTask: Int
  private let rows: Int
  private let panels: Int
  private let panelGroups: Int
  /// Number of tasks.
  let count: Int

  /// Bytes of a task's rows at most: three quarters of a second-level cache of 1 MB, so that they
  /// stay there while the panels pass.
  private static let largestRowsByteCount = 768 << 10

  /// Multiplications of one task at least, about 2 µs: a claim costs 0.1 µs.
  private static let smallestWork = 200_000

  /// Tasks for each thread at least, where the work allows, so that a thread which the system
  /// interrupts holds up little.
  private static let tasksPerThread = 6

  /// Rows in whole tiles of every instruction set.
  private static let wholeTiles = 24

  /// Rows of a thread at least where each has rows of its own: it reads every panel, which takes the
  /// time of about two rows.
  private static let fewestOwnRows = 24

  init(
    rows: Int, rowByteCount: Int, panels: Int, panelColumns: Int, inputs: Int, threadCount: Int
  ) {
    self.rows = rows
    self.panels = panels
    let product = Product(
      rows: rows, panels: panels, panelWork: panelColumns * inputs, threadCount: threadCount)
    let largestRowCount = max(Self.wholeTiles, Self.largestRowsByteCount / rowByteCount)
    let rowBlocks = max(1, (rows + largestRowCount - 1) / largestRowCount)
    let division: Product.Division
    if rows >= Self.fewestOwnRows * threadCount, threadCount > 1 {
      // Each thread has rows of its own, in blocks of equal size; see `WorkerPool.runInParts`.
      let blocks = (rowBlocks + threadCount - 1) / threadCount * threadCount
      division = product.division(
        rowsPerTask: Self.rounded(rows, over: blocks, to: Self.wholeTiles / 3))
    } else {
      division = product.division(
        rowsPerTask: Self.rounded(rows, over: rowBlocks, to: Self.wholeTiles))
    }
    (rowsPerTask, panelsPerTask) = (division.rowsPerTask, division.panelsPerTask)
    panelGroups = (panels + panelsPerTask - 1) / panelsPerTask
    count = rows == 0 ? 0 : panelGroups * product.rowBlocks(of: rowsPerTask)
  }

  /// The rows and panels of one task; tasks of the same rows follow one another.
  func ranges(of task: Int) -> (rows: Range<Int>, panels: Range<Int>) {
    let row = task / panelGroups * rowsPerTask
    let panel = task % panelGroups * panelsPerTask
    return (row..<min(rows, row + rowsPerTask), panel..<min(panels, panel + panelsPerTask))
  }

  /// A share of the rows, rounded up to a multiple of `unit`; at least one.
  private static func rounded(_ rows: Int, over blocks: Int, to unit: Int) -> Int {
    max(unit, ((rows + blocks - 1) / blocks + unit - 1) / unit * unit)
  }

  /// A product to divide.
  private struct Product {
    let rows: Int
    let panels: Int
    /// Multiplications of one row with one panel.
    let panelWork: Int
    let threadCount: Int

    /// A way to cut the product; `share` is the largest share of a thread, in rows times panels.
    struct Division {
      let rowsPerTask: Int
      let panelsPerTask: Int
      let share: Int
    }

    /// Sizes of a group of panels that are tried.
    private static let triedSizes = 8

    func rowBlocks(of rowsPerTask: Int) -> Int { max(1, (rows + rowsPerTask - 1) / rowsPerTask) }

    /// The group of panels with the most even shares; of equal ones the largest, which takes the
    /// fewest claims.
    func division(rowsPerTask: Int) -> Division {
      let rowBlocks = rowBlocks(of: rowsPerTask)
      let blockRows = max(1, min(rows, rowsPerTask))
      let groupsWanted = min(panels, (tasksPerThread * threadCount + rowBlocks - 1) / rowBlocks)
      let least = min(panels, max(1, smallestWork / max(1, blockRows * panelWork)))
      let largest = max(least, (panels + groupsWanted - 1) / max(1, groupsWanted))
      func division(_ panelsPerTask: Int) -> Division {
        let tasks = (panels + panelsPerTask - 1) / panelsPerTask * rowBlocks
        let rounds = (tasks + threadCount - 1) / threadCount
        return Division(
          rowsPerTask: rowsPerTask, panelsPerTask: panelsPerTask,
          share: rounds * panelsPerTask * blockRows)
      }
      var best = division(largest)
      for size in stride(from: largest - 1, through: max(least, largest - Self.triedSizes), by: -1)
      {
        let next = division(size)
        if next.share < best.share { best = next }
      }
      return best
    }
  }
}
