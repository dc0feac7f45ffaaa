/// The role of a tensor in a model.
///
/// The role decides how the tensor is stored: which type a conversion recipe gives it, and how large
/// the numbers of a synthetic model are.
package enum TensorRole: String, Sendable, CaseIterable {
  /// `[vocab, embed]`: one row for each token id. Looked up; also multiplied where it is tied to the
  /// output.
  case tokenEmbedding
  /// `[positions, embed]` or `[types, embed]`: learned vectors that are added to the tokens'.
  case positionEmbedding
  /// The learned weight of a normalisation, or its bias.
  case norm
  /// The bias of a linear layer.
  case bias
  /// Divisors of RoPE's angles, one for each pair of a head.
  case ropeFactors
  case attentionQuery
  case attentionKey
  case attentionValue
  /// Queries, keys and values in one matrix, in this order.
  case attentionFused
  /// From the joined heads back to the width of the residual stream.
  case attentionOutput
  case ffnGate
  case ffnUp
  /// Gate and up in one matrix, in this order.
  case ffnGateUp
  /// From the feed-forward network back to the width of the residual stream.
  case ffnDown
  /// `[vocab, embed]`: from the last hidden state to logits.
  case output
  /// `[projection, embed]`: from a tower's pooled hidden state to the space that towers share.
  case projection
  /// `[embed]`: the learned vector of the class token, which precedes an image's patches.
  case classEmbedding
  /// A single number: the logarithm of the factor of cosines in a softmax.
  case logitScale
  /// Filters `[outputs, channels, width]` or `[outputs, channels, patch, patch]`.
  case convolution

  /// The way in which a tensor is stored and used.
  package enum Kind: Sendable {
    /// `[outputs, inputs]`, or filters as such a matrix; converters quantise it.
    case matrix
    /// Rows that are looked up; small, and kept in F32 by llama.cpp's converter.
    case table
    /// One dimension; F32 in every published GGUF file.
    case vector
  }

  package var kind: Kind {
    switch self {
    case .positionEmbedding: .table
    case .norm, .bias, .ropeFactors, .classEmbedding, .logitScale: .vector
    case .tokenEmbedding, .attentionQuery, .attentionKey, .attentionValue, .attentionFused,
      .attentionOutput, .ffnGate, .ffnUp, .ffnGateUp, .ffnDown, .output, .projection,
      .convolution:
      .matrix
    }
  }
}
