/// Makes chunks of the pictures of a document and of the words that were read in them.
package struct PictureChunker {
  private let document: ExtractedDocument
  private let chunker: Chunker
  private var locator: ChunkLocator

  /// - Parameters:
  ///   - document: the document that shows the pictures.
  ///   - chunker: cuts recognised text, and limits captions.
  package init(_ document: ExtractedDocument, chunker: Chunker) {
    self.document = document
    self.chunker = chunker
    locator = ChunkLocator(document, bytes: Array(document.text.utf8))
  }

  /// The chunk of a picture, with its caption as text.
  ///
  /// Pictures must be passed in the order of the document.
  ///
  /// - Parameters:
  ///   - picture: one of the document's.
  ///   - details: its size and metadata.
  /// - Returns: a chunk whose text fits the embedding model.
  package mutating func chunk(of picture: ExtractedPicture, details: PictureDetails) -> Chunk {
    let caption = chunker.shortened(picture.caption)
    return locator.chunk(
      showing: details, caption: caption, at: picture.byteOffset, page: picture.page,
      tokenCount: caption.isEmpty ? 0 : chunker.tokenCount(of: caption))
  }

  /// The chunks of the words that were read in a picture, each with its region.
  package func chunks(
    of words: RecognizedText, in picture: ExtractedPicture, details: PictureDetails
  ) -> [Chunk] {
    guard !words.isEmpty else { return [] }
    let text = ExtractedDocument(type: document.type, text: words.text)
    return chunker.chunks(of: text).map { chunk in
      Chunk(
        text: chunk.text, byteRange: chunk.byteRange, page: picture.page,
        lineRange: chunk.lineRange,
        picture: details.with(region: words.region(of: chunk.byteRange)),
        tokenCount: chunk.tokenCount)
    }
  }
}

extension Chunker {
  /// The longest beginning of a caption, in whole words, that fits the embedding model.
  ///
  /// - Complexity: O(log words) calls of `measure`.
  func shortened(_ caption: String) -> String {
    guard tokenCount(of: caption) > maximumTokenCount else { return caption }
    let words = caption.split(separator: " ")
    var (low, high) = (0, words.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      let isShortEnough =
        tokenCount(of: words[..<middle].joined(separator: " ")) <= maximumTokenCount
      if isShortEnough { low = middle } else { high = middle }
    }
    return words[..<low].joined(separator: " ")
  }
}
