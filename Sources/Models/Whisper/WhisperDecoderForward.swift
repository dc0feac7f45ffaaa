// The forward pass of Whisper's decoder, token ids to logits, in the order of the paper. Whisper.md
// in the package's documentation has the same steps as equations.

internal import Kernels

/// The caches that a step of the decoder reads and extends.
struct WhisperCaches {
  /// Keys and values of the encoder's output, `layers` for each window.
  let cross: KVCache
  /// Keys and values of the tokens, `layers` for each slot.
  let own: KVCache
  /// The slot of each hypothesis.
  var slots: [Int]
  /// The window of each hypothesis.
  var windows: [Int]
  /// Layers of the decoder.
  let layers: Int

  /// The layer in ``own`` of a layer of a hypothesis.
  func ownLayer(_ layer: Int, of hypothesis: Int) -> Int { slots[hypothesis] * layers + layer }

  /// The layer in ``cross`` of a layer of a hypothesis.
  func crossLayer(_ layer: Int, of hypothesis: Int) -> Int { windows[hypothesis] * layers + layer }
}

extension WhisperModel {
  /// Computes consecutive tokens of one hypothesis, or one token of each of several.
  ///
  /// Each row of a result depends only on its own hypothesis and is summed in a fixed order, so it
  /// has the same bits whatever the other hypotheses are and however a prompt is divided.
  ///
  /// - Source: Radford et al. 2022, arXiv:2212.04356, section 2.2.
  /// - Parameters:
  ///   - tokens: checked ids; as many as hypotheses where there are several.
  ///   - firstPosition: of the first token, or of all; the caches hold all positions before it.
  ///   - logitRows: the number of last rows whose logits are computed.
  ///   - state: room for the tokens; the result is `logits`, `[logitRows, vocab]`.
  ///   - caches: of one hypothesis, or of as many as tokens.
  ///   - tap: receives every named activation, or nil.
  func decode(
    _ tokens: [Int32], firstPosition: Int, logitRows: Int, state: inout WhisperDecoderState,
    caches: WhisperCaches, tap: Tap?
  ) {
    let isOneHypothesis = caches.slots.count == 1
    weights.tokens.lookUp(tokens.span, into: &state.hidden)
    for row in 0..<tokens.count {
      let position = isOneHypothesis ? firstPosition + row : firstPosition
      state.hidden.withMutableRow(row) { weights.textPositions.add(position, to: &$0) }
    }
    tap?.record(WhisperActivation.embeddings, nil, state.hidden)

    for (index, layer) in weights.decoderLayers.enumerated() {
      // Self-attention to the tokens so far, residual.
      compute.layerNorm(state.hidden, layer.attentionNorm, into: &state.norm)
      tap?.record(WhisperActivation.attentionNorm, index, state.norm)
      compute.linear(state.norm, layer.attention.queryKeyValue, into: &state.queryKeyValue)
      tap?.record(WhisperActivation.queryKeyValue, index, state.queryKeyValue)
      attendToTokens(layer.attention, index, firstPosition, &state, caches)
      tap?.record(WhisperActivation.attention, index, state.attention)
      compute.linear(state.attention, layer.attention.output, addingTo: &state.hidden)
      tap?.record(WhisperActivation.attentionResidual, index, state.hidden)

      // Cross-attention to the encoder's output, residual.
      compute.layerNorm(state.hidden, layer.crossNorm, into: &state.norm)
      tap?.record(WhisperActivation.crossNorm, index, state.norm)
      compute.linear(state.norm, layer.crossAttention.query, into: &state.crossQuery)
      tap?.record(WhisperActivation.crossQuery, index, state.crossQuery)
      attendToSound(layer.crossAttention, index, &state, caches)
      tap?.record(WhisperActivation.crossAttention, index, state.attention)
      compute.linear(state.attention, layer.crossAttention.output, addingTo: &state.hidden)
      tap?.record(WhisperActivation.crossResidual, index, state.hidden)

      // Feed-forward network, residual.
      compute.layerNorm(state.hidden, layer.ffnNorm, into: &state.norm)
      tap?.record(WhisperActivation.ffnNorm, index, state.norm)
      compute.linear(state.norm, layer.mlp.up, into: &state.ffnHidden)
      tap?.record(WhisperActivation.ffnHidden, index, state.ffnHidden)
      compute.linear(state.ffnHidden, layer.mlp.down, addingTo: &state.hidden)
      tap?.record(WhisperActivation.layerOutput, index, state.hidden)
    }

    state.hidden.keepLastRows(logitRows)
    compute.layerNorm(state.hidden, weights.decoderNorm, into: &state.norm)
    tap?.record(WhisperActivation.finalNorm, nil, state.norm)
    state.reserveLogits(rows: logitRows)
    compute.linear(state.norm, weights.output, into: &state.logits)
    tap?.record(WhisperActivation.logits, nil, state.logits)
  }

  /// Cross-attention: of hypotheses of the same window together, so that they share its keys.
  private func attendToSound(
    _ layer: CrossAttention, _ index: Int, _ state: inout WhisperDecoderState,
    _ caches: WhisperCaches
  ) {
    if caches.windows.allSatisfy({ $0 == caches.windows[0] }) {
      compute.attention(
        state.crossQuery, layer, cache: caches.cross, index: caches.crossLayer(index, of: 0),
        positions: config.encoder.context, into: &state.attention)
      return
    }
    compute.attention(
      eachOf: state.crossQuery, shape: layer.shape, cache: caches.cross,
      layers: caches.windows.indices.map { caches.crossLayer(index, of: $0) },
      positions: config.encoder.context, into: &state.attention)
  }

  /// Causal self-attention: of the tokens of one hypothesis, or of one token of each.
  private func attendToTokens(
    _ layer: SelfAttention, _ index: Int, _ firstPosition: Int,
    _ state: inout WhisperDecoderState, _ caches: WhisperCaches
  ) {
    if caches.slots.count == 1 {
      let cacheLayer = caches.ownLayer(index, of: 0)
      compute.append(
        state.queryKeyValue, layer, to: caches.own, index: cacheLayer, firstPosition: firstPosition)
      compute.attention(
        state.queryKeyValue, layer, cache: caches.own, index: cacheLayer,
        positions: firstPosition + state.queryKeyValue.rows, window: nil, into: &state.attention)
      return
    }
    let layers = caches.slots.indices.map { caches.ownLayer(index, of: $0) }
    compute.append(
      eachOf: state.queryKeyValue, shape: layer.shape, to: caches.own, layers: layers,
      position: firstPosition)
    compute.attention(
      eachOf: state.queryKeyValue, shape: layer.shape, cache: caches.own, layers: layers,
      positions: firstPosition + 1, into: &state.attention)
  }
}
