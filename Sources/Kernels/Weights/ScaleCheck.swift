import KernelInterface
import KernelsReference
import Synchronization

/// Throws when a scale of a block is infinite or not a number, naming the first such block.
///
/// - Complexity: reads a few bytes of each block, the rows in parallel: 19 to 30 GB/s of weights on
///   2 threads of Zen 5.
func checkScales(
  _ bytes: UnsafeRawBufferPointer, type: WeightType, inputs: Int, pool: WorkerPool
) throws(KernelError) {
  let format = type.format
  guard !format.scaleOffsets.isEmpty, let rowByteCount = type.rowByteCount(inputs) else { return }
  let rows = bytes.count / rowByteCount
  // 1 MB of weights a task: about 50 us, much more than a claim costs.
  let rowsPerTask = max(1, (1 << 20) / rowByteCount)
  let firstBadRow = Atomic(Int.max)
  pool.run(taskCount: (rows + rowsPerTask - 1) / rowsPerTask) { task in
    let first = task * rowsPerTask
    let end = min(rows, first + rowsPerTask)
    let part = UnsafeRawBufferPointer(
      rebasing: bytes[(first * rowByteCount)..<(end * rowByteCount)])
    guard let block = format.firstBlockWithoutFiniteScale(part.bytes) else { return }
    firstBadRow.min(first + block / (inputs / format.elementCount), ordering: .relaxed)
  }
  let row = firstBadRow.load(ordering: .relaxed)
  guard row < Int.max else { return }
  let rowBytes = UnsafeRawBufferPointer(
    rebasing: bytes[(row * rowByteCount)..<((row + 1) * rowByteCount)])
  let block = format.firstBlockWithoutFiniteScale(rowBytes.bytes) ?? 0
  throw .scaleNotFinite(type: type, row: row, block: block)
}
