// CLIP's forward passes, images and token ids to vectors of one space, in the order of the paper.
// CLIP.md in the package's documentation has the same steps as equations.

internal import KernelInterface
internal import Kernels

extension CLIPModel {
  /// Computes the embedding of each image of a batch.
  ///
  /// Each row of a result depends only on the rows of its own image and is summed in a fixed order,
  /// so an embedding has the same bits whatever else is in the batch.
  ///
  /// - Source: Radford et al. 2021, arXiv:2103.00020; Dosovitskiy et al. 2020, arXiv:2010.11929.
  /// - Parameters:
  ///   - state: `pixels` has the prepared images; the result is `embedding`, `[images, projection]`.
  ///   - tap: receives every named activation, or nil.
  func forwardImages(state: inout CLIPState, tap: Tap?) {
    let imageCount = state.pixels.rows / (CLIPConfig.channels * config.imageSize)
    compute.patchEmbedding(state.pixels, weights.patches, into: &state.patches)
    tap?.record(CLIPActivation.patches, nil, state.patches)
    embedPatches(imageCount: imageCount, state: &state)
    tap?.record(CLIPActivation.embeddings, nil, state.hidden)
    compute.layerNorm(&state.hidden, weights.preNorm)
    tap?.record(CLIPActivation.preNorm, nil, state.hidden)

    let offsets = (0...imageCount).map { $0 * config.imageTokenCount }
    // The class token stands for the image.
    let pooledRows = offsets.dropLast()
    forward(
      weights.imageLayers, offsets: offsets, mask: .full, pooledRows: pooledRows, state: &state,
      tap: tap)
    project(norm: weights.imageNorm, weights.imageProjection, &state, tap)
  }

  /// Computes the embedding of each text of a batch.
  ///
  /// The tokens of all texts follow each other without padding: attention is causal, so what follows
  /// the end of a text cannot change its vector.
  ///
  /// - Source: Radford et al. 2021, arXiv:2103.00020, section 2.4.
  /// - Parameters:
  ///   - batch: checked token ids; each text ends at its first largest id.
  ///   - state: room for the batch; the result is `embedding`, `[texts, projection]`.
  ///   - tap: receives every named activation, or nil.
  func forwardTexts(_ batch: TokenBatch, state: inout CLIPState, tap: Tap?) {
    embedTokens(batch, into: &state.hidden)
    tap?.record(CLIPActivation.embeddings, nil, state.hidden)

    // The last token has seen the whole text.
    let pooledRows = batch.offsets.dropFirst().map { $0 - 1 }[...]
    forward(
      weights.textLayers, offsets: batch.offsets, mask: .causal(window: nil),
      pooledRows: pooledRows, state: &state, tap: tap)
    project(norm: weights.textNorm, weights.textProjection, &state, tap)
  }

  /// The layers of a tower, each with its LayerNorm before the sublayer.
  ///
  /// Of the last layer only `pooledRows` are used, one for each input, and `state.hidden` keeps only
  /// them. Without a tap what follows its attention is computed for them alone: three quarters of a
  /// layer less.
  private func forward(
    _ layers: [CLIPWeights.Layer], offsets: [Int], mask: AttentionMask,
    pooledRows: ArraySlice<Int>, state: inout CLIPState, tap: Tap?
  ) {
    for (index, layer) in layers.enumerated() {
      // Self-attention, residual.
      compute.layerNorm(state.hidden, layer.attentionNorm, into: &state.norm)
      tap?.record(CLIPActivation.attentionNorm, index, state.norm)
      compute.linear(state.norm, layer.attention.queryKeyValue, into: &state.queryKeyValue)
      tap?.record(CLIPActivation.queryKeyValue, index, state.queryKeyValue)
      compute.attention(
        state.queryKeyValue, layer.attention, offsets: offsets, mask: mask, into: &state.attention)
      tap?.record(CLIPActivation.attention, index, state.attention)
      if index == layers.count - 1, tap == nil {
        state.attention.keepRows(pooledRows)
        state.hidden.keepRows(pooledRows)
      }
      compute.linear(state.attention, layer.attention.output, addingTo: &state.hidden)
      tap?.record(CLIPActivation.attentionResidual, index, state.hidden)

      // Feed-forward network, residual.
      compute.layerNorm(state.hidden, layer.ffnNorm, into: &state.norm)
      tap?.record(CLIPActivation.ffnNorm, index, state.norm)
      compute.linear(state.norm, layer.mlp.up, into: &state.ffnHidden)
      tap?.record(CLIPActivation.ffnHidden, index, state.ffnHidden)
      compute.linear(state.ffnHidden, layer.mlp.down, addingTo: &state.hidden)
      tap?.record(CLIPActivation.layerOutput, index, state.hidden)
    }
    if tap != nil { state.hidden.keepRows(pooledRows) }
  }

  /// `x = [class; patches] + position`, for each image.
  private func embedPatches(imageCount: Int, state: inout CLIPState) {
    let patchCount = config.imageTokenCount - 1
    state.hidden.rows = imageCount * config.imageTokenCount
    for row in 0..<state.hidden.rows {
      let (image, token) = (row / config.imageTokenCount, row % config.imageTokenCount)
      if token > 0 {
        state.patches.copyRow(image * patchCount + token - 1, to: row, of: &state.hidden)
      }
      state.hidden.withMutableRow(row) { values in
        if token == 0 {
          for index in values.indices { values[index] = weights.classEmbedding[index] }
        }
        weights.imagePositions.add(token, to: &values)
      }
    }
  }

  /// `x[t] = token[id[t]] + position[t − start of its text]`.
  private func embedTokens(_ batch: TokenBatch, into x: inout Matrix) {
    x.rows = batch.tokenIDs.count
    for text in 0..<batch.sequenceCount {
      let start = batch.offsets[text]
      for row in start..<batch.offsets[text + 1] {
        x.withMutableRow(row) { values in
          for index in values.indices { values[index] = 0 }
          weights.tokens.add(Int(batch.tokenIDs[row]), to: &values)
          weights.textPositions.add(row - start, to: &values)
        }
      }
    }
  }

  /// For each input: the LayerNorm of its pooled row, projected and scaled to unit length.
  private func project(
    norm: LayerNorm, _ projection: Linear, _ state: inout CLIPState, _ tap: Tap?
  ) {
    compute.layerNorm(state.hidden, norm, into: &state.pooled)
    tap?.record(CLIPActivation.pooled, nil, state.pooled)
    compute.linear(state.pooled, projection, into: &state.embedding)
    tap?.record(CLIPActivation.projected, nil, state.embedding)
    compute.l2Normalize(&state.embedding)
    tap?.record(CLIPActivation.embedding, nil, state.embedding)
  }
}
