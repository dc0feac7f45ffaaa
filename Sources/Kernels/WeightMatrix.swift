/// A learned matrix `[outputs, inputs]`, in the order in memory that its ``Compute`` multiplies
/// fastest.
///
/// It is made once, at load, for one ``Compute``, and may be used only with it. Copying and
/// reordering cost O(outputs × inputs) time and the memory that ``byteCount`` reports; the file's
/// bytes are not needed afterwards.
package final class WeightMatrix: @unchecked Sendable {
  /// The element type of the file.
  package let type: WeightType
  /// Rows: the width of the layer's result.
  package let outputs: Int
  /// Columns: the width of the layer's input.
  package let inputs: Int
  /// Memory that the matrix holds, in bytes.
  package let byteCount: Int

  let storage: WeightStorage

  /// The matrix in a file's bytes, row-major `[outputs, inputs]` in `type`.
  ///
  /// - Throws: ``KernelError`` when `bytes` is not that many elements, a row is not whole blocks, or
  ///   a block's scale is not finite.
  package convenience init(
    type: WeightType, outputs: Int, inputs: Int, bytes: UnsafeRawBufferPointer, compute: Compute
  ) throws(KernelError) {
    try self.init(type: type, inputs: inputs, parts: [(outputs, bytes)], compute: compute)
  }

  /// Several matrices of the same inputs stacked into one, so that one product computes them all
  /// (queries, keys and values).
  ///
  /// - Throws: as the plain initialiser, for any of the parts.
  package init(
    type: WeightType, inputs: Int, parts: [(outputs: Int, bytes: UnsafeRawBufferPointer)],
    compute: Compute
  ) throws(KernelError) {
    for part in parts {
      _ = try checkedRowByteCount(
        type: type, rows: part.outputs, columns: inputs, available: part.bytes.count)
      try checkScales(part.bytes, type: type, inputs: inputs, pool: compute.pool)
    }
    let outputs = parts.reduce(0) { $0 + $1.outputs }
    self.type = type
    self.outputs = outputs
    self.inputs = inputs
    storage = WeightStorage(
      type: type, outputs: outputs, inputs: inputs, parts: parts.map(\.bytes), compute: compute)
    byteCount = storage.byteCount
  }
}
