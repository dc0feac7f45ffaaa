// The forward pass of Whisper's encoder, a window of sound to hidden states, in the order of the
// paper. Whisper.md in the package's documentation has the same steps as equations.

internal import KernelInterface
internal import Kernels

extension WhisperModel {
  /// Computes the hidden states of a window.
  ///
  /// Each row of a result is summed in a fixed order, whatever the number of threads.
  ///
  /// - Source: Radford et al. 2022, arXiv:2212.04356, section 2.2.
  /// - Parameters:
  ///   - state: `mel` has the window, `[2 × context, mels]`; the result is `norm`,
  ///     `[context, embed]`.
  ///   - tap: receives every named activation, or nil.
  func encode(state: inout WhisperEncoderState, tap: Tap?) {
    // Two convolutions over time, the second of which halves the rows; then the positions.
    compute.convolution1D(state.mel, weights.firstConvolution, into: &state.convolution)
    tap?.record(WhisperActivation.firstConvolution, nil, state.convolution)
    compute.convolution1D(state.convolution, weights.secondConvolution, into: &state.hidden)
    tap?.record(WhisperActivation.secondConvolution, nil, state.hidden)
    for row in 0..<state.hidden.rows {
      state.hidden.withMutableRow(row) { weights.soundPositions.add(row, to: &$0) }
    }
    tap?.record(WhisperActivation.embeddings, nil, state.hidden)

    let offsets = [0, state.hidden.rows]
    for (index, layer) in weights.encoderLayers.enumerated() {
      // Self-attention, residual.
      compute.layerNorm(state.hidden, layer.attentionNorm, into: &state.norm)
      tap?.record(WhisperActivation.attentionNorm, index, state.norm)
      compute.linear(state.norm, layer.attention.queryKeyValue, into: &state.queryKeyValue)
      tap?.record(WhisperActivation.queryKeyValue, index, state.queryKeyValue)
      compute.attention(
        state.queryKeyValue, layer.attention, offsets: offsets, mask: .full,
        scores: weights.scorePrecision, into: &state.attention)
      tap?.record(WhisperActivation.attention, index, state.attention)
      compute.linear(state.attention, layer.attention.output, addingTo: &state.hidden)
      tap?.record(WhisperActivation.attentionResidual, index, state.hidden)

      // Feed-forward network, residual.
      compute.layerNorm(state.hidden, layer.ffnNorm, into: &state.norm)
      tap?.record(WhisperActivation.ffnNorm, index, state.norm)
      compute.linear(state.norm, layer.mlp.up, into: &state.ffnHidden)
      tap?.record(WhisperActivation.ffnHidden, index, state.ffnHidden)
      compute.linear(state.ffnHidden, layer.mlp.down, addingTo: &state.hidden)
      tap?.record(WhisperActivation.layerOutput, index, state.hidden)
    }
    compute.layerNorm(state.hidden, weights.encoderNorm, into: &state.norm)
    tap?.record(WhisperActivation.finalNorm, nil, state.norm)
  }

  /// Writes keys and values of the encoder's output, which every layer of the decoder attends to,
  /// into a cache; they stay the same for all tokens of the window.
  ///
  /// - Parameters:
  ///   - state: has the output.
  ///   - cache: has the decoder's layers for each window.
  ///   - window: whose layers are overwritten.
  func appendKeysAndValues(
    of state: inout WhisperEncoderState, to cache: KVCache, window: Int
  ) {
    let layers = weights.decoderLayers
    for (index, layer) in layers.enumerated() {
      compute.appendKeysAndValues(
        state.norm, layer.crossAttention, room: &state.keyValue, to: cache,
        index: window * layers.count + index)
    }
  }
}
