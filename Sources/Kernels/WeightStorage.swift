/// The memory of a ``WeightMatrix``, in one of the orders that a kernel reads.
final class WeightStorage: @unchecked Sendable {
  /// The order of the elements.
  enum Layout {
    /// As in the file: row-major, the file's own type. For the scalar kernels.
    case fileRows
    /// Row-major Float32, widened. For OpenBLAS.
    case float32Rows
    /// Panels of Float32 or Float16, `[panel, input, panelColumns]`. Types without kernels of their
    /// own are widened to Float32: the generic path.
    case panels(isHalf: Bool)
    /// Panels of `Q8_0` quants, `[panel, group of inputs, panelColumns, input of the group]`, then
    /// at `scalesOffset` their Float16 scales, `[panel, block, panelColumns]`, and at `sumsOffset`
    /// the Float32 sum of each block's weights, in the same order.
    case blockPanels(scalesOffset: Int, sumsOffset: Int)
  }

  let layout: Layout
  private let piece: WeightArena.Piece
  let byteCount: Int
  var bytes: UnsafeMutableRawPointer { piece.start }

  /// Copies `parts`, whose rows follow one another, into the layout that `compute` reads.
  init(
    type: WeightType, outputs: Int, inputs: Int, parts: [UnsafeRawBufferPointer], compute: Compute
  ) {
    let source = WeightSource(type: type, inputs: inputs, outputs: outputs, parts: parts)
    if compute.path == .blas {
      layout = .float32Rows
      byteCount = outputs * inputs * 4
      piece = compute.weights.allocate(byteCount: byteCount)
      source.widenRows(into: bytes, pool: compute.pool)
    } else if let vector = compute.vector {
      let panels = (outputs + vector.panelColumns - 1) / vector.panelColumns
      let elements = panels * vector.panelColumns * inputs
      if type == .q80 {
        let sumsOffset = elements + elements / 32 * 2
        layout = .blockPanels(scalesOffset: elements, sumsOffset: sumsOffset)
        byteCount = sumsOffset + elements / 32 * 4
        piece = compute.weights.allocate(byteCount: byteCount)
        source.packBlocks(
          into: bytes, scalesOffset: elements, sumsOffset: sumsOffset, vector, pool: compute.pool)
      } else {
        layout = .panels(isHalf: type == .f16)
        byteCount = elements * (type == .f16 ? 2 : 4)
        piece = compute.weights.allocate(byteCount: byteCount)
        source.packPanels(into: bytes, vector, pool: compute.pool)
      }
    } else {
      layout = .fileRows
      byteCount = parts.reduce(0) { $0 + $1.count }
      piece = compute.weights.allocate(byteCount: byteCount)
      var offset = 0
      for part in parts {
        UnsafeMutableRawBufferPointer(start: bytes + offset, count: part.count)
          .copyMemory(from: part)
        offset += part.count
      }
    }
  }
}
