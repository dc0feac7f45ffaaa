// BERT's forward pass, token ids to one vector for each sequence, in the order of the paper.
// MiniLM.md in the package's documentation has the same steps as equations.

internal import KernelInterface
internal import Kernels

extension BERTModel {
  /// Computes the embedding of each sequence of a batch.
  ///
  /// The tokens of all sequences follow each other without padding. Each row of a result depends only
  /// on the rows of its own sequence and is summed in a fixed order, so with the own kernels an
  /// embedding has the same bits whatever else is in the batch.
  ///
  /// - Source: Devlin et al. 2018, arXiv:1810.04805; Vaswani et al. 2017, arXiv:1706.03762,
  ///   section 3; Reimers & Gurevych 2019, arXiv:1908.10084, for the pooling.
  /// - Parameters:
  ///   - batch: checked token ids; sequences of one ``activationWidth(tokenCount:)``.
  ///   - state: room for the batch; the result is `state.pooled`, `[sequences, embed]`.
  ///   - tap: receives every named activation, or nil.
  func forward(_ batch: TokenBatch, state: inout BERTState, tap: Tap?) {
    let width = activationWidth(tokenCount: batch.longestSequenceCount)
    embedTokens(batch, into: &state.hidden)
    tap?.record(BERTActivation.embeddings, nil, state.hidden)

    for (index, layer) in weights.layers.enumerated() {
      // Self-attention.
      compute.linear(
        state.hidden, layer.attention.queryKeyValue, width: width, into: &state.queryKeyValue)
      tap?.record(BERTActivation.queryKeyValue, index, state.queryKeyValue)
      compute.attention(
        state.queryKeyValue, layer.attention, offsets: batch.offsets, mask: .full,
        into: &state.attention)
      tap?.record(BERTActivation.attention, index, state.attention)

      // Output projection, residual, LayerNorm.
      compute.linear(
        state.attention, layer.attention.output, width: width, into: &state.attentionNorm)
      compute.addLayerNorm(
        &state.attentionNorm, residual: state.hidden, layer.attentionNorm)
      tap?.record(BERTActivation.attentionNorm, index, state.attentionNorm)

      // Feed-forward network, residual, LayerNorm.
      compute.linear(state.attentionNorm, layer.mlp.up, width: width, into: &state.ffnHidden)
      tap?.record(BERTActivation.ffnHidden, index, state.ffnHidden)
      compute.linear(state.ffnHidden, layer.mlp.down, width: width, into: &state.hidden)
      compute.addLayerNorm(&state.hidden, residual: state.attentionNorm, layer.outputNorm)
      tap?.record(BERTActivation.layerOutput, index, state.hidden)
    }

    pool(batch, state: &state)
    tap?.record(BERTActivation.pooled, nil, state.pooled)
    if config.normalizes { compute.l2Normalize(&state.pooled) }
    tap?.record(BERTActivation.embedding, nil, state.pooled)
  }

  /// The bits of activations in products with `Q8_0` weights, for a sequence.
  ///
  /// The errors of single tokens even out in the mean of many, not in that of one word with [CLS] and
  /// [SEP]: with eight bits the least cosine of MiniLM is 0.9987 for texts of 3 tokens and 0.9991 for those
  /// of 4. With sixteen the weights' part alone remains: 0.9994.
  ///
  /// - Source: our own measurement, 1,904 runs of words in XQuAD of 3 to 15 tokens;
  ///   `Tests/Reference/embedding_parity.py` repeats it.
  /// - Parameter tokenCount: of the sequence, [CLS] and [SEP] included.
  /// - Returns: sixteen bits for the shortest sequences, where weights are quantised.
  func activationWidth(tokenCount: Int) -> ActivationWidth {
    weights.isQuantized && tokenCount <= 4 ? .sixteenBits : .eightBits
  }

  /// `x[t] = LayerNorm(token[id[t]] + type[0] + position[t − start of its sequence])`.
  private func embedTokens(_ batch: TokenBatch, into x: inout Matrix) {
    x.rows = batch.tokenIDs.count
    for sequence in 0..<batch.sequenceCount {
      let start = batch.offsets[sequence]
      for row in start..<batch.offsets[sequence + 1] {
        x.withMutableRow(row) { values in
          for index in values.indices { values[index] = 0 }
          // The order of these sums is that of transformers' BertEmbeddings.
          weights.tokens.add(Int(batch.tokenIDs[row]), to: &values)
          weights.types.add(0, to: &values)
          weights.positions.add(row - start, to: &values)
        }
      }
    }
    compute.layerNorm(&x, weights.embeddingNorm)
  }

  /// One row for each sequence: the mean of its rows, or its first row.
  private func pool(_ batch: TokenBatch, state: inout BERTState) {
    switch config.pooling {
    case .mean:
      compute.meanPool(state.hidden, sequenceOffsets: batch.offsets, into: &state.pooled)
    case .classification:
      state.pooled.rows = batch.sequenceCount
      for sequence in 0..<batch.sequenceCount {
        state.hidden.copyRow(batch.offsets[sequence], to: sequence, of: &state.pooled)
      }
    }
  }
}
