internal import Kernels

/// Multi-head cross-attention: queries of one sequence, keys and values of another.
///
/// `q = x W_qᵀ + b_q` of the decoder's rows, `(k, v) = e W_kvᵀ + b_kv` of the encoder's output,
/// `aᵢ = Σⱼ softmaxⱼ(qᵢ·kⱼ / √headDim) vⱼ` over all j, `y = a Wₒᵀ + bₒ`.
///
/// Keys and values follow from the encoder's output alone, so they are computed once, kept in a
/// ``KVCache`` and read for every token that is decoded.
///
/// - Source: Vaswani et al. 2017, arXiv:1706.03762, section 3.2.3 ("encoder-decoder attention").
struct CrossAttention: Sendable {
  /// `[heads × headDim, embed]`.
  let query: Linear
  /// `[2 × keyValueHeads × headDim, embed]`: keys and values by one product.
  let keyValue: Linear
  /// From the joined heads to the width of the residual stream.
  let output: Linear
  let shape: AttentionShape

  /// Memory of the weights, in bytes.
  var byteCount: Int { query.byteCount + keyValue.byteCount + output.byteCount }
}

extension ComputeContext {
  /// Projects the encoder's output to keys and values and writes them into a layer's cache.
  ///
  /// - Parameters:
  ///   - encoded: `[positions, embed]`, the encoder's output.
  ///   - layer: made for this context.
  ///   - room: scratch `[positions, 2 × keyValueHeads × headDim]`. Overwritten.
  ///   - cache: has room for the positions.
  ///   - index: of this layer in the cache.
  func appendKeysAndValues(
    _ encoded: borrowing Matrix, _ layer: CrossAttention, room: inout Matrix, to cache: KVCache,
    index: Int
  ) {
    linear(encoded, layer.keyValue, into: &room)
    append(
      room, columns: AttentionColumns(keys: 0, values: layer.shape.keyWidth), shape: layer.shape,
      to: cache, layer: index, firstPosition: 0)
  }

  /// Attention of every query to all positions of the encoder's output, between the projections.
  ///
  /// - Parameters:
  ///   - queries: `[tokens, heads × headDim]`, projected.
  ///   - layer: the heads.
  ///   - cache: what ``appendKeysAndValues(_:_:room:to:index:)`` wrote.
  ///   - index: of this layer in the cache.
  ///   - positions: of the encoder's output.
  ///   - y: `[tokens, heads × headDim]`; its rows become those of `queries`.
  func attention(
    _ queries: borrowing Matrix, _ layer: CrossAttention, cache: KVCache, index: Int,
    positions: Int, into y: inout Matrix
  ) {
    attention(
      queries, shape: layer.shape, cache: cache, layer: index, positions: positions, mask: .full,
      into: &y)
  }
}
