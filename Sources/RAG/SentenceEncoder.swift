package import Kernels

/// Turns texts into vectors whose dot product measures how close their meanings are.
///
/// The product uses ``BERTSentenceEncoder``; tests use a cheap encoder.
package protocol SentenceEncoder: Sendable {
  /// The number of elements of a vector.
  var dimension: Int { get }
  /// The longest text that is encoded without cutting it, in tokens including special tokens.
  var maximumTokenCount: Int { get }
  /// SHA-256 of the model's weights and vocabulary. Vectors of models with different hashes cannot
  /// be compared.
  var modelHash: String { get }
  /// The model's display name.
  var modelName: String { get }

  /// The token ids of a text, including special tokens, not truncated.
  func tokenIDs(of text: String) -> [Int32]
  /// The number of those ids.
  func tokenCount(of text: String) -> Int

  /// The threads that the encoder computes on, which a search over its vectors uses too; nil where
  /// it computes on the calling thread.
  var workers: WorkerPool? { get }

  /// The vectors of token sequences, each L2-normalised.
  ///
  /// - Parameter sequences: each with 1 to `maximumTokenCount` ids.
  /// - Returns: `[sequences, dimension]`, row-major. The vector of a sequence does not depend on
  ///   the other sequences.
  /// - Throws: for a sequence that is empty, too long, or has ids outside the vocabulary.
  func vectors(ofTokens sequences: [[Int32]]) throws -> [Float]
}

extension SentenceEncoder {
  package var workers: WorkerPool? { nil }

  package func tokenCount(of text: String) -> Int { tokenIDs(of: text).count }

  /// The vectors of texts.
  ///
  /// A text is cut at the token limit, as sentence-transformers does.
  ///
  /// - Returns: `[texts, dimension]`, row-major, and how many texts were cut.
  package func vectors(of texts: [String]) throws -> (vectors: [Float], truncatedCount: Int) {
    var truncatedCount = 0
    let sequences = texts.map { text in
      let ids = tokenIDs(of: text)
      guard ids.count > maximumTokenCount, let last = ids.last else { return ids }
      truncatedCount += 1
      // The separator remains the last token.
      return Array(ids.prefix(maximumTokenCount - 1)) + [last]
    }
    return (try vectors(ofTokens: sequences), truncatedCount)
  }

  /// The vector of one text, cut at the token limit.
  package func vector(of text: String) throws -> [Float] {
    try vectors(of: [text]).vectors
  }
}
