/// The named intermediate results of a Llama, in the order of computation.
package enum LlamaActivation: String, TapName, CaseIterable {
  /// `[tokens, embed]`: the rows of the token table.
  case embeddings
  /// `[tokens, embed]`, a layer: normalised, before attention.
  case attentionNorm
  /// `[tokens, (heads + 2 × keyValueHeads) × headDim]`, a layer: queries, keys, values.
  case queryKeyValue
  /// `[tokens, heads × headDim]`, a layer: queries turned by their positions.
  case rotatedQueries
  /// `[tokens, keyValueHeads × headDim]`, a layer: keys turned by their positions.
  case rotatedKeys
  /// `[tokens, heads × headDim]`, a layer: values mixed by attention, before the projection.
  case attention
  /// `[tokens, embed]`, a layer: the projected mixture added to what came in.
  case attentionResidual
  /// `[tokens, embed]`, a layer: normalised, before the feed-forward.
  case ffnNorm
  /// `[tokens, 2 × ffn]`, a layer: gate, then up.
  case gateUp
  /// `[tokens, ffn]`, a layer: silu(gate) · up.
  case ffnHidden
  /// `[tokens, embed]`, a layer: its result.
  case layerOutput
  /// `[rows, embed]`: normalised, before the vocabulary.
  case finalNorm
  /// `[rows, vocab]`: the result.
  case logits
}
