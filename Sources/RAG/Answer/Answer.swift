internal import Generation
public import Store

/// The answer to a question, with the passages that it rests on.
///
/// The pipeline makes it from the request as an unanswered question; a backend fills in the rest.
public struct Answer: Sendable, Codable {
  /// The question as it was asked.
  public let question: String
  /// Whether the documents answer the question.
  ///
  /// If they do not, `text` is empty and `passages` are the nearest ones, which a caller may
  /// show as such.
  public package(set) var isAnswered = false
  /// The answer, with marks like [1] that refer to `passages`, counted from 1.
  public package(set) var text = ""
  /// The passages that the answer rests on, best first, with the sentences that it uses
  /// highlighted.
  public package(set) var passages: [Passage]
  /// The strength of the passages as evidence for the question.
  public let evidence: Evidence
  /// The numbers of the passages that `text` cites, ascending; nil if it cites all of them.
  public package(set) var citedNumbers: [Int]?
  /// Sentences of `text` that the passages they cite do not support.
  public package(set) var unsupportedSentences: [String] = []
  /// Marks in `text` that the language model left out; nil if there are none.
  ///
  /// Each was added because the passage contains the sentence's figures and most of its words.
  public package(set) var addedCitations: [AddedCitation]?
  /// The safer answer in the words of a passage, if the passages support no sentence of a language
  /// model's answer; otherwise nil.
  public package(set) var quotation: Quotation?
  /// Why a language model stopped: `stop`, `length`, `context_full` or `cancelled`.
  ///
  /// All but the first mean that the text may be cut off. Nil for a quotation, and where nothing
  /// was generated.
  public package(set) var finish: String?
  /// Who wrote `text`: `quote`, or the name of a language model.
  public let backend: String

  /// The quotation of a quoted answer, without its mark.
  package var quotedText = ""
  /// Whether a language model answered, and no sentence of it is supported by what it cites.
  package var isUnfounded = false

  private enum CodingKeys: String, CodingKey {
    case question, isAnswered, text, passages, evidence, citedNumbers, unsupportedSentences
    case addedCitations, quotation, finish, backend
  }

  /// The unanswered request.
  ///
  /// - Parameters:
  ///   - request: gives question, passages and evidence.
  ///   - backend: the name of the backend that answers.
  package init(to request: AnswerRequest, backend: String) {
    question = request.question
    passages = request.passages
    evidence = request.evidence
    self.backend = backend
  }

  /// Adds a mark to a sentence of the text, before the mark that ends it.
  ///
  /// - Parameters:
  ///   - sentence: on one line, as ``CitationCheck`` gives it; in the text it may be wrapped.
  ///   - number: the number of a passage.
  /// - Returns: whether the text contains the sentence.
  mutating func mark(_ sentence: String, with number: Int) -> Bool {
    let words = sentence.split(separator: " ")
    var start = text.startIndex
    search: while let first = words.first,
      let match = text[start...].firstRange(of: first)
    {
      var end = match.upperBound
      for word in words.dropFirst() {
        let next = text[end...].drop(while: \.isWhitespace)
        guard next.startIndex > end, next.hasPrefix(word) else {
          start = match.upperBound
          continue search
        }
        end = text.index(next.startIndex, offsetBy: word.count)
      }
      while end > match.lowerBound, ".!?".contains(text[text.index(before: end)]) {
        end = text.index(before: end)
      }
      text.insert(contentsOf: " [\(number)]", at: end)
      return true
    }
    return false
  }

  /// Whether the person interrupted the language model before its first word: there is no answer,
  /// and the model did not decline either.
  package var isInterruptedBeforeText: Bool {
    finish == FinishReason.cancelled.rawValue && text.isEmpty
  }
}

/// A mark that was added to a sentence of a language model.
public struct AddedCitation: Sendable, Equatable, Codable {
  /// The sentence as the model wrote it.
  public let sentence: String
  /// The number of the passage that supports it.
  public let number: Int
}

/// Words of a passage that answer a question.
public struct Quotation: Sendable, Equatable, Codable {
  /// The words.
  public let text: String
  /// The passage, with the words highlighted.
  public let passage: Passage
}
