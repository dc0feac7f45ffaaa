// The forward pass of the Llama family, token ids to logits, in the order of the papers.
// Llama.md in the package's documentation has the same steps as equations.

internal import Kernels

extension LlamaModel {
  /// Computes consecutive tokens of one sequence, and appends their keys and values to its cache.
  ///
  /// Each row of a result depends only on its own token and on the cache up to its position, and is
  /// summed in a fixed order. So with the own kernels logits have the same bits however a prompt is
  /// divided into batches, and wherever the beginning of the cache came from.
  ///
  /// - Source: Touvron et al. 2023, arXiv:2302.13971 (Llama) and arXiv:2307.09288 (Llama 2);
  ///   Jiang et al. 2023, arXiv:2310.06825 (Mistral); Abdin et al. 2024, arXiv:2404.14219 (Phi-3);
  ///   Yang et al. 2024, arXiv:2407.10671 (Qwen2) and 2025, arXiv:2505.09388 (Qwen3); Gemma Team
  ///   2025, arXiv:2503.19786 (Gemma 3).
  /// - Parameters:
  ///   - tokens: checked ids, at most `state.capacity`.
  ///   - firstPosition: of the first token; the cache holds all positions before it.
  ///   - logitRows: the number of last tokens whose logits are computed.
  ///   - state: room for the tokens; the result is `state.logits`, `[logitRows, vocab]`.
  ///   - cache: has room for the tokens.
  ///   - tap: receives every named activation, or nil.
  func forward(
    _ tokens: Span<Int32>, firstPosition: Int, logitRows: Int, state: inout LlamaState,
    cache: KVCache, tap: Tap?
  ) {
    weights.tokens.lookUp(tokens, into: &state.hidden)
    tap?.record(LlamaActivation.embeddings, nil, state.hidden)
    state.rope.fill(firstPosition: firstPosition, count: tokens.count)
    if config.windowRopeBase != nil {
      state.windowRope.fill(firstPosition: firstPosition, count: tokens.count)
    }

    // By index: an unoptimised build allocates for `enumerated()`.
    for index in 0..<config.layers {
      let layer = weights.layers[index]
      // Queries, keys and values; keys and values enter the cache.
      compute.rmsNorm(state.hidden, layer.attentionNorm, into: &state.normed)
      tap?.record(LlamaActivation.attentionNorm, index, state.normed)
      compute.linear(state.normed, layer.attention.queryKeyValue, into: &state.queryKeyValue)
      tap?.record(LlamaActivation.queryKeyValue, index, state.queryKeyValue)
      if let norm = layer.attention.queryKeyNorm {
        compute.rmsNorm(&state.queryKeyValue, heads: config.queryHeads, norm.query)
        compute.rmsNorm(&state.queryKeyValue, heads: config.keyHeads, norm.key)
        tap?.record(.queryNorm, .keyNorm, index, state.queryKeyValue, config)
      }
      rotate(&state, layer: index)
      tap?.record(.rotatedQueries, .rotatedKeys, index, state.queryKeyValue, config)
      compute.append(
        state.queryKeyValue, layer.attention, to: cache, index: index,
        firstPosition: firstPosition)

      // After the last layer's keys and values, only the rows with logits are needed.
      if index == config.layers - 1 {
        if logitRows == 0 { return }
        state.queryKeyValue.keepLastRows(logitRows)
        state.hidden.keepLastRows(logitRows)
      }

      // Self-attention, output projection, residual.
      compute.attention(
        state.queryKeyValue, layer.attention, cache: cache, index: index,
        positions: firstPosition + tokens.count, window: slidingWindow(layer: index),
        into: &state.attention)
      tap?.record(LlamaActivation.attention, index, state.attention)
      if let norm = layer.attentionPostNorm {
        compute.linear(state.attention, layer.attention.output, into: &state.normed)
        tap?.record(LlamaActivation.attentionOutput, index, state.normed)
        compute.rmsNorm(state.normed, norm, addingTo: &state.hidden)
      } else {
        compute.linear(state.attention, layer.attention.output, addingTo: &state.hidden)
      }
      tap?.record(LlamaActivation.attentionResidual, index, state.hidden)

      // Gated feed-forward network, residual.
      compute.rmsNorm(state.hidden, layer.ffnNorm, into: &state.normed)
      tap?.record(LlamaActivation.ffnNorm, index, state.normed)
      compute.linear(state.normed, layer.mlp.gateUp, into: &state.gateUp)
      tap?.record(LlamaActivation.gateUp, index, state.gateUp)
      compute.glu(state.gateUp, activation: layer.mlp.activation, into: &state.ffnHidden)
      tap?.record(LlamaActivation.ffnHidden, index, state.ffnHidden)
      if let norm = layer.ffnPostNorm {
        compute.linear(state.ffnHidden, layer.mlp.down, into: &state.normed)
        tap?.record(LlamaActivation.ffnOutput, index, state.normed)
        compute.rmsNorm(state.normed, norm, addingTo: &state.hidden)
      } else {
        compute.linear(state.ffnHidden, layer.mlp.down, addingTo: &state.hidden)
      }
      tap?.record(LlamaActivation.layerOutput, index, state.hidden)
    }

    compute.rmsNorm(state.hidden, weights.finalNorm, into: &state.normed)
    tap?.record(LlamaActivation.finalNorm, nil, state.normed)
    state.reserveLogits(rows: logitRows)
    compute.linear(state.normed, weights.output, into: &state.logits)
    tap?.record(LlamaActivation.logits, nil, state.logits)
  }

  /// Rotates the heads of queries and keys by their positions.
  private func rotate(_ state: inout LlamaState, layer: Int) {
    let heads = config.heads + config.keyValueHeads
    if config.windowRopeBase != nil, config.hasWindow(layer: layer) {
      compute.rope(
        &state.queryKeyValue, state.windowRope, heads: heads, headDim: config.headDim)
    } else {
      compute.rope(&state.queryKeyValue, state.rope, heads: heads, headDim: config.headDim)
    }
  }
}

extension Tap {
  /// Records the queries and the keys of rows `[queries | keys | values]` under two names.
  fileprivate func record(
    _ queryName: LlamaActivation, _ keyName: LlamaActivation, _ layer: Int,
    _ queryKeyValue: borrowing Matrix, _ config: LlamaConfig
  ) {
    let (queries, keys) = (config.queryWidth, config.keyWidth)
    record(queryName, layer, queryKeyValue, columns: 0..<queries)
    record(keyName, layer, queryKeyValue, columns: queries..<(queries + keys))
  }
}
