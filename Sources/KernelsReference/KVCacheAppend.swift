package import KernelInterface

/// Writes keys and values of consecutive positions into one head of a cache, rounded to its type.
///
/// Float16 is rounded to nearest even. `q80` stores blocks of 32 elements of one key or value as
/// `d = max|x| / 127` in Float16 and `q = round(x · 127 / max|x|)`.
///
/// - Source: ggml `quantize_row_q8_0` (the vector form, which rounds to even).
/// - Parameter task: the rows and where they go; the cache has room for the positions.
/// - Accuracy: Float32 exact; Float16 relative 2⁻¹¹; `q80` absolute `max|x| · (1/254 + 2⁻¹¹)`.
/// - Complexity: O(rows × headDim), no allocation.
package func appendToCache(_ task: CacheRows) {
  let head = task.head
  for row in 0..<task.rows {
    let position = task.firstPosition + row
    let key = task.keys + row * task.stride
    let value = task.values + row * task.stride
    let keyStart = head.keyIndex(position: position, dim: 0)
    let valueStart = position * head.valueStride
    switch head.type {
    case .f32:
      let keys = head.keys.assumingMemoryBound(to: Float.self) + keyStart
      let values = head.values.assumingMemoryBound(to: Float.self) + valueStart
      for dim in 0..<head.headDim {
        keys[dim * 16] = key[dim]
        values[dim] = value[dim]
      }
    case .f16:
      let keys = head.keys.assumingMemoryBound(to: Float16.self) + keyStart
      let values = head.values.assumingMemoryBound(to: Float16.self) + valueStart
      for dim in 0..<head.headDim {
        keys[dim * 16] = Float16(key[dim])
        values[dim] = Float16(value[dim])
      }
    case .q80:
      let keys = head.keys.assumingMemoryBound(to: Int8.self) + keyStart
      let values = head.values.assumingMemoryBound(to: Int8.self) + valueStart
      for start in stride(from: 0, to: head.headDim, by: CacheHead.scaledElements) {
        let count = min(CacheHead.scaledElements, head.headDim - start)
        head.keyScales[head.keyScaleIndex(position: position, dim: start)] = quantizeCacheBlock(
          key + start, count, into: keys + start * 16, step: 16)
        head.valueScales[position * head.dimBlocks + start / 32] = quantizeCacheBlock(
          value + start, count, into: values + start, step: 1)
      }
    }
  }
}

/// Quantises one block; returns its scale.
private func quantizeCacheBlock(
  _ x: UnsafePointer<Float>, _ count: Int, into quants: UnsafeMutablePointer<Int8>, step: Int
) -> Float16 {
  var largest: Float = 0
  var isFinite = true
  for index in 0..<count {
    let magnitude = x[index].magnitude
    isFinite = isFinite && magnitude <= .greatestFiniteMagnitude
    if magnitude > largest { largest = magnitude }
  }
  // An infinite or NaN element must not look like a number: the whole block reads as NaN.
  guard largest > 0, isFinite else {
    for index in 0..<count { quants[index * step] = 0 }
    return isFinite ? 0 : .nan
  }
  let factor = 127 / largest
  for index in 0..<count {
    let rounded = (x[index] * factor).rounded(.toNearestOrEven)
    // Where 127 / largest overflows, all elements are below 1e-36 and the quants zeros.
    quants[index * step] = rounded >= -127 && rounded <= 127 ? Int8(rounded) : 0
  }
  return Float16(largest / 127)
}
