/// The kernels of one implementation: the scalar twins, or those of an instruction set.
///
/// A kernel computes on the thread that calls it and allocates nothing. Its operands are raw
/// memory, whose bounds the caller has checked. The docstrings of the scalar twins, which have the
/// same names, say what each computes; the kernels of an instruction set state how far they are
/// from them.
package protocol KernelSet: Sendable {
  /// Adds a bias to a tile of a row-major matrix and applies an activation function, in place.
  ///
  /// - Parameters:
  ///   - x: the tile's first element. Overwritten.
  ///   - rows: rows of the tile.
  ///   - stride: elements from one row to the next.
  ///   - width: columns of the tile.
  ///   - bias: `[width]`, or nil for none.
  ///   - activation: applied after the bias.
  func applyBiasAndActivation(
    _ x: UnsafeMutablePointer<Float>, rows: Int, stride: Int, width: Int,
    bias: UnsafePointer<Float>?, activation: ActivationFunction)

  /// `y = layerNorm(x + residual)`.
  func layerNorm(_ task: LayerNormRows)
  /// `y = x / rms(x) · weight`, or this added to y.
  func rmsNorm(_ task: RMSNormRows)
  /// `y = f(gate) · up`.
  func glu(_ task: GLURows)
  /// Rotates heads by their positions, in place.
  func rope(_ task: RopeRows)

  /// Queries of one call of ``attention(_:)`` at most.
  var attentionQueryCount: Int { get }
  /// Elements of scratch that ``attention(_:)`` needs for `keyCount` keys.
  func attentionScratchCount(keyCount: Int, headDim: Int) -> Int
  /// Attention of a block of queries of one head.
  func attention(_ block: AttentionBlock)
  /// Quantises the keys of one head to signed bytes, for scores by products of bytes.
  func quantizeKeys(_ rows: KeyRows)

  /// Writes keys and values into a cache, rounded to its type.
  func appendToCache(_ rows: CacheRows)
  /// Attention of some rows to a cache.
  func cachedAttention(_ tile: CachedAttentionTile)

  /// The mean of `rows` rows of `width` elements.
  func meanPool(
    _ x: UnsafePointer<Float>, rows: Int, width: Int, into y: UnsafeMutablePointer<Float>)
  /// Scales one row to unit length, in place.
  func l2Normalize(_ x: UnsafeMutablePointer<Float>, width: Int)

  /// The largest of `count` numbers, -∞ where there are none.
  func largestElement(_ x: UnsafePointer<Float>, count: Int) -> Float
  /// `Σ e^(x - largest)` over `count` numbers of at most `largest`, which is finite.
  func sumOfExponentials(_ x: UnsafePointer<Float>, count: Int, largest: Float) -> Double

  /// Integer dot products of one query `[stride]` with the vectors `[rows, stride]`.
  func dotQuantizedVectors(
    codes: UnsafePointer<UInt8>, stride: Int, rows: Int, query: UnsafePointer<Int16>,
    dots: UnsafeMutablePointer<Int32>)
}
