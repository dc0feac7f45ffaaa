/// Several sequences of token ids, one after another without padding.
package struct TokenBatch: Sendable, Equatable {
  /// The ids of all sequences, one sequence after another.
  package private(set) var tokenIDs: [Int32] = []
  /// The start of each sequence in `tokenIDs`, and the end of the last: `sequenceCount + 1` numbers.
  package private(set) var offsets: [Int] = [0]

  package init() {}

  package var sequenceCount: Int { offsets.count - 1 }

  /// Tokens of the longest sequence.
  var longestSequenceCount: Int { zip(offsets.dropFirst(), offsets).map { $0 - $1 }.max() ?? 0 }

  package mutating func append(_ sequence: some Collection<Int32>) {
    tokenIDs.append(contentsOf: sequence)
    offsets.append(tokenIDs.count)
  }

  /// Groups of consecutive sequences with at most `tokenLimit` tokens, or one longer sequence.
  static func groups(of sequences: [some Collection<Int32>], tokenLimit: Int) -> [TokenBatch] {
    var groups: [TokenBatch] = []
    var group = TokenBatch()
    for sequence in sequences {
      if group.sequenceCount > 0, group.tokenIDs.count + sequence.count > tokenLimit {
        groups.append(group)
        group = TokenBatch()
      }
      group.append(sequence)
    }
    if group.sequenceCount > 0 { groups.append(group) }
    return groups
  }
}

/// Throws unless a sequence has 1 to `limit` tokens of the vocabulary.
///
/// - Throws: `ModelError.emptySequence`, `.tooManyTokens` or `.tokenOutsideVocabulary`.
func checkTokens(
  _ sequence: [Int32], index: Int, limit: Int, vocab: Int
) throws(ModelError) {
  if sequence.isEmpty { throw .emptySequence(index: index) }
  if sequence.count > limit {
    throw .tooManyTokens(sequence: index, count: sequence.count, limit: limit)
  }
  try checkVocabulary(sequence.span, index: index, vocab: vocab)
}

/// Throws `ModelError.tokenOutsideVocabulary` for the first id that is not in the vocabulary.
func checkVocabulary(_ ids: Span<Int32>, index: Int, vocab: Int) throws(ModelError) {
  for position in 0..<ids.count where ids[position] < 0 || Int(ids[position]) >= vocab {
    throw .tokenOutsideVocabulary(
      id: ids[position], sequence: index, position: position, vocabularyCount: vocab)
  }
}
