/// The storage format of the numbers in a KV cache.
package enum CacheElement: Sendable {
  /// IEEE 754 binary32.
  case f32
  /// IEEE 754 binary16.
  case f16
  /// Signed bytes with a Float16 scale for each position, head and block of 32 elements.
  case q80

  /// Bytes of one element, scales apart.
  package var byteCount: Int {
    switch self {
    case .f32: 4
    case .f16: 2
    case .q80: 1
    }
  }
}

/// The keys and values of one head of one layer, for every position of a cache.
///
/// Keys are stored in blocks of 16 positions, `[block, headDim, 16]`: the same element of 16 keys
/// is contiguous, so that a register of 16 lanes holds 16 keys, and their dot products with a query
/// need no sum across lanes. Values are stored `[position, valueStride]`, each value contiguous.
///
/// ```
/// keys    k0[0] k1[0] … k15[0]   k0[1] k1[1] … k15[1]   …  k15[headDim-1] | k16[0] k17[0] …
/// values  v0[0] v0[1] … v0[headDim-1] 0 … | v1[0] v1[1] …
/// ```
///
/// With ``CacheElement/q80`` an element is `scale × quant`; the scales are stored separately, in
/// the same order with one scale for 32 elements: those of keys `[block, dimBlocks, 16]`, those of
/// values `[position, dimBlocks]`.
package struct CacheHead {
  /// The storage format of the numbers.
  package var type: CacheElement
  /// Elements of a key and of a value.
  package var headDim: Int
  /// `[block, headDim, 16]` in `type`.
  package var keys: UnsafeMutableRawPointer
  /// `[position, valueStride]` in `type`.
  package var values: UnsafeMutableRawPointer
  /// `[block, dimBlocks, 16]`; used with `q80` alone.
  package var keyScales: UnsafeMutablePointer<Float16>
  /// `[position, dimBlocks]`; used with `q80` alone.
  package var valueScales: UnsafeMutablePointer<Float16>

  /// Positions in a block of keys: the lanes of the widest register.
  package static let blockPositions = 16
  /// Positions that attention multiplies at once: two blocks.
  ///
  /// Caches hold whole tiles.
  package static let tilePositions = 32
  /// Elements that share a scale, as in ggml's `Q8_0`.
  package static let scaledElements = 32

  /// A view of one head's memory.
  package init(
    type: CacheElement, headDim: Int, keys: UnsafeMutableRawPointer,
    values: UnsafeMutableRawPointer, keyScales: UnsafeMutablePointer<Float16>,
    valueScales: UnsafeMutablePointer<Float16>
  ) {
    self.type = type
    self.headDim = headDim
    self.keys = keys
    self.values = values
    self.keyScales = keyScales
    self.valueScales = valueScales
  }

  /// Elements from one value to the next: whole pairs of the widest registers, the rest zeros.
  package static func valueStride(headDim: Int) -> Int { (headDim + 31) / 32 * 32 }

  /// Elements from this head's one value to the next.
  package var valueStride: Int { CacheHead.valueStride(headDim: headDim) }

  /// Blocks of elements that share a scale.
  package var dimBlocks: Int {
    (headDim + CacheHead.scaledElements - 1) / CacheHead.scaledElements
  }

  /// The index of element `dim` of the key at `position`.
  package func keyIndex(position: Int, dim: Int) -> Int {
    (position / 16 * headDim + dim) * 16 + position % 16
  }

  /// The offset of the scale of that element.
  package func keyScaleIndex(position: Int, dim: Int) -> Int {
    (position / 16 * dimBlocks + dim / 32) * 16 + position % 16
  }
}
