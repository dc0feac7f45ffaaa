import Glibc
import KernelInterface
import KernelsReference

/// The keys and values of every position, layer and head that a transformer has seen, in memory
/// that is reserved once.
///
/// The memory of positions that were never written is not touched. A cache is written by one
/// forward pass at a time; its owner takes care of that.
package final class KVCache: @unchecked Sendable {
  /// Layers.
  package let layers: Int
  /// Heads of keys and values in a layer.
  package let heads: Int
  /// Elements of a key and of a value.
  package let headDim: Int
  /// Positions that it holds.
  package let capacity: Int
  /// The storage format of the numbers.
  package let type: KVCacheType
  /// The memory reserved, in bytes.
  package let byteCount: Int

  private let sections: Sections
  private let memory: UnsafeMutableRawPointer

  /// An empty cache; nil where the size is out of range or the system refuses the memory.
  ///
  /// - Parameters:
  ///   - layers: at least 1.
  ///   - heads: heads of keys and values, at least 1.
  ///   - headDim: elements of a key and of a value, at least 1.
  ///   - capacity: positions, at least 1.
  ///   - type: how numbers are stored.
  package init?(layers: Int, heads: Int, headDim: Int, capacity: Int, type: KVCacheType) {
    guard
      let needed = KVCache.byteCount(
        layers: layers, heads: heads, headDim: headDim, capacity: capacity, type: type)
    else { return nil }
    // Not `allocateAligned`, which writes zeros: fresh pages are zeros, and most may never be used.
    guard
      let memory = mmap(
        nil, needed, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
      memory != MAP_FAILED
    else { return nil }
    // Huge pages would make a cache of 4,096 positions wholly resident (0.5 GB of a 7B model) with
    // the first position, which touches every head's memory. Decoding after 4,096 was not faster
    // with them.
    madvise(memory, needed, MADV_NOHUGEPAGE)
    self.memory = memory
    self.layers = layers
    self.heads = heads
    self.headDim = headDim
    self.capacity = capacity
    self.type = type
    byteCount = needed
    sections = Sections(headDim: headDim, capacity: capacity, type: type)
  }

  deinit { munmap(memory, byteCount) }

  /// The memory that a cache of these sizes reserves, in bytes; nil where a size is out of range.
  package static func byteCount(
    layers: Int, heads: Int, headDim: Int, capacity: Int, type: KVCacheType
  ) -> Int? {
    // The bounds keep all products below 2^62.
    guard (1..<(1 << 12)).contains(layers), (1..<(1 << 12)).contains(heads),
      (1..<(1 << 13)).contains(headDim), (1..<(1 << 22)).contains(capacity)
    else { return nil }
    return layers * heads * Sections(headDim: headDim, capacity: capacity, type: type).byteCount
  }

  /// One head's memory.
  func head(layer: Int, head: Int) -> CacheHead {
    precondition(layer >= 0 && layer < layers && head >= 0 && head < heads, "outside the cache")
    let start = memory + (layer * heads + head) * sections.byteCount
    return CacheHead(
      type: type.element, headDim: headDim, keys: start, values: start + sections.values,
      keyScales: (start + sections.keyScales).assumingMemoryBound(to: Float16.self),
      valueScales: (start + sections.valueScales).assumingMemoryBound(to: Float16.self))
  }

  /// Gives `body` the bytes that hold the first `positions` positions, piece by piece, in a fixed
  /// order: to save them, and to bring them back into a cache of the same type and sizes.
  ///
  /// A block of keys is given whole, so its last lanes may belong to later positions.
  package func forEachPiece<Failure: Error>(
    positions: Int, _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let pieces = pieces(0..<positions)
    for index in 0..<(layers * heads) {
      let start = memory + index * sections.byteCount
      for piece in pieces {
        try body(
          UnsafeMutableRawBufferPointer(start: start + piece.lowerBound, count: piece.count))
      }
    }
  }

  /// Copies some positions of some layers over those of as many others: the cache of a hypothesis
  /// that a search continues twice.
  ///
  /// The copy begins at the start of a block of keys, up to 15 positions before.
  ///
  /// - Parameters:
  ///   - source: layers to copy.
  ///   - target: the first of the layers to overwrite.
  ///   - positions: within the capacity.
  package func copy(layers source: Range<Int>, to target: Int, positions: Range<Int>) {
    precondition(source.lowerBound >= 0 && source.upperBound <= layers, "outside the cache")
    precondition(target >= 0 && target + source.count <= layers, "outside the cache")
    if positions.isEmpty { return }
    let pieces = pieces(positions)
    for index in 0..<(source.count * heads) {
      let from = memory + (source.lowerBound * heads + index) * sections.byteCount
      let to = memory + (target * heads + index) * sections.byteCount
      for piece in pieces {
        (to + piece.lowerBound).copyMemory(from: from + piece.lowerBound, byteCount: piece.count)
      }
    }
  }

  /// The bytes that ``forEachPiece(positions:_:)`` gives in all.
  package func pieceByteCount(positions: Int) -> Int {
    layers * heads * pieces(0..<positions).reduce(0) { $0 + $1.count }
  }

  /// The bytes of one head that hold some positions, from the start of the first one's block of keys
  /// on, as offsets into its memory.
  private func pieces(_ positions: Range<Int>) -> [Range<Int>] {
    precondition(
      positions.lowerBound >= 0 && positions.upperBound <= capacity, "positions exceed the cache")
    let span = CacheHead.blockPositions
    let unused = Sections(
      headDim: headDim, positions: positions.lowerBound / span * span, type: type)
    let used = Sections(headDim: headDim, positions: positions.upperBound, type: type)
    func piece(_ start: Int, _ bytes: KeyPath<Sections, Int>) -> Range<Int> {
      (start + unused[keyPath: bytes])..<(start + used[keyPath: bytes])
    }
    let elements = [piece(0, \.keyBytes), piece(sections.values, \.valueBytes)]
    guard type == .q80 else { return elements }
    return elements + [
      piece(sections.keyScales, \.keyScaleBytes), piece(sections.valueScales, \.valueScaleBytes),
    ]
  }
}

/// The offsets of the parts of one head's memory, in bytes from its start.
private struct Sections {
  let keyBytes: Int
  let valueBytes: Int
  let keyScaleBytes: Int
  let valueScaleBytes: Int

  /// Parts for exactly `positions` positions, keys in whole blocks.
  init(headDim: Int, positions: Int, type: KVCacheType) {
    let span = CacheHead.blockPositions
    let blocks = (positions + span - 1) / span
    let dimBlocks = (headDim + CacheHead.scaledElements - 1) / CacheHead.scaledElements
    keyBytes = blocks * headDim * span * type.element.byteCount
    valueBytes = positions * CacheHead.valueStride(headDim: headDim) * type.element.byteCount
    keyScaleBytes = blocks * dimBlocks * span * 2
    valueScaleBytes = positions * dimBlocks * 2
  }

  /// Parts of a cache: whole tiles of positions, and one scale more, since kernels read ahead.
  init(headDim: Int, capacity: Int, type: KVCacheType) {
    let span = CacheHead.tilePositions
    let whole = Sections(
      headDim: headDim, positions: (capacity + span - 1) / span * span, type: type)
    keyBytes = (whole.keyBytes + 63) / 64 * 64
    valueBytes = (whole.valueBytes + 63) / 64 * 64
    keyScaleBytes = type == .q80 ? (whole.keyScaleBytes + 63) / 64 * 64 : 0
    valueScaleBytes = type == .q80 ? (whole.valueScaleBytes + 64) / 64 * 64 : 0
  }

  var values: Int { keyBytes }
  var keyScales: Int { keyBytes + valueBytes }
  var valueScales: Int { keyBytes + valueBytes + keyScaleBytes }
  var byteCount: Int { keyBytes + valueBytes + keyScaleBytes + valueScaleBytes }
}
