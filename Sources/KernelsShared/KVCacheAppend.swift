package import KernelInterface

/// Writes keys and values into one head of a Float16 cache; see the scalar twin, of which this
/// is the case `f16`, with the conversion as one instruction.
///
/// - Accuracy: the same bits as the twin.
/// - Complexity: O(rows × headDim), no allocation.
package func appendHalvesToCache(_ task: CacheRows) {
  let head = task.head
  let valueStride = head.valueStride
  for row in 0..<task.rows {
    let position = task.firstPosition + row
    let key = task.keys + row * task.stride
    let value = task.values + row * task.stride
    let keys =
      head.keys.assumingMemoryBound(to: Float16.self) + head.keyIndex(position: position, dim: 0)
    let values = head.values.assumingMemoryBound(to: Float16.self) + position * valueStride
    for dim in 0..<head.headDim {
      keys[dim * CacheHead.blockPositions] = Float16(key[dim])
      values[dim] = Float16(value[dim])
    }
  }
}
