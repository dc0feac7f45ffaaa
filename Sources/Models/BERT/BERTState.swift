internal import Kernels

/// The activations of one forward pass, allocated once and reused.
struct BERTState: ~Copyable, Sendable {
  /// `[tokens, embed]`: the input and the result of a layer.
  var hidden: Matrix
  /// `[tokens, 3 * embed]`.
  var queryKeyValue: Matrix
  /// `[tokens, embed]`: the result of attention, heads side by side.
  var attention: Matrix
  /// `[tokens, embed]`: after the output projection, residual and LayerNorm.
  var attentionNorm: Matrix
  /// `[tokens, ffn]`: inside the feed-forward network.
  var ffnHidden: Matrix
  /// `[sequences, embed]`: the result.
  var pooled: Matrix

  /// The largest number of tokens, and of sequences.
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
