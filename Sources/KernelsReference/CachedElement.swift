package import KernelInterface

/// Element `dim` of the key at `position`, as Float32.
package func cachedKey(_ head: CacheHead, position: Int, dim: Int) -> Float {
  cachedElement(
    head.type, head.keys, head.keyIndex(position: position, dim: dim),
    head.keyScales + head.keyScaleIndex(position: position, dim: dim))
}

/// Element `dim` of the value at `position`, as Float32.
package func cachedValue(_ head: CacheHead, position: Int, dim: Int) -> Float {
  cachedElement(
    head.type, head.values, position * head.valueStride + dim,
    head.valueScales + position * head.dimBlocks + dim / 32)
}

private func cachedElement(
  _ type: CacheElement, _ elements: UnsafeRawPointer, _ index: Int, _ scale: UnsafePointer<Float16>
) -> Float {
  switch type {
  case .f32: elements.load(fromByteOffset: index * 4, as: Float.self)
  case .f16: Float(elements.load(fromByteOffset: index * 2, as: Float16.self))
  case .q80: Float(scale.pointee) * Float(elements.load(fromByteOffset: index, as: Int8.self))
  }
}
