/// The division of a matrix product into tasks: blocks of rows times groups of panels.
///
/// The cut changes only who computes what and when, never the order of a sum.
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

  init(
    rows: Int, rowByteCount: Int, panels: Int, panelColumns: Int, inputs: Int, threadCount: Int
  ) {
    self.rows = rows
    self.panels = panels
    let largestRowCount = max(24, Self.largestRowsByteCount / rowByteCount)
    let rowBlocks = max(1, (rows + largestRowCount - 1) / largestRowCount)
    // Row blocks of equal size, in whole tiles of every instruction set (24 rows).
    rowsPerTask = max(24, ((rows + rowBlocks - 1) / rowBlocks + 23) / 24 * 24)
    let actualRowBlocks = max(1, (rows + rowsPerTask - 1) / rowsPerTask)
    let groupsWanted = min(
      panels, (Self.tasksPerThread * threadCount + actualRowBlocks - 1) / actualRowBlocks)
    let workOfPanel = max(1, min(rows, rowsPerTask) * panelColumns * inputs)
    let panelsWanted = (panels + groupsWanted - 1) / groupsWanted
    panelsPerTask = min(panels, max(panelsWanted, Self.smallestWork / workOfPanel))
    panelGroups = (panels + panelsPerTask - 1) / panelsPerTask
    count = rows == 0 ? 0 : panelGroups * actualRowBlocks
  }

  /// The rows and panels of one task; tasks of the same rows follow one another.
  func ranges(of task: Int) -> (rows: Range<Int>, panels: Range<Int>) {
    let row = task / panelGroups * rowsPerTask
    let panel = task % panelGroups * panelsPerTask
    return (row..<min(rows, row + rowsPerTask), panel..<min(panels, panel + panelsPerTask))
  }
}
