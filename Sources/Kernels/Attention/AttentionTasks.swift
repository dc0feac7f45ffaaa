/// The division of a call's queries between tasks.
///
/// A task is some blocks of queries of one head of one sequence: all of them, or a part where heads are
/// few for the threads.
struct AttentionTasks {
  /// Queries of a block, which a kernel takes at once.
  let blockQueries: Int
  /// Blocks of a task, the last of a head excepted.
  let blocksPerTask: Int
  /// Tasks.
  let count: Int

  private let tasksPerHead: Int
  private let heads: Int

  init(_ operands: AttentionOperands, blockQueries: Int, threadCount: Int) {
    heads = operands.shape.heads
    self.blockQueries = blockQueries
    let headCount = operands.sequenceCount * heads
    let blocks = max(
      1, (operands.longest(operands.queryOffsets) + blockQueries - 1) / blockQueries)
    // Six tasks a thread keep the threads' shares even.
    let parts = min(blocks, (6 * threadCount + headCount - 1) / max(1, headCount))
    blocksPerTask = (blocks + parts - 1) / parts
    tasksPerHead = (blocks + blocksPerTask - 1) / blocksPerTask
    count = headCount * tasksPerHead
  }

  /// The head and the queries of a task; of a short sequence there may be none.
  func part(_ task: Int, of operands: AttentionOperands) -> (
    sequence: Int, head: Int, queries: Range<Int>
  ) {
    let sequence = task / (heads * tasksPerHead)
    let end = operands.queryCount(sequence)
    let first = min(end, task % tasksPerHead * blocksPerTask * blockQueries)
    return (
      sequence, task / tasksPerHead % heads, first..<min(end, first + blocksPerTask * blockQueries)
    )
  }
}
