/// A stretch of a document that was found for a question.
public struct Passage: Sendable, Equatable, Codable {
  /// Where it stands.
  public let citation: Citation
  /// The text, as it stands in the document.
  public let text: String
  /// The fused score by which passages are ranked; comparable within one search only.
  public let score: Double
  /// The cosine between question and passage, when vectors were searched.
  public let cosine: Double?
  /// The rank by vectors, from 1, when it was found that way.
  public let denseRank: Int?
  /// The rank by words (BM25), from 1, when it was found that way.
  public let keywordRank: Int?
  /// The byte offset in `text` of the sentence that answers best.
  public internal(set) var highlightByteOffset: Int?
  /// The byte count of that sentence.
  public internal(set) var highlightByteCount: Int?
  /// Other places that hold the same text.
  public internal(set) var alsoAt: [Citation]

  package init(
    citation: Citation, text: String, score: Double, cosine: Double?, denseRank: Int?,
    keywordRank: Int?, highlight: Range<Int>? = nil, alsoAt: [Citation] = []
  ) {
    self.citation = citation
    self.text = text
    self.score = score
    self.cosine = cosine
    self.denseRank = denseRank
    self.keywordRank = keywordRank
    highlightByteOffset = highlight?.lowerBound
    highlightByteCount = highlight?.count
    self.alsoAt = alsoAt
  }

  /// The text before, in and after the highlighted sentence.
  public var highlighted: (before: String, sentence: String, after: String) {
    guard let offset = highlightByteOffset, let count = highlightByteCount else {
      return (text, "", "")
    }
    let bytes = Array(text.utf8)
    let start = min(max(0, offset), bytes.count)
    let end = min(start + max(0, count), bytes.count)
    return (
      String(decoding: bytes[..<start], as: UTF8.self),
      String(decoding: bytes[start..<end], as: UTF8.self),
      String(decoding: bytes[end...], as: UTF8.self)
    )
  }
}
