internal import Kernels

/// Int8 codes of up to ``capacity`` vectors in RAM, with the scale and residual norm of each.
///
/// Blocks are filled in order and never moved, so an index grows without copying its vectors.
final class VectorBlock {
  /// 4,096 vectors of 384 elements are 1.5 MiB: large enough for streaming reads, small enough that
  /// the last block wastes little memory.
  static let capacity = 4_096

  /// Rows of codes are padded to whole AVX-512 registers.
  static let alignment = 64

  /// Distance between vectors in elements, a multiple of ``alignment``.
  let stride: Int
  private(set) var count = 0
  let codes: UnsafeMutablePointer<UInt8>
  let scales: UnsafeMutablePointer<Float>
  let residuals: UnsafeMutablePointer<Float>

  init(dimension: Int) {
    stride = VectorBlock.stride(dimension: dimension)
    codes = VectorBlock.allocate(VectorBlock.capacity * stride, of: UInt8.self)
    scales = VectorBlock.allocate(VectorBlock.capacity, of: Float.self)
    residuals = VectorBlock.allocate(VectorBlock.capacity, of: Float.self)
  }

  deinit {
    codes.deallocate()
    scales.deallocate()
    residuals.deallocate()
  }

  static func stride(dimension: Int) -> Int {
    (dimension + alignment - 1) / alignment * alignment
  }

  var isFull: Bool { count == VectorBlock.capacity }

  /// Appends vectors until the block is full.
  ///
  /// - Parameters:
  ///   - source: codes, row-major `[vectors, dimension]`.
  ///   - sourceScales: `[vectors]`, Float32 little-endian, at any alignment.
  ///   - sourceResiduals: as `sourceScales`.
  ///   - dimension: elements of a vector.
  ///   - first: the first vector to append.
  /// - Returns: the number of appended vectors.
  func append(
    codes source: UnsafeRawBufferPointer, scales sourceScales: UnsafeRawBufferPointer,
    residuals sourceResiduals: UnsafeRawBufferPointer, dimension: Int, from first: Int
  ) -> Int {
    let vectorCount = sourceScales.count / MemoryLayout<Float>.stride
    let appended = min(vectorCount - first, VectorBlock.capacity - count)
    for index in first..<first + appended {
      let row = UnsafeMutableRawBufferPointer(start: codes + count * stride, count: stride)
      row.copyMemory(
        from: UnsafeRawBufferPointer(
          rebasing: source[index * dimension..<(index + 1) * dimension]))
      for padding in dimension..<stride { row[padding] = VectorQuantizer.zeroCode }
      let byteOffset = index * MemoryLayout<Float>.stride
      scales[count] = sourceScales.loadUnaligned(fromByteOffset: byteOffset, as: Float.self)
      residuals[count] = sourceResiduals.loadUnaligned(fromByteOffset: byteOffset, as: Float.self)
      count += 1
    }
    return appended
  }

  /// Excludes a vector from all searches.
  func clear(_ index: Int) {
    scales[index] = 0
    residuals[index] = -.infinity
  }

  private static func allocate<Element>(
    _ count: Int, of type: Element.Type
  ) -> UnsafeMutablePointer<Element> {
    UnsafeMutableRawPointer.allocate(
      byteCount: count * MemoryLayout<Element>.stride, alignment: alignment
    ).bindMemory(to: type, capacity: count)
  }
}
