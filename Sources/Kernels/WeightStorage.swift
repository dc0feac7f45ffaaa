import Glibc

/// The memory of a ``WeightMatrix``, in one of the orders that a kernel reads.
final class WeightStorage: @unchecked Sendable {
  /// The order of the elements.
  enum Layout {
    /// As in the file: row-major, the file's own type.
    case fileRows
    /// Row-major Float32, widened.
    case float32Rows
  }

  let layout: Layout
  let bytes: UnsafeMutableRawPointer
  let byteCount: Int

  /// Copies `parts`, whose rows follow one another, into the layout that `compute` reads.
  init(
    type: WeightType, outputs: Int, inputs: Int, parts: [UnsafeRawBufferPointer], compute: Compute
  ) {
    if compute.path == .blas {
      layout = .float32Rows
      byteCount = outputs * inputs * 4
      let floats = allocateAligned(elementCount: outputs * inputs, as: Float.self)
      bytes = UnsafeMutableRawPointer(floats)
      var offset = 0
      for part in parts {
        let count = part.count / type.blockByteCount * type.blockElementCount
        widen(
          type: type, bytes: part,
          into: UnsafeMutableBufferPointer(start: floats + offset, count: count))
        offset += count
      }
    } else {
      layout = .fileRows
      byteCount = parts.reduce(0) { $0 + $1.count }
      bytes = UnsafeMutableRawPointer(allocateAligned(elementCount: byteCount, as: UInt8.self))
      var offset = 0
      for part in parts {
        UnsafeMutableRawBufferPointer(start: bytes + offset, count: part.count)
          .copyMemory(from: part)
        offset += part.count
      }
    }
  }

  deinit { bytes.deallocate() }
}
