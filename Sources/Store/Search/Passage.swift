/// A chunk of a document that a search found, with its citation and its scores.
///
/// The one type of a search result: the store returns it, an answer contains it, and the command
/// line prints it as JSON under these names.
public struct Passage: Sendable, Equatable, Codable {
  /// The document and the position in it.
  public let citation: Citation
  /// The chunk's text, exactly as extracted from the document; of a picture its caption, which may
  /// be empty.
  public let text: String
  /// The sort key of the results, descending: the cosine (dense), the BM25 score (keyword) or the
  /// fused score (hybrid); in a list with pictures the estimated probability that the passage bears
  /// on the query.
  ///
  /// Scores of different modes or queries cannot be compared.
  public package(set) var score: Double
  /// Cosine similarity of the query's and the chunk's vector; nil in keyword mode.
  public package(set) var cosine: Double?
  /// Rank in the dense list, from 1; nil if the chunk was not among its candidates.
  public package(set) var denseRank: Int?
  /// Rank in the keyword list (BM25), from 1; nil if the chunk was not among its candidates.
  public package(set) var keywordRank: Int?
  /// Cosine similarity of the query and the picture in the space of pictures; nil for a passage that
  /// was found by its words alone.
  public package(set) var pictureCosine: Double?
  /// The probability, 0 to 1, that the picture shows what the query describes; nil as above, and for
  /// a search by a picture.
  public package(set) var pictureRelevance: Double?
  /// Byte offset in `text` of the sentence that answers best; nil if none was chosen.
  public package(set) var highlightByteOffset: Int?
  /// Byte count of that sentence.
  public package(set) var highlightByteCount: Int?
  /// Second of the recording at which that sentence begins; nil for passages that were not spoken.
  public package(set) var highlightStartSeconds: Double?
  /// Second at which that sentence ends.
  public package(set) var highlightEndSeconds: Double?
  /// Citations of other documents that contain the same text.
  public package(set) var alsoAt: [Citation]

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

  /// The place of the highlighted sentence in a recording, as in `00:12:31-00:12:58`; of every other
  /// passage the place of its citation.
  public var place: String {
    guard let highlightStartSeconds, let highlightEndSeconds else { return citation.place }
    return Citation.clock(from: highlightStartSeconds, to: highlightEndSeconds)
  }

  /// The text before, in and after the highlighted sentence.
  ///
  /// Without a highlight the whole text is in `before`. Offsets outside the text are clamped.
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
