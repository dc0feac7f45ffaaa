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
  ///   - window: the number of the window.
  ///   - positions: the first positions of the encoder's output, without those of padding.
  /// - Returns: for each head `[tokens, positions]`, row-major.
  /// - Throws: as `start`.
  /// - Precondition: there is a window, and at least one position and at most those of the encoder.
  package func attentionToSound(
    _ tokens: [Int32], heads: [WhisperConfig.Head], window: Int = 0, positions: Int
  ) throws(ModelError) -> [[Float]] {
    precondition((1...model.config.encoder.context).contains(positions), "positions of the sound")
    let layers = Set(heads.map(\.layer))
    var queries: [Int: [Float]] = [:]
    try start(
      tokens, windows: window..<(window + 1), logitRows: tokens.count,
      tap: Tap(of: [WhisperActivation.crossQuery.rawValue]) { activation in
        if let layer = activation.layer, layers.contains(layer) {
          queries[layer] = activation.values
        }
      })
    return heads.map { head in
      guard let queries = queries[head.layer] else { return [] }
      return attention(queries, head, tokenCount: tokens.count, positions: positions)
    }
  }

  /// `[tokens, positions]` of one head, with the keys that the window's cache already has.
  private func attention(
    _ queries: [Float], _ head: WhisperConfig.Head, tokenCount: Int, positions: Int
  ) -> [Float] {
    let (embed, heads) = (model.config.decoder.embed, model.config.decoder.heads)
    let (width, column) = (embed / heads, head.head * (embed / heads))
    let keys = soundKeys(layer: head.layer, head: head.head, positions: positions)
    let scale = 1 / Float(width).squareRoot()
    var weights = [Float](repeating: 0, count: tokenCount * positions)
    for token in 0..<tokenCount {
      var largest = -Float.infinity
      for position in 0..<positions {
        var sum: Float = 0
        for element in 0..<width {
          sum += queries[token * embed + column + element] * keys[position * width + element]
        }
        weights[token * positions + position] = sum * scale
        largest = max(largest, sum * scale)
      }
      softmax(&weights, token * positions..<(token + 1) * positions, largest: largest)
    }
    return weights
  }
}
