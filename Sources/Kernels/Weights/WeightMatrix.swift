import Glibc
import KernelInterface
import KernelsReference

/// The quantisation of activations for a quantised weight.
package enum ActivationQuantization: Sendable {
  /// As precisely as eight bits allow (`Q8_0`: over each block's own range), or not at all.
  case precise
  /// As ggml does, so that results can be compared with llama.cpp's: `Q8_K` for K-quants, `Q8_0`
  /// for `Q8_0` and `Q4_0`. For the other types not at all.
  case ggml
}

/// A learned matrix `[outputs, inputs]`, in the order in memory that its ``ComputeContext``
/// multiplies fastest.
///
/// It is made once, at load, for one ``ComputeContext``, and may be used only with it.
package final class WeightMatrix: @unchecked Sendable {
  /// The element type of the file.
  package let type: WeightType
  /// Rows: the width of the layer's result.
  package let outputs: Int
  /// Columns: the width of the layer's input.
  package let inputs: Int
  /// The quantisation of its activations.
  package let activations: ActivationQuantization
  /// Memory that the matrix occupies, in bytes; of a matrix used in place, that of the file.
  package let byteCount: Int

  let storage: WeightStorage

  /// The matrix in a file's bytes, row-major `[outputs, inputs]` in `type`.
  ///
  /// - Throws: ``KernelError`` when `bytes` is not that many elements, a row is not whole blocks,
  ///   or a block's scale is not finite.
  package convenience init(
    type: WeightType, outputs: Int, inputs: Int, bytes: UnsafeRawBufferPointer,
    compute: ComputeContext,
    activations: ActivationQuantization = .precise
  ) throws(KernelError) {
    try self.init(
      type: type, inputs: inputs, parts: [(outputs, bytes)], compute: compute,
      activations: activations)
  }

  /// Several matrices of the same inputs stacked into one, so that one product computes them all
  /// (queries, keys and values).
  ///
  /// Copying and reordering cost O(outputs × inputs) time; the file's bytes are not needed
  /// afterwards.
  ///
  /// - Parameters:
  ///   - type: element type of all parts.
  ///   - inputs: columns of all parts.
  ///   - parts: each part's rows and bytes, row-major.
  ///   - compute: what will multiply.
  ///   - activations: how activations are quantised.
  ///   - releasesMappedSource: whether the bytes are in a read-only file mapping whose pages this
  ///     process can give back (`MADV_DONTNEED`) once they are copied, so that a model is not
  ///     resident twice. Never true for other memory, whose content would be lost.
  /// - Throws: as the plain initialiser, for any of the parts.
  package init(
    type: WeightType, inputs: Int, parts: [(outputs: Int, bytes: UnsafeRawBufferPointer)],
    compute: ComputeContext, activations: ActivationQuantization = .precise,
    releasesMappedSource: Bool = false
  ) throws(KernelError) {
    for part in parts {
      _ = try checkedRowByteCount(
        type: type, rows: part.outputs, columns: inputs, available: part.bytes.count)
    }
    let outputs = parts.reduce(0) { $0 + $1.outputs }
    self.type = type
    self.outputs = outputs
    self.inputs = inputs
    self.activations = activations
    storage = try WeightStorage(
      WeightPacker(type: type, inputs: inputs, outputs: outputs, parts: parts.map(\.bytes)),
      activations: activations, compute: compute)
    byteCount = storage.byteCount
    if releasesMappedSource { parts.forEach { releaseMappedPages($0.bytes) } }
  }

  /// The matrix in a file's bytes, used in place: no copy, no time, and no check of the scales
  /// (one that is not finite makes results NaN).
  ///
  /// `F32` and `F16` weights of the vector kernels and every type of the OpenBLAS path are copied
  /// all the same, since their kernels read another order.
  ///
  /// - Parameters:
  ///   - type: element type.
  ///   - outputs: rows.
  ///   - inputs: columns.
  ///   - bytes: row-major; `owner` keeps them valid and unchanged for as long as it lives.
  ///   - owner: is kept as long as the matrix.
  ///   - compute: what will multiply.
  /// - Throws: ``KernelError`` when the bytes are not of that shape.
  package convenience init(
    mapped type: WeightType, outputs: Int, inputs: Int, bytes: UnsafeRawBufferPointer,
    owner: any AnyObject & Sendable, compute: ComputeContext
  ) throws(KernelError) {
    let isPlain = type == .f32 || type == .f16
    if compute.path == .blas || (isPlain && compute.packed != nil) {
      try self.init(
        type: type, outputs: outputs, inputs: inputs, bytes: bytes, compute: compute,
        activations: .ggml)
    } else {
      try self.init(
        inPlace: bytes, type: type, outputs: outputs, inputs: inputs, panelCount: 0, owner: owner,
        compute: compute)
    }
  }

  /// The matrix in bytes that ``withInterleavedBytes(_:)`` gave at an earlier start, used in place.
  ///
  /// - Throws: ``KernelError`` when the bytes are not of that shape.
  /// - Precondition: ``canInterleave(_:compute:)``.
  package convenience init(
    interleaved type: WeightType, outputs: Int, inputs: Int, bytes: UnsafeRawBufferPointer,
    owner: any AnyObject & Sendable, compute: ComputeContext
  ) throws(KernelError) {
    precondition(Self.canInterleave(type, compute: compute), "no kernels read this layout")
    try self.init(
      inPlace: bytes, type: type, outputs: outputs, inputs: inputs,
      panelCount: outputs / InterleavedFormat.rowCount, owner: owner, compute: compute)
  }

  private init(
    inPlace bytes: UnsafeRawBufferPointer, type: WeightType, outputs: Int, inputs: Int,
    panelCount: Int, owner: any AnyObject & Sendable, compute: ComputeContext
  ) throws(KernelError) {
    _ = try checkedRowByteCount(
      type: type, rows: outputs, columns: inputs, available: bytes.count)
    guard let start = bytes.baseAddress else { throw .shape(rows: outputs, columns: inputs) }
    self.type = type
    self.outputs = outputs
    self.inputs = inputs
    activations = .ggml
    storage = WeightStorage(
      inPlace: start, byteCount: bytes.count, type: type, outputs: outputs, inputs: inputs,
      panelCount: panelCount, owner: owner, compute: compute)
    byteCount = bytes.count
  }

  /// Whether weights of a type have a layout of their own in `compute`'s kernels, a permutation of
  /// the file's bytes that may be saved and used again.
  package static func canInterleave(_ type: WeightType, compute: ComputeContext) -> Bool {
    interleaves(compute) && type.quantized != nil
  }

  /// Whether any type has such a layout in `compute`'s kernels.
  package static func interleaves(_ compute: ComputeContext) -> Bool {
    compute.path == .simd && compute.packed != nil
  }

  /// Gives `body` the interleaved bytes, as many as the file's.
  ///
  /// - Returns: nil where the matrix has no such layout.
  package func withInterleavedBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R? {
    guard case .interleaved = storage.layout else { return nil }
    return body(UnsafeRawBufferPointer(start: storage.bytes, count: storage.byteCount))
  }
}

/// Gives back the pages that are wholly inside a read-only file mapping's bytes; they come from the
/// page cache again when they are read.
private func releaseMappedPages(_ bytes: UnsafeRawBufferPointer) {
  guard let start = bytes.baseAddress else { return }
  let page = max(1, sysconf(Int32(_SC_PAGESIZE)))
  let first = (Int(bitPattern: start) + page - 1) / page * page
  let end = (Int(bitPattern: start) + bytes.count) / page * page
  guard first < end, let address = UnsafeMutableRawPointer(bitPattern: first) else { return }
  madvise(address, end - first, MADV_DONTNEED)
}
