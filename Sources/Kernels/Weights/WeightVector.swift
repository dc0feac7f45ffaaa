/// A learned vector in Float32: a bias, or the weight of a normalisation.
package final class WeightVector: @unchecked Sendable {
  /// Elements.
  package let count: Int
  let elements: UnsafeMutablePointer<Float>

  /// A copy of `values`.
  package init(_ values: [Float]) {
    count = values.count
    elements = allocateAligned(elementCount: max(1, values.count))
    elements.update(from: values, count: values.count)
  }

  /// The vector in a file's bytes, widened to Float32.
  ///
  /// - Throws: ``KernelError`` when `bytes` is not `count` elements of `type`.
  package convenience init(
    type: WeightType, count: Int, bytes: UnsafeRawBufferPointer
  ) throws(KernelError) {
    _ = try checkedRowByteCount(type: type, rows: 1, columns: count, available: bytes.count)
    var values = [Float](repeating: 0, count: count)
    values.withUnsafeMutableBufferPointer { widen(type: type, bytes: bytes, into: $0) }
    self.init(values)
  }

  deinit { elements.deallocate() }

  /// The elements as an array.
  package func array() -> [Float] { Array(UnsafeBufferPointer(start: elements, count: count)) }

  /// Two vectors joined, for layers whose products are computed as one.
  package static func concatenating(_ parts: [WeightVector]) -> WeightVector {
    WeightVector(parts.flatMap { UnsafeBufferPointer(start: $0.elements, count: $0.count) })
  }
}
