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

  /// The token ids of a passage, including special tokens and what the model expects before a
  /// passage, not truncated.
  func tokenIDs(of text: String) -> [Int32]
  /// The token ids of a text in a role, including special tokens, not truncated.
  func tokenIDs(of text: String, as role: TextRole) -> [Int32]
  /// The number of the ids of a passage.
  func tokenCount(of text: String) -> Int
  /// The id of text that the vocabulary cannot spell; nil where every text can be spelled.
  var unknownTokenID: Int32? { get }
  /// Whether the vocabulary has pieces of several characters in scripts that are searched by groups of
  /// characters, such as Chinese.
  var knowsGroups: Bool { get }
  /// The cosine of unrelated texts, about; rankings by meaning and by words are combined above it.
  var cosineFloor: Double { get }
  /// When evidence suffices, for questions in a language that the encoder knows.
  var evidenceRule: EvidenceRule { get }

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

/// The purpose for which a text is embedded; some models expect a prefix for each.
package enum TextRole: Sendable {
  /// A question, which is compared with passages.
  case query
  /// A passage of a document, or a part of one.
  case passage
  /// Neither: the text as it is, as sentence-transformers encodes it.
  case plain
}

extension SentenceEncoder {
  package var workers: WorkerPool? { nil }

  package var unknownTokenID: Int32? { nil }

  package var knowsGroups: Bool { true }

  package var cosineFloor: Double { 0 }

  package var evidenceRule: EvidenceRule { .measured }

  package func tokenIDs(of text: String, as role: TextRole) -> [Int32] { tokenIDs(of: text) }

  package func tokenCount(of text: String) -> Int { tokenIDs(of: text).count }

  /// The vectors of texts.
  ///
  /// A text is cut at the token limit, as sentence-transformers does.
  ///
  /// - Parameters:
  ///   - texts: any texts.
  ///   - role: what they are embedded for.
  /// - Returns: `[texts, dimension]`, row-major, and how many texts were cut.
  /// - Throws: as ``vectors(ofTokens:)``.
  package func vectors(
    of texts: [String], as role: TextRole = .passage
  ) throws -> (vectors: [Float], truncatedCount: Int) {
    let (sequences, truncatedCount) = self.sequences(of: texts, as: role)
    return (try vectors(ofTokens: sequences), truncatedCount)
  }

  /// The token ids of texts, each cut at the token limit, and how many were cut.
  package func sequences(
    of texts: [String], as role: TextRole
  ) -> (sequences: [[Int32]], truncatedCount: Int) {
    var truncatedCount = 0
    let sequences = texts.map { text in
      let ids = tokenIDs(of: text, as: role)
      guard ids.count > maximumTokenCount, let last = ids.last else { return ids }
      truncatedCount += 1
      // The separator remains the last token.
      return Array(ids.prefix(maximumTokenCount - 1)) + [last]
    }
    return (sequences, truncatedCount)
  }

  /// The vector of a question, cut at the token limit.
  package func vector(of question: String) throws -> [Float] {
    try vectors(of: [question], as: .query).vectors
  }
}
