import KernelInterface
import KernelsReference

/// The memory of a ``WeightMatrix``, in one of the orders that a kernel reads.
final class WeightStorage: @unchecked Sendable {
  /// The order of the elements.
  enum Layout {
    /// As in the file: row-major, the file's own type. For the scalar kernels, and for types that
    /// the vector kernels widen row by row.
    case fileRows
    /// Row-major Float32, widened. For OpenBLAS.
    case float32Rows
    /// Panels of Float32 or Float16, `[panel, input, panelColumns]`.
    case panels(isHalf: Bool)
    /// Panels of `Q8_0` quants, `[panel, group of inputs, panelColumns, input of the group]`, then
    /// at `scalesOffset` their Float16 scales, `[panel, block, panelColumns]`, and at `sumsOffset`
    /// the Float32 sum of each block's weights, in the same order.
    case blockPanels(scalesOffset: Int, sumsOffset: Int)
    /// Panels of 16 interleaved rows (`InterleavedFormat`), then rows as in the file: those that
    /// fill no panel, or all of a weight that is used in place.
    case interleaved(QuantizedParts)
  }

  let layout: Layout
  let bytes: UnsafeRawPointer
  let byteCount: Int
  /// Keeps the memory alive.
  private let owner: any AnyObject & Sendable

  private init(
    layout: Layout, bytes: UnsafeRawPointer, byteCount: Int, owner: any AnyObject & Sendable
  ) {
    self.layout = layout
    self.bytes = bytes
    self.byteCount = byteCount
    self.owner = owner
  }

  /// Copies `source` into the layout that `compute` reads.
  ///
  /// - Throws: ``KernelError/scaleNotFinite(type:row:block:)``.
  convenience init(
    _ source: WeightPacker, activations: ActivationQuantization, compute: ComputeContext
  ) throws(KernelError) {
    let (type, inputs, outputs) = (source.type, source.inputs, source.outputs)
    func copy(_ layout: Layout, byteCount: Int) -> (Layout, HugePageArena.Piece, Int) {
      (layout, compute.weights.allocate(byteCount: byteCount), byteCount)
    }
    let made: (layout: Layout, piece: HugePageArena.Piece, byteCount: Int)
    let interleaves =
      activations == .ggml && WeightMatrix.canInterleave(type, compute: compute)
    // Interleaving checks the scales on its way, while their rows are in the cache.
    if !interleaves { try source.checkScales(pool: compute.pool) }
    if compute.path == .blas {
      made = copy(.float32Rows, byteCount: outputs * inputs * 4)
      source.widenRows(into: made.piece.start, pool: compute.pool)
    } else if interleaves, let kernels = compute.packed, let type = type.quantized {
      let piece = compute.weights.allocate(byteCount: source.byteCount)
      try source.interleaveRows(
        into: piece.start, type.format, kernels, pool: compute.pool)
      let parts = QuantizedParts(
        type, outputs: outputs, inputs: inputs, bytes: piece.start,
        panelCount: outputs / InterleavedFormat.rowCount, kernels)
      made = (.interleaved(parts), piece, source.byteCount)
    } else if let kernels = compute.packed, type == .f32 || type == .f16 || type == .q80 {
      let panels = (outputs + kernels.panelColumns - 1) / kernels.panelColumns
      let elements = panels * kernels.panelColumns * inputs
      if type == .q80 {
        let sumsOffset = elements + elements / 32 * 2
        made = copy(
          .blockPanels(scalesOffset: elements, sumsOffset: sumsOffset),
          byteCount: sumsOffset + elements / 32 * 4)
        source.packBlocks(
          into: made.piece.start, scalesOffset: elements, sumsOffset: sumsOffset, kernels,
          pool: compute.pool)
      } else {
        made = copy(.panels(isHalf: type == .f16), byteCount: elements * (type == .f16 ? 2 : 4))
        source.packPanels(into: made.piece.start, kernels, pool: compute.pool)
      }
    } else {
      made = copy(.fileRows, byteCount: source.byteCount)
      source.copyRows(into: made.piece.start)
    }
    self.init(
      layout: made.layout, bytes: UnsafeRawPointer(made.piece.start), byteCount: made.byteCount,
      owner: made.piece)
  }

  /// Uses bytes in place; `panelCount` panels of them are interleaved, the rest file rows.
  convenience init(
    inPlace bytes: UnsafeRawPointer, byteCount: Int, type: WeightType, outputs: Int, inputs: Int,
    panelCount: Int, owner: any AnyObject & Sendable, compute: ComputeContext
  ) {
    var layout = Layout.fileRows
    if let kernels = compute.packed, let type = type.quantized {
      layout = .interleaved(
        QuantizedParts(
          type, outputs: outputs, inputs: inputs, bytes: bytes, panelCount: panelCount, kernels))
    }
    self.init(layout: layout, bytes: bytes, byteCount: byteCount, owner: owner)
  }
}

extension QuantizedParts {
  /// One weight: panels, then the rows after them.
  fileprivate init(
    _ type: QuantizedType, outputs: Int, inputs: Int, bytes: UnsafeRawPointer, panelCount: Int,
    _ kernels: any PackedKernelSet
  ) {
    self.init(inputs: inputs, unitPanels: kernels.tilePanels)
    let format = type.format
    append(
      type,
      QuantizedRows(
        panels: bytes, panelCount: panelCount,
        fileRows: bytes + panelCount * format.panelByteCount(inputs: inputs),
        rowByteCount: inputs / format.blockElementCount * format.blockByteCount,
        outputs: outputs))
  }
}
