internal import Kernels

/// The activations of one forward pass, allocated once and used again.
struct BERTState: ~Copyable, Sendable {
  /// `[tokens, embed]`: what goes into a layer and comes out of it.
  var hidden: Matrix
  /// `[tokens, 3 * embed]`.
  var queryKeyValue: Matrix
  /// `[tokens, embed]`: the values mixed by attention, heads side by side.
  var attention: Matrix
  /// `[tokens, embed]`: after the attention block.
  var attentionNorm: Matrix
  /// `[tokens, ffn]`: inside the feed-forward.
  var ffnHidden: Matrix
  /// `[sequences, embed]`: the result.
  var pooled: Matrix

  /// Tokens and sequences that fit.
  let capacity: Int

  init(config: BERTConfig, capacity: Int) {
    self.capacity = capacity
    hidden = Matrix(rows: capacity, columns: config.embed)
    queryKeyValue = Matrix(rows: capacity, columns: 3 * config.embed)
    attention = Matrix(rows: capacity, columns: config.embed)
    attentionNorm = Matrix(rows: capacity, columns: config.embed)
    ffnHidden = Matrix(rows: capacity, columns: config.ffn)
    pooled = Matrix(rows: capacity, columns: config.embed)
  }
}
