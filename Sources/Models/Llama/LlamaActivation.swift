/// The named intermediate results of a Llama, in the order of computation.
package enum LlamaActivation: String, TapName, CaseIterable {
  /// `[tokens, embed]`: the rows of the token table, scaled where the model scales them.
  case embeddings
  /// `[tokens, embed]`, a layer: RMSNorm before attention.
  case attentionNorm
  /// `[tokens, (heads + 2 × keyValueHeads) × headDim]`, a layer: queries, keys, values.
  case queryKeyValue
  /// `[tokens, heads × headDim]`, a layer: queries after QK-Norm, where the model has it.
  case queryNorm
  /// `[tokens, keyValueHeads × headDim]`, a layer: keys after QK-Norm, where the model has it.
  case keyNorm
  /// `[tokens, heads × headDim]`, a layer: queries after RoPE.
  case rotatedQueries
  /// `[tokens, keyValueHeads × headDim]`, a layer: keys after RoPE.
  case rotatedKeys
  /// `[tokens, heads × headDim]`, a layer: the result of attention, before the output projection.
  case attention
  /// `[tokens, embed]`, a layer: after the output projection, where a post-norm follows.
  case attentionOutput
  /// `[tokens, embed]`, a layer: after the output projection, post-norm and residual.
  case attentionResidual
  /// `[tokens, embed]`, a layer: RMSNorm before the feed-forward network.
  case ffnNorm
  /// `[tokens, 2 × ffn]`, a layer: gate, then up.
  case gateUp
  /// `[tokens, ffn]`, a layer: f(gate) · up; f is SiLU or GELU.
  case ffnHidden
  /// `[tokens, embed]`, a layer: after the feed-forward network, where a post-norm follows.
  case ffnOutput
  /// `[tokens, embed]`, a layer: its result.
  case layerOutput
  /// `[rows, embed]`: RMSNorm before the output layer.
  case finalNorm
  /// `[rows, vocab]`: the result.
  case logits
}
