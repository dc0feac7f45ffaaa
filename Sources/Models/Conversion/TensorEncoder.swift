internal import Checkpoints
internal import Kernels

/// Encodes a tensor's rows in another type while a file is written, in parallel and a few megabytes at
/// a time.
struct TensorEncoder {
  private let rows: TensorRows
  private let type: WeightType
  private let pool: WorkerPool

  /// - Precondition: `RowEncoder.types` has the type, and a row is whole blocks of it.
  init(_ rows: TensorRows, as type: WeightType, pool: WorkerPool) {
    self.rows = rows
    self.type = type
    self.pool = pool
  }

  /// The encoded bytes, as a source for a writer.
  var source: TensorSource { .stream { (sink) throws(CheckpointError) in try write(to: sink) } }

  /// Numbers that are encoded at a time, before their bytes are written: 16 MB of Float32.
  private static let batchElementCount = 4 << 20

  private func write(to sink: TensorSink) throws(CheckpointError) {
    guard let rowByteCount = type.rowByteCount(rows.rowElementCount), rowByteCount > 0 else {
      throw failure("rows of \(rows.rowElementCount) are not whole \(type.rawValue) blocks")
    }
    let encoders = (0..<pool.threadCount).compactMap { _ in RowEncoder(type) }
    guard encoders.count == pool.threadCount else {
      throw failure("no quantiser for \(type.rawValue)")
    }
    let batchRows = max(pool.threadCount, Self.batchElementCount / rows.rowElementCount)
    for start in stride(from: 0, to: rows.rowCount, by: batchRows) {
      let count = min(batchRows, rows.rowCount - start)
      let batch = EncodedBatch(byteCount: count * rowByteCount, rowCount: count)
      pool.run(taskCount: count) { task, thread in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: rows.rowElementCount) { values in
          rows.read(start + task, into: values)
          batch.isEncoded[task] = encoders[thread].encode(
            UnsafeBufferPointer(values), into: batch.row(task, byteCount: rowByteCount))
        }
      }
      if let row = batch.isEncoded.firstIndex(of: false) {
        throw failure("row \(start + row) has a number that \(type.rawValue) cannot hold")
      }
      try sink.append(UnsafeRawBufferPointer(batch.bytes))
    }
  }

  private func failure(_ reason: String) -> CheckpointError {
    .cannotWrite(what: "tensor \(rows.info.name)", reason: reason)
  }
}

/// The rows of one batch; each task writes its own row.
private final class EncodedBatch: @unchecked Sendable {
  let bytes: UnsafeMutableRawBufferPointer
  let isEncoded: UnsafeMutableBufferPointer<Bool>

  init(byteCount: Int, rowCount: Int) {
    bytes = .allocate(byteCount: byteCount, alignment: 64)
    isEncoded = .allocate(capacity: rowCount)
    isEncoded.initialize(repeating: false)
  }

  deinit {
    bytes.deallocate()
    isEncoded.deallocate()
  }

  func row(_ row: Int, byteCount: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: bytes[(row * byteCount)..<((row + 1) * byteCount)])
  }
}
