// BERT's forward pass, token ids to one vector a sequence, in the order of the paper.
// MiniLM.md beside the package's documentation writes the same steps as equations.

internal import KernelInterface
internal import Kernels

extension BERTModel {
  /// Computes the embedding of each sequence of a batch.
  ///
  /// The tokens of all sequences stand one after another, without padding. Each row of a result
  /// depends on the rows of its own sequence alone and has a fixed order of summation. So with the
  /// own kernels an embedding has the same bits whatever else is in the batch.
  ///
  /// - Source: Devlin et al. 2018, arXiv:1810.04805; Vaswani et al. 2017, arXiv:1706.03762,
  ///   section 3; Reimers & Gurevych 2019, arXiv:1908.10084, for the pooling.
  /// - Parameters:
  ///   - batch: checked token ids.
  ///   - state: room for the batch; the result is `state.pooled`, `[sequences, embed]`.
  ///   - tap: receives every named activation, or nil.
  func forward(_ batch: TokenBatch, state: inout BERTState, tap: Tap?) {
    embedTokens(batch, into: &state.hidden)
    tap?.record(BERTActivation.embeddings, nil, state.hidden)

    for (index, layer) in weights.layers.enumerated() {
      // Every token asks, and the answers of its own sequence are mixed.
      compute.linear(
        state.hidden, layer.queryKeyValue.weight, bias: layer.queryKeyValue.bias,
        into: &state.queryKeyValue)
      tap?.record(BERTActivation.queryKeyValue, index, state.queryKeyValue)
      compute.attention(
        queryKeyValue: state.queryKeyValue, shape: config.attention, offsets: batch.offsets,
        mask: .full, into: &state.attention)
      tap?.record(BERTActivation.attention, index, state.attention)

      // The mixture is projected, added to what came in, and normalised.
      compute.linear(
        state.attention, layer.attentionOutput.weight, bias: layer.attentionOutput.bias,
        into: &state.attentionNorm)
      compute.addLayerNorm(
        &state.attentionNorm, residual: state.hidden, weight: layer.attentionNorm.gain,
        bias: layer.attentionNorm.shift, epsilon: config.layerNormEpsilon)
      tap?.record(BERTActivation.attentionNorm, index, state.attentionNorm)

      // Each token by itself: wider, GELU, back; added and normalised again.
      compute.linear(
        state.attentionNorm, layer.up.weight, bias: layer.up.bias, activation: .gelu,
        into: &state.ffnHidden)
      tap?.record(BERTActivation.ffnHidden, index, state.ffnHidden)
      compute.linear(state.ffnHidden, layer.down.weight, bias: layer.down.bias, into: &state.hidden)
      compute.addLayerNorm(
        &state.hidden, residual: state.attentionNorm, weight: layer.outputNorm.gain,
        bias: layer.outputNorm.shift, epsilon: config.layerNormEpsilon)
      tap?.record(BERTActivation.layerOutput, index, state.hidden)
    }

    pool(batch, state: &state)
    tap?.record(BERTActivation.pooled, nil, state.pooled)
    if config.normalizes { compute.l2Normalize(&state.pooled) }
    tap?.record(BERTActivation.embedding, nil, state.pooled)
  }

  /// `x[t] = layerNorm(token[id[t]] + type[0] + position[t - start of its sequence])`.
  private func embedTokens(_ batch: TokenBatch, into x: inout Matrix) {
    x.rows = batch.tokenIDs.count
    for sequence in 0..<batch.sequenceCount {
      let start = batch.offsets[sequence]
      for row in start..<batch.offsets[sequence + 1] {
        x.withMutableRow(row) { values in
          for index in values.indices { values[index] = 0 }
          // The order of these sums is that of transformers' BertEmbeddings.
          weights.tokens.add(row: Int(batch.tokenIDs[row]), to: &values)
          weights.types.add(row: 0, to: &values)
          weights.positions.add(row: row - start, to: &values)
        }
      }
    }
    compute.layerNorm(
      &x, weight: weights.embeddingNorm.gain, bias: weights.embeddingNorm.shift,
      epsilon: config.layerNormEpsilon)
  }

  /// One row a sequence: the mean of its rows, or its first.
  private func pool(_ batch: TokenBatch, state: inout BERTState) {
    switch config.pooling {
    case .mean:
      compute.meanPool(state.hidden, sequenceOffsets: batch.offsets, into: &state.pooled)
    case .classification:
      state.pooled.rows = batch.sequenceCount
      for sequence in 0..<batch.sequenceCount {
        state.hidden.withRow(batch.offsets[sequence]) { first in
          state.pooled.withMutableRow(sequence) { row in
            for index in row.indices { row[index] = first[index] }
          }
        }
      }
    }
  }
}
