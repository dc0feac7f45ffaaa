/// The named intermediate results of a BERT.
package enum BERTActivation: String, TapName, CaseIterable {
  /// `[tokens, embed]`: LayerNorm of the sum of the three embeddings.
  case embeddings
  /// `[tokens, 3 * embed]`, a layer: queries, keys, values.
  case queryKeyValue
  /// `[tokens, embed]`, a layer: the result of attention, before the output projection.
  case attention
  /// `[tokens, embed]`, a layer: after the output projection, residual and LayerNorm.
  case attentionNorm
  /// `[tokens, ffn]`, a layer: after the first linear layer and GELU.
  case ffnHidden
  /// `[tokens, embed]`, a layer: its result.
  case layerOutput
  /// `[sequences, embed]`: pooled, before normalisation.
  case pooled
  /// `[sequences, embed]`: the result.
  case embedding
}
