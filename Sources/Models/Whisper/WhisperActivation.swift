/// The named intermediate results of Whisper's encoder and decoder.
///
/// Both have those of the layers; `cross…` are the decoder's alone.
package enum WhisperActivation: String, TapName, CaseIterable {
  /// `[2 × context, embed]`: the first convolution and GELU.
  case firstConvolution
  /// `[context, embed]`: the second convolution and GELU.
  case secondConvolution
  /// `[rows, embed]`: sound or tokens with their positions.
  case embeddings
  /// `[rows, embed]`, a layer: LayerNorm before the self-attention.
  case attentionNorm
  /// `[rows, 3 * embed]`, a layer: queries, keys, values.
  case queryKeyValue
  /// `[rows, embed]`, a layer: the result of self-attention, before the output projection.
  case attention
  /// `[rows, embed]`, a layer: the residual stream after the self-attention.
  case attentionResidual
  /// `[rows, embed]`, a layer: LayerNorm before the cross-attention.
  case crossNorm
  /// `[rows, embed]`, a layer: queries to the encoder's output.
  case crossQuery
  /// `[rows, embed]`, a layer: the result of cross-attention, before the output projection.
  case crossAttention
  /// `[rows, embed]`, a layer: the residual stream after the cross-attention.
  case crossResidual
  /// `[rows, embed]`, a layer: LayerNorm before the feed-forward network.
  case ffnNorm
  /// `[rows, 4 * embed]`, a layer: after the first linear layer and GELU.
  case ffnHidden
  /// `[rows, embed]`, a layer: its result.
  case layerOutput
  /// `[rows, embed]`: the last LayerNorm; in the encoder its result.
  case finalNorm
  /// `[rows, vocab]`: the decoder's result.
  case logits
}
