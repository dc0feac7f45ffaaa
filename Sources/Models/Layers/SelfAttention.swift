internal import Kernels

/// Multi-head self-attention:
/// `(q, k, v) = x Wᵀ + b`, `aᵢ = Σⱼ softmaxⱼ(qᵢ·kⱼ / √headDim) vⱼ` for each head, `y = a Wₒᵀ + bₒ`.
///
/// `x` is `[tokens, embed]`; a row of the packed projection is `[queries | keys | values]`,
/// `[tokens, (heads + 2 × keyValueHeads) × headDim]`; `a` is `[tokens, heads × headDim]`, heads side
/// by side. Which j a query attends to is the mask's: all of its sequence (encoders), or those up to
/// its own position (decoders).
///
/// - Source: Vaswani et al. 2017, arXiv:1706.03762, section 3.2; grouped-query attention (fewer heads
///   of keys and values than of queries): Ainslie et al. 2023, arXiv:2305.13245.
struct SelfAttention: Sendable {
  /// Queries, keys and values by one product.
  let queryKeyValue: Linear
  /// RMSNorm over each head of queries and of keys, before they are rotated; nil without QK-Norm.
  var queryKeyNorm: (query: RMSNorm, key: RMSNorm)?
  /// From the joined heads to the width of the residual stream.
  let output: Linear
  let shape: AttentionShape

  /// Memory of the weights, in bytes.
  var byteCount: Int { queryKeyValue.byteCount + output.byteCount }
}

extension ComputeContext {
  /// Attention within each sequence of a batch, between the two projections.
  ///
  /// - Parameters:
  ///   - queryKeyValue: packed rows of all sequences, one sequence after another.
  ///   - layer: the heads.
  ///   - offsets: where each sequence begins, and the end of the last.
  ///   - mask: which keys of its sequence a query attends to.
  ///   - scores: how queries are multiplied with keys.
  ///   - y: `[tokens, heads × headDim]`; its rows become those of `queryKeyValue`.
  func attention(
    _ queryKeyValue: borrowing Matrix, _ layer: SelfAttention, offsets: [Int],
    mask: AttentionMask, scores: ScorePrecision = .float32, into y: inout Matrix
  ) {
    attention(
      queryKeyValue: queryKeyValue, shape: layer.shape, offsets: offsets, mask: mask,
      scores: scores, into: &y)
  }

  /// Writes the keys and values of consecutive tokens into a layer's cache.
  func append(
    _ queryKeyValue: borrowing Matrix, _ layer: SelfAttention, to cache: KVCache, index: Int,
    firstPosition: Int
  ) {
    append(
      queryKeyValue, shape: layer.shape, to: cache, layer: index, firstPosition: firstPosition)
  }

  /// Attention of the last tokens to a cache that holds their keys and values and all before.
  ///
  /// - Parameters:
  ///   - queryKeyValue: packed rows of the last tokens.
  ///   - layer: the heads.
  ///   - cache: keys and values of every layer.
  ///   - index: of this layer in the cache.
  ///   - positions: tokens in the cache.
  ///   - window: positions that a token attends to, its own included; nil for all.
  ///   - y: `[tokens, heads × headDim]`; its rows become those of `queryKeyValue`.
  func attention(
    _ queryKeyValue: borrowing Matrix, _ layer: SelfAttention, cache: KVCache, index: Int,
    positions: Int, window: Int?, into y: inout Matrix
  ) {
    attention(
      queryKeyValue, shape: layer.shape, cache: cache, layer: index, positions: positions,
      mask: .causal(window: window), into: &y)
  }
}
