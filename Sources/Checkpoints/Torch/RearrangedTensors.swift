internal import Synchronization

/// The elements of tensors that a file does not keep in row-major order, put into that order.
///
/// A transposed matrix is saved by torch as it is in memory. Each is copied on first use and kept as
/// long as the checkpoint; `TorchReader` limits how much that can be.
final class RearrangedTensors: Sendable {
  private let copies = Mutex<[String: Copy]>([:])

  /// The elements of `tensor` in row-major order.
  ///
  /// - Parameters:
  ///   - tensor: has strides; its name is the key.
  ///   - source: the bytes of its range.
  /// - Returns: memory that is valid as long as this object.
  /// - Complexity: O(elements) on first use.
  func bytes(of tensor: TensorInfo, source: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    unsafe copies.withLock { copies in
      if let copy = copies[tensor.name] { return unsafe UnsafeRawBufferPointer(copy.memory) }
      let copy = unsafe Copy(tensor, source: source)
      copies[tensor.name] = copy
      return unsafe UnsafeRawBufferPointer(copy.memory)
    }
  }

  /// One tensor in memory of its own, which nothing writes to after `init`.
  @safe
  private final class Copy: @unchecked Sendable {
    let memory: UnsafeMutableRawBufferPointer

    init(_ tensor: TensorInfo, source: UnsafeRawBufferPointer) {
      let elementByteCount = tensor.type.blockByteCount
      unsafe memory = .allocate(
        byteCount: tensor.elementCount * elementByteCount, alignment: 64)
      switch elementByteCount {
      case 1: unsafe gather(tensor, source, into: memory, as: UInt8.self)
      case 2: unsafe gather(tensor, source, into: memory, as: UInt16.self)
      case 4: unsafe gather(tensor, source, into: memory, as: UInt32.self)
      default: unsafe gather(tensor, source, into: memory, as: UInt64.self)
      }
    }

    deinit { unsafe memory.deallocate() }
  }
}

/// Copies the elements of a strided tensor into row-major order.
///
/// - Parameters:
///   - tensor: has strides in elements and at least one element.
///   - source: begins with the first element and ends with the last.
///   - target: has room for all elements.
///   - type: an integer of the size of an element.
private func gather<Element: FixedWidthInteger & BitwiseCopyable>(
  _ tensor: TensorInfo, _ source: UnsafeRawBufferPointer,
  into target: UnsafeMutableRawBufferPointer, as type: Element.Type
) {
  let byteCount = MemoryLayout<Element>.size
  let strides = tensor.strides ?? []
  var position = [Int](repeating: 0, count: tensor.shape.count)
  var sourceElement = 0
  for element in 0..<tensor.elementCount {
    let value = unsafe source.loadUnaligned(
      fromByteOffset: sourceElement * byteCount, as: Element.self)
    unsafe target.storeBytes(of: value, toByteOffset: element * byteCount, as: Element.self)
    // The next position in row-major order: an odometer. It wraps around, because the stride of a
    // dimension of size 1 can be any number.
    for dimension in position.indices.reversed() {
      position[dimension] += 1
      sourceElement &+= strides[dimension]
      if position[dimension] < tensor.shape[dimension] { break }
      sourceElement &-= strides[dimension] &* tensor.shape[dimension]
      position[dimension] = 0
    }
  }
}
