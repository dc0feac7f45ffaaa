/// The named intermediate results of CLIP's towers.
///
/// Both towers have those of the layers and the last four; `patches` and `preNorm` are the image
/// tower's alone.
package enum CLIPActivation: String, TapName, CaseIterable {
  /// `[images × patches, embed]`: the patch embedding.
  case patches
  /// `[tokens, embed]`: tokens or patches with their positions.
  case embeddings
  /// `[tokens, embed]`: LayerNorm before the first layer.
  case preNorm
  /// `[tokens, embed]`, a layer: LayerNorm before the attention.
  case attentionNorm
  /// `[tokens, 3 * embed]`, a layer: queries, keys, values.
  case queryKeyValue
  /// `[tokens, embed]`, a layer: the result of attention, before the output projection.
  case attention
  /// `[tokens, embed]`, a layer: the residual stream after the attention.
  case attentionResidual
  /// `[tokens, embed]`, a layer: LayerNorm before the feed-forward network.
  case ffnNorm
  /// `[tokens, ffn]`, a layer: after the first linear layer and its activation function.
  case ffnHidden
  /// `[tokens, embed]`, a layer: its result.
  case layerOutput
  /// `[inputs, embed]`: the pooled row of each image or text, normalised by the last LayerNorm.
  case pooled
  /// `[inputs, projection]`: projected into the common space.
  case projected
  /// `[inputs, projection]`: the result, of unit length.
  case embedding
}
