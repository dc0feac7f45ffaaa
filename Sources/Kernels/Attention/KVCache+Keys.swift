import KernelInterface

extension KVCache {
  /// The keys of one head, widened to Float32: to compute attention weights themselves, which the
  /// kernels do not return.
  ///
  /// - Parameters:
  ///   - layer: of the cache.
  ///   - head: of keys.
  ///   - positions: at most the capacity.
  /// - Returns: `[positions, headDim]`, row-major.
  /// - Precondition: the cache stores Float32 or Float16.
  package func keys(layer: Int, head: Int, positions: Int) -> [Float] {
    precondition(positions >= 0 && positions <= capacity, "positions exceed the cache")
    precondition(type != .q80, "keys with scales are not read one by one")
    let source = self.head(layer: layer, head: head)
    let span = CacheHead.blockPositions
    var keys = [Float](repeating: 0, count: positions * headDim)
    for position in 0..<positions {
      let block = position / span * headDim * span
      for element in 0..<headDim {
        let index = block + element * span + position % span
        keys[position * headDim + element] =
          type == .f32
          ? source.keys.load(fromByteOffset: index * 4, as: Float.self)
          : Float(source.keys.load(fromByteOffset: index * 2, as: Float16.self))
      }
    }
    return keys
  }
}
