/// Turns texts into vectors whose dot product says how close their meanings are.
///
/// The concrete one is ``BERTSentenceEncoder``; tests use a cheap one.
package protocol SentenceEncoder: Sendable {
  /// Elements of a vector.
  var dimension: Int { get }
  /// The longest text that is encoded whole, in tokens, special tokens included.
  var maximumTokenCount: Int { get }
  /// SHA-256 of the model's weights and vocabulary: vectors of two hashes are not comparable.
  var modelHash: String { get }
  /// The model's name for people.
  var modelName: String { get }

  /// The token ids of a text, special tokens included, not truncated.
  func tokenIDs(of text: String) -> [Int32]
  /// The number of those ids.
  func tokenCount(of text: String) -> Int

  /// The vectors of several token sequences, one after another, each L2-normalised.
  ///
  /// - Parameter sequences: each of 1 to `maximumTokenCount` ids.
  /// - Returns: `[sequences, dimension]`, row after row. A sequence's vector does not depend on the
  ///   other sequences.
  /// - Throws: for a sequence that is empty, too long, or has ids outside the vocabulary.
  func vectors(ofTokens sequences: [[Int32]]) throws -> [Float]
}

extension SentenceEncoder {
  package func tokenCount(of text: String) -> Int { tokenIDs(of: text).count }

  /// The vectors of texts; each text is cut at the token limit, as the reference does.
  ///
  /// - Returns: `[texts, dimension]`, and how many texts were cut.
  package func vectors(of texts: [String]) throws -> (vectors: [Float], truncatedCount: Int) {
    var truncatedCount = 0
    let sequences = texts.map { text in
      let ids = tokenIDs(of: text)
      guard ids.count > maximumTokenCount, let last = ids.last else { return ids }
      truncatedCount += 1
      // The separator stays last: sentence-transformers truncates the same way.
      return Array(ids.prefix(maximumTokenCount - 1)) + [last]
    }
    return (try vectors(ofTokens: sequences), truncatedCount)
  }

  /// The vector of one text, cut at the token limit.
  package func vector(of text: String) throws -> [Float] {
    try vectors(of: [text]).vectors
  }
}
