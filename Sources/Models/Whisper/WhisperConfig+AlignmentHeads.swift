extension WhisperConfig {
  /// A head of the decoder's cross-attention.
  package struct Head: Sendable, Hashable {
    package var layer: Int
    package var head: Int

    package init(_ layer: Int, _ head: Int) {
      self.layer = layer
      self.head = head
    }
  }

  /// The heads whose attention follows the sound while the decoder reads a text, from which times of
  /// words are computed.
  ///
  /// OpenAI chose them for each published model, which is recognised by its sizes; large-v1 has those
  /// of large-v2, which has the same sizes. Other models have all heads of the second half of their
  /// layers.
  ///
  /// - Source: openai-whisper 20250625 `__init__.py`, `_ALIGNMENT_HEADS`, and `model.py`.
  package var alignmentHeads: [Head] {
    let sizes = Published(layers: decoder.layers, embed: decoder.embed, vocab: vocab)
    // Every published model has heads of 64 elements; a file with others has not these heads.
    let published = decoder.heads * 64 == decoder.embed ? Self.publishedHeads[sizes] : nil
    return published?.map { Head($0.0, $0.1) }
      ?? (decoder.layers / 2..<decoder.layers).flatMap { layer in
        (0..<decoder.heads).map { Head(layer, $0) }
      }
  }

  /// The sizes that tell published models apart.
  private struct Published: Hashable {
    var layers: Int
    var embed: Int
    var vocab: Int
  }

  private static let publishedHeads: [Published: [(Int, Int)]] = {
    let english = multilingualVocab - 1
    func size(_ layers: Int, _ embed: Int, _ vocab: Int = multilingualVocab) -> Published {
      Published(layers: layers, embed: embed, vocab: vocab)
    }
    return [
      size(4, 384, english): [(1, 0), (2, 0), (2, 5), (3, 0), (3, 1), (3, 2), (3, 3), (3, 4)],
      size(4, 384): [(2, 2), (3, 0), (3, 2), (3, 3), (3, 4), (3, 5)],
      size(6, 512, english): [(3, 3), (4, 7), (5, 1), (5, 5), (5, 7)],
      size(6, 512): [(3, 1), (4, 2), (4, 3), (4, 7), (5, 1), (5, 2), (5, 4), (5, 6)],
      size(12, 768, english): [
        (6, 6), (7, 0), (7, 3), (7, 8), (8, 2), (8, 5), (8, 7), (9, 0), (9, 4), (9, 8), (9, 10),
        (10, 0), (10, 1), (10, 2), (10, 3), (10, 6), (10, 11), (11, 2), (11, 4),
      ],
      size(12, 768): [
        (5, 3), (5, 9), (8, 0), (8, 4), (8, 7), (8, 8), (9, 0), (9, 7), (9, 9), (10, 5),
      ],
      size(24, 1_024, english): [
        (11, 4), (14, 1), (14, 12), (14, 14), (15, 4), (16, 0), (16, 4), (16, 9), (17, 12),
        (17, 14), (18, 7), (18, 10), (18, 15), (20, 0), (20, 3), (20, 9), (20, 14), (21, 12),
      ],
      size(24, 1_024): [(13, 15), (15, 4), (15, 15), (16, 1), (20, 0), (23, 4)],
      size(32, 1_280): [
        (10, 12), (13, 17), (16, 11), (16, 12), (16, 13), (17, 15), (17, 16), (18, 4), (18, 11),
        (18, 19), (19, 11), (21, 2), (21, 3), (22, 3), (22, 9), (22, 12), (23, 5), (23, 7),
        (23, 13), (25, 5), (26, 1), (26, 12), (27, 15),
      ],
      size(32, 1_280, multilingualVocab + 1): [
        (7, 0), (10, 17), (12, 18), (13, 12), (16, 1), (17, 14), (19, 11), (21, 4), (24, 1),
        (25, 6),
      ],
      size(4, 1_280, multilingualVocab + 1): [
        (2, 4), (2, 11), (3, 3), (3, 6), (3, 11), (3, 14),
      ],
    ]
  }()
}
