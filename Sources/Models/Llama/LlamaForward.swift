// The forward pass of the Llama family, token ids to logits, in the order of the papers.
// Llama.md beside the package's documentation writes the same steps as equations.

internal import Kernels

extension LlamaModel {
  /// Computes consecutive tokens of one sequence, and appends their keys and values to its cache.
  ///
  /// Each row of a result depends on its own token and on the rows of the cache up to its position, and
  /// has a fixed order of summation. So with the own kernels logits have the same bits however a
  /// prompt is cut into batches, and wherever the beginning of the cache came from.
  ///
  /// - Source: Touvron et al. 2023, arXiv:2302.13971 (Llama) and arXiv:2307.09288 (Llama 2);
  ///   Jiang et al. 2023, arXiv:2310.06825 (Mistral); Abdin et al. 2024, arXiv:2404.14219 (Phi-3).
  /// - Parameters:
  ///   - tokens: checked ids, at most `state.capacity`.
  ///   - firstPosition: of the first token; the cache holds all positions before it.
  ///   - logitRows: for how many of the last tokens logits are wanted.
  ///   - state: room for the tokens; the result is `state.logits`, `[logitRows, vocab]`.
  ///   - cache: has room for the tokens.
  ///   - tap: receives every named activation, or nil.
  func forward(
    _ tokens: Span<Int32>, firstPosition: Int, logitRows: Int, state: inout LlamaState,
    cache: KVCache, tap: Tap?
  ) {
    embed(tokens, into: &state.hidden)
    tap?.record(LlamaActivation.embeddings, nil, state.hidden)
    state.rope.fill(firstPosition: firstPosition, count: tokens.count)

    for index in 0..<config.layers {
      let layer = weights.layers[index]
      // Every token asks, and leaves a key and a value for those that follow.
      compute.rmsNorm(
        state.hidden, weight: layer.attentionNorm, epsilon: config.epsilon, into: &state.normed)
      tap?.record(LlamaActivation.attentionNorm, index, state.normed)
      compute.linear(state.normed, layer.queryKeyValue, into: &state.queryKeyValue)
      tap?.record(LlamaActivation.queryKeyValue, index, state.queryKeyValue)
      compute.rope(
        &state.queryKeyValue, state.rope, heads: config.heads + config.keyValueHeads,
        headDim: config.headDim)
      tap?.recordRotated(index, state.queryKeyValue, config)
      compute.append(
        state.queryKeyValue, shape: config.attention, to: cache, layer: index,
        firstPosition: firstPosition)

      // Nothing behind the last layer's keys and values is needed of tokens without logits.
      if index == config.layers - 1 {
        if logitRows == 0 { return }
        state.queryKeyValue.keepLastRows(logitRows)
        state.hidden.keepLastRows(logitRows)
      }

      // The answers of the positions up to its own are mixed, projected and added to what came in.
      compute.attention(
        state.queryKeyValue, shape: config.attention, cache: cache, layer: index,
        positions: firstPosition + tokens.count, mask: .causal(window: slidingWindow),
        into: &state.attention)
      tap?.record(LlamaActivation.attention, index, state.attention)
      compute.linear(state.attention, layer.attentionOutput, addingTo: &state.hidden)
      tap?.record(LlamaActivation.attentionResidual, index, state.hidden)

      // Each token by itself: wider, gated, back; added again.
      compute.rmsNorm(
        state.hidden, weight: layer.ffnNorm, epsilon: config.epsilon, into: &state.normed)
      tap?.record(LlamaActivation.ffnNorm, index, state.normed)
      compute.linear(state.normed, layer.gateUp, into: &state.gateUp)
      tap?.record(LlamaActivation.gateUp, index, state.gateUp)
      compute.swiGLU(state.gateUp, into: &state.ffnHidden)
      tap?.record(LlamaActivation.ffnHidden, index, state.ffnHidden)
      compute.linear(state.ffnHidden, layer.down, addingTo: &state.hidden)
      tap?.record(LlamaActivation.layerOutput, index, state.hidden)
    }

    compute.rmsNorm(
      state.hidden, weight: weights.finalNorm, epsilon: config.epsilon, into: &state.normed)
    tap?.record(LlamaActivation.finalNorm, nil, state.normed)
    state.reserveLogits(rows: logitRows)
    compute.linear(state.normed, weights.output, into: &state.logits)
    tap?.record(LlamaActivation.logits, nil, state.logits)
  }

  /// `x[t] = token[id[t]]`.
  private func embed(_ tokens: Span<Int32>, into x: inout Matrix) {
    x.rows = tokens.count
    for row in 0..<tokens.count {
      x.withMutableRow(row) { weights.tokens.copy(row: Int(tokens[row]), into: &$0) }
    }
  }
}

extension Tap {
  /// Records the rotated queries and keys of a row `[queries | keys | values]`.
  fileprivate func recordRotated(
    _ layer: Int, _ queryKeyValue: borrowing Matrix, _ config: LlamaConfig
  ) {
    let (queries, keys) = (config.queryWidth, config.keyWidth)
    record(LlamaActivation.rotatedQueries, layer, queryKeyValue, columns: 0..<queries)
    record(LlamaActivation.rotatedKeys, layer, queryKeyValue, columns: queries..<(queries + keys))
  }
}
