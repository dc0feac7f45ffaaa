internal import Kernels

extension WhisperSession {
  /// The attention of some heads to the sound while the decoder reads a text.
  ///
  /// `w[t, p] = softmax_p(q[t] · k[p] / √headDim)` over the first positions. The session's caches and
  /// logits are those of the text afterwards, with the logits of every token.
  ///
  /// - Parameters:
  ///   - tokens: the text with its prompt.
  ///   - heads: of the decoder's cross-attention.
  ///   - positions: the first positions of the encoder's output, without those of padding.
  /// - Returns: for each head `[tokens, positions]`, row-major.
  /// - Throws: as `start`.
  /// - Precondition: there is a window, and at least one position and at most those of the encoder.
  package func attentionToSound(
    _ tokens: [Int32], heads: [WhisperConfig.Head], positions: Int
  ) throws(ModelError) -> [[Float]] {
    precondition((1...model.config.encoder.context).contains(positions), "positions of the sound")
    let layers = Set(heads.map(\.layer))
    var queries: [Int: [Float]] = [:]
    try start(
      tokens, logitRows: tokens.count,
      tap: Tap(of: [WhisperActivation.crossQuery.rawValue]) { activation in
        if let layer = activation.layer, layers.contains(layer) {
          queries[layer] = activation.values
        }
      })
    var weights = [[Float]](repeating: [], count: heads.count)
    for layer in layers.sorted() {
      guard let queries = queries[layer] else { continue }
      let keys = keys(ofLayer: layer)
      for (index, head) in heads.enumerated() where head.layer == layer {
        weights[index] = attention(
          queries, keys, head: head.head, tokenCount: tokens.count, positions: positions)
      }
    }
    return weights
  }

  /// `[tokens, positions]` of one head.
  private func attention(
    _ queries: [Float], _ keys: [Float], head: Int, tokenCount: Int, positions: Int
  ) -> [Float] {
    let (embed, heads) = (model.config.decoder.embed, model.config.decoder.heads)
    let (width, column) = (embed / heads, head * (embed / heads))
    let scale = 1 / Float(width).squareRoot()
    var weights = [Float](repeating: 0, count: tokenCount * positions)
    for token in 0..<tokenCount {
      var largest = -Float.infinity
      for position in 0..<positions {
        var sum: Float = 0
        for element in column..<(column + width) {
          sum += queries[token * embed + element] * keys[position * embed + element]
        }
        weights[token * positions + position] = sum * scale
        largest = max(largest, sum * scale)
      }
      softmax(&weights, token * positions..<(token + 1) * positions, largest: largest)
    }
    return weights
  }
}
