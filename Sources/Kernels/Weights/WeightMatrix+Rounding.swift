import KernelInterface
import KernelsReference
import Synchronization

/// Rows of a matrix in one type, to be stacked with others.
package struct WeightRows {
  package let type: WeightType
  package let outputs: Int
  /// Row-major `[outputs, inputs]`.
  package let bytes: UnsafeRawBufferPointer

  package init(type: WeightType, outputs: Int, bytes: UnsafeRawBufferPointer) {
    self.type = type
    self.outputs = outputs
    self.bytes = bytes
  }
}

extension WeightMatrix {
  /// Quantised matrices of the same inputs, of any types, rounded to `Q8_0` and stacked into one.
  ///
  /// `Q8_0` has kernels for precise activations, the other types have none: theirs round activations
  /// over 256 elements, or widen the weight again for every product. A weight is changed by at most
  /// `max |w| / 254` of its 32 neighbours, an eighth of what five bits have changed it before.
  ///
  /// - Parameters:
  ///   - parts: the matrices; those in `Q8_0` stay as they are.
  ///   - inputs: columns of all parts.
  ///   - compute: what will multiply.
  /// - Throws: ``KernelError`` as the plain initialiser, for any of the parts.
  /// - Complexity: O(outputs × inputs) time, and the memory of the result in `Q8_0` twice.
  package convenience init(
    roundingToQ80 parts: [WeightRows], inputs: Int, compute: ComputeContext
  ) throws(KernelError) {
    var rounded: [RoundedRows] = []
    for part in parts {
      rounded.append(try RoundedRows(part, inputs: inputs, compute: compute))
    }
    try self.init(
      type: .q80, inputs: inputs,
      parts: zip(parts, rounded).map { ($0.outputs, $1.bytes) }, compute: compute,
      activations: .precise)
    withExtendedLifetime(rounded) {}
  }
}

/// The `Q8_0` bytes of rows: a copy, or where they are in `Q8_0` the rows themselves.
private final class RoundedRows {
  let bytes: UnsafeRawBufferPointer
  private let copy: UnsafeMutableRawBufferPointer?

  init(_ rows: WeightRows, inputs: Int, compute: ComputeContext) throws(KernelError) {
    let rowByteCount = try checkedRowByteCount(
      type: rows.type, rows: rows.outputs, columns: inputs, available: rows.bytes.count)
    if rows.type == .q80 {
      (bytes, copy) = (rows.bytes, nil)
      return
    }
    guard let target = WeightType.q80.rowByteCount(inputs) else {
      throw .partialBlock(type: .q80, columns: inputs)
    }
    try checkScales(rows.bytes, type: rows.type, inputs: inputs, pool: compute.pool)
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: rows.outputs * target, alignment: 64)
    (bytes, copy) = (UnsafeRawBufferPointer(memory), memory)
    let address = Address(memory)
    let firstBadRow = Atomic(Int.max)
    compute.pool.run(taskCount: rows.outputs) { row in
      let source = UnsafeRawBufferPointer(
        rebasing: rows.bytes[(row * rowByteCount)..<((row + 1) * rowByteCount)])
      let result = UnsafeMutableRawBufferPointer(
        rebasing: address.pointer[(row * target)..<((row + 1) * target)])
      withUnsafeTemporaryAllocation(of: Float.self, capacity: inputs) { values in
        compute.widenRow(rows.type, source, into: values)
        if !encodeQ80(UnsafeBufferPointer(values), into: result) {
          firstBadRow.min(row, ordering: .relaxed)
        }
      }
    }
    let row = firstBadRow.load(ordering: .relaxed)
    if row < Int.max {
      throw .scaleNotFinite(
        type: rows.type, row: row, block: Self.firstTooLargeBlock(rows, row, inputs: inputs))
    }
  }

  /// The first block of a row whose scale is finite, and beyond Float16 in `Q8_0`.
  private static func firstTooLargeBlock(_ rows: WeightRows, _ row: Int, inputs: Int) -> Int {
    let type = rows.type
    let blockCount = inputs / type.blockElementCount
    var values = [Float](repeating: 0, count: type.blockElementCount)
    return (0..<blockCount).first { block in
      let start = (row * blockCount + block) * type.blockByteCount
      let bytes = UnsafeRawBufferPointer(
        rebasing: rows.bytes[start..<(start + type.blockByteCount)])
      values.withUnsafeMutableBufferPointer { widen(type: type, bytes: bytes, into: $0) }
      let largest = values.reduce(0) { max($0, abs($1)) }
      return !Float16(largest / 127).isFinite
    } ?? 0
  }

  deinit { copy?.deallocate() }
}
