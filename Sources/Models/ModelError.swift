/// The reason why a model could not be loaded from its files, or cannot take an input.
package enum ModelError: Error, Equatable, Sendable {
  /// A file could not be read at all.
  case unreadable(source: String, reason: String)
  /// An entry or tensor is missing, or is not what is `expected`, where that is not nil.
  case missing(entry: String, expected: String? = nil, source: String)
  /// An entry has a value that cannot be used.
  case invalid(entry: String, reason: String, source: String)
  /// The file describes a model that this program does not support.
  case unsupported(entry: String, found: String, supported: String, source: String)
  /// A tensor's shape is not the one that the configuration requires.
  case shape(tensor: String, expected: [Int], found: [Int], source: String)

  /// A sequence without tokens.
  case emptySequence(index: Int)
  /// A sequence is longer than the model's limit.
  case tooManyTokens(sequence: Int, count: Int, limit: Int)
  /// A token id is outside the vocabulary.
  case tokenOutsideVocabulary(id: Int32, sequence: Int, position: Int, vocabularyCount: Int)
  /// The tokens to add exceed the session's context.
  case contextFull(tokenCount: Int, adding: Int, limit: Int)

  /// The model and its session do not fit in memory; `parts` lists what takes how much.
  case notEnoughMemory(source: String, needed: Int, available: Int, parts: String)
}

extension ModelError: CustomStringConvertible {
  /// One sentence with the file and the entry, or the sequence and the limit.
  package var description: String {
    switch self {
    case .unreadable(let source, let reason):
      "\(source): \(reason)"
    case .missing(let entry, let expected, let source):
      "\(source): \(entry) is missing" + (expected.map { " or is not \($0)" } ?? "")
    case .invalid(let entry, let reason, let source):
      "\(source): \(entry): \(reason)"
    case .unsupported(let entry, let found, let supported, let source):
      "\(source): \(entry) is \(found); supported: \(supported)"
    case .shape(let tensor, let expected, let found, let source):
      "\(source): tensor \(tensor) has shape \(found); the configuration requires \(expected)"
    case .emptySequence(let index):
      "sequence \(index) has no tokens"
    case .tooManyTokens(let sequence, let count, let limit):
      "sequence \(sequence) has \(count) tokens; the model's limit is \(limit)"
    case .tokenOutsideVocabulary(let id, let sequence, let position, let vocabularyCount):
      "token id \(id) at position \(position) of sequence \(sequence) is outside the vocabulary "
        + "of \(vocabularyCount)"
    case .contextFull(let tokenCount, let adding, let limit):
      "the context is full: \(tokenCount) tokens and \(adding) more exceed the limit of \(limit)"
    case .notEnoughMemory(let source, let needed, let available, let parts):
      "\(source) does not fit in memory: \(needed) bytes are needed (\(parts)), \(available) are "
        + "available; try a smaller -c, --cache-type q8_0, or a smaller quantisation of the model"
    }
  }
}
