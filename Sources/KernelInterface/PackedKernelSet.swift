/// The kernels of an instruction set, which also multiply weights that were packed for it.
///
/// The scalar twins multiply weights in the order of their file and so do not conform.
package protocol PackedKernelSet: KernelSet {
  /// Outputs in a panel of a weight.
  var panelColumns: Int { get }
  /// Multiplies by panels of Float32 or Float16.
  func linearPanels(_ product: PanelProduct)

  /// Inputs in a group of a panel of `Q8_0` quants.
  var blockGroup: Int { get }
  /// Bytes of a row of `inputs` activations that ``quantizeOffsetQ80(_:rows:inputs:into:)`` wrote.
  func offsetQ80RowByteCount(inputs: Int) -> Int
  /// The largest quant of such a row: 255, or 127 where the multiplication of bytes needs it.
  var largestOffsetQuant: Float { get }
  /// Whether such a row has one element apart, whose residual is multiplied as Float32.
  var rowsHaveOutliers: Bool { get }
  /// Quantises rows `[rows, inputs]` to blocks of 32 unsigned bytes with a scale and an offset.
  func quantizeOffsetQ80(
    _ x: UnsafePointer<Float>, rows: Int, inputs: Int, into target: UnsafeMutableRawPointer)
  /// Multiplies such rows by panels of `Q8_0`.
  func linearOffsetQ80(_ product: OffsetQ80Product)

  /// Bytes of a row of `inputs` activations that ``quantizeInt16(_:rows:inputs:into:)`` wrote.
  func int16RowByteCount(inputs: Int) -> Int
  /// Quantises rows `[rows, inputs]` to signed 16-bit integers with a scale a row.
  func quantizeInt16(
    _ x: UnsafePointer<Float>, rows: Int, inputs: Int, into target: UnsafeMutableRawPointer)
  /// Multiplies such rows by panels of `Q8_0`.
  func linearInt16Q80(_ product: OffsetQ80Product)

  /// The scores of a block with quantised keys, `[keyCount, attentionQueryCount]`, the first step of
  /// ``attention(_:)``: apart, since they are equal to the scalar twin's bit for bit.
  ///
  /// - Parameters:
  ///   - block: has quantised keys.
  ///   - scores: where each key's scores of all queries are written; those of absent queries repeat
  ///     the last one's.
  func byteScores(_ block: AttentionBlock, into scores: UnsafeMutablePointer<Float>)

  /// Panels of 16 interleaved outputs that one tile multiplies: tasks are whole tiles.
  var tilePanels: Int { get }
  /// Bytes of 256 quantised activations.
  var activationByteCount: Int { get }
  /// Rows of activations in one ``multiply(_:_:)`` at most.
  var largestQuantizedRowCount: Int { get }
  /// Bytes of scratch that ``multiply(_:_:)`` needs for `rows` rows.
  func quantizedScratchByteCount(rows: Int) -> Int
  /// Quantises rows `[rows, inputs]` to `Q8_K`, from one superblock of a row to its next `stride`
  /// superblocks apart.
  func quantizeQ8K(
    _ x: UnsafePointer<Float>, rows: Int, inputs: Int, into target: UnsafeMutableRawPointer,
    stride: Int)
  /// Quantises rows to `Q8_0` as ggml does; parameters as those of
  /// ``quantizeQ8K(_:rows:inputs:into:stride:)``.
  func quantizeSignedQ80(
    _ x: UnsafePointer<Float>, rows: Int, inputs: Int, into target: UnsafeMutableRawPointer,
    stride: Int)
  /// Multiplies quantised rows by a weight of a type with integer kernels.
  func multiply(_ type: QuantizedType, _ product: QuantizedProduct)
  /// Interleaves sixteen rows.
  func interleave(_ step: InterleaveStep)

  /// Widens `blockCount` blocks of a type without integer kernels to Float32.
  func widen(
    _ type: WidenedType, _ source: UnsafeRawPointer, blockCount: Int,
    into target: UnsafeMutablePointer<Float>)
}

extension PackedKernelSet {
  /// Bytes of `rows` rows of activations in `Q8_K` or signed `Q8_0`.
  package func activationsByteCount(rows: Int, inputs: Int) -> Int {
    rows * ((inputs + 255) / 256) * activationByteCount
  }
}
