internal import Bytes
package import RAG
internal import Store

/// Counts answers with the right value, answers that cite the right document, and refusals.
///
/// The value of an answer is right if the answer contains one of the expected values, ignoring case
/// and white space; a number is not part of a longer one. This is meant for facts (a price, a name, a date), not for explanations. The citation is right if it
/// names the expected document and no other.
package struct AnswerEvaluation: Sendable, Equatable, Encodable {
  /// Questions whose answer is in the documents.
  package private(set) var answerableCount = 0
  /// Answerable questions that received an answer.
  package private(set) var answeredCount = 0
  /// Answerable questions whose answer has the right value.
  package private(set) var rightValueCount = 0
  /// Answerable questions whose answer cites the right document and no other.
  package private(set) var rightCitationCount = 0
  /// Answerable questions whose answer has the right value and the right citation.
  package private(set) var rightCount = 0
  /// Right answers that ``CitationCheck`` marks as unsupported.
  package private(set) var rightDoubtedCount = 0
  /// Answers with a wrong value or a wrong citation.
  package private(set) var wrongCount = 0
  /// Wrong answers that ``CitationCheck`` marks as unsupported.
  package private(set) var wrongDoubtedCount = 0
  /// Questions whose answer is not in the documents.
  package private(set) var unanswerableCount = 0
  /// Unanswerable questions that were refused because the evidence was weak.
  package private(set) var weakEvidenceCount = 0
  /// Unanswerable questions that the language model declined to answer.
  package private(set) var declinedCount = 0

  package init() {}

  /// Counts the answer to a question of a set.
  package mutating func add(_ answer: Answer, to item: QuestionSet.Item) {
    guard let document = item.document, let value = item.passage else { return addRefusal(answer) }
    add(answer, values: item.values ?? [value], document: document)
  }

  /// Counts the answer to a question that the documents do not answer.
  mutating func addRefusal(_ answer: Answer) {
    unanswerableCount += 1
    if !answer.evidence.isSufficient {
      weakEvidenceCount += 1
    } else if !answer.isAnswered {
      declinedCount += 1
    }
  }

  /// Counts the answer to a question that the documents answer.
  ///
  /// - Parameters:
  ///   - answer: by quotation or in prose.
  ///   - values: of which the answer must contain one.
  ///   - document: the name of the file that must be cited.
  mutating func add(_ answer: Answer, values: [String], document: String) {
    answerableCount += 1
    guard answer.isAnswered else { return }
    answeredCount += 1
    let hasValue = values.contains { Self.holds(answer.text, $0) }
    let cited = answer.citedNumbers ?? Array(1...max(1, answer.passages.count))
    let documents = Set(
      cited.filter { answer.passages.indices.contains($0 - 1) }.map {
        Paths.name(of: answer.passages[$0 - 1].citation.path)
      })
    let hasCitation = documents == [document]
    let isDoubted = !answer.unsupportedSentences.isEmpty
    rightValueCount += hasValue ? 1 : 0
    rightCitationCount += hasCitation ? 1 : 0
    if hasValue && hasCitation {
      rightCount += 1
      rightDoubtedCount += isDoubted ? 1 : 0
    } else {
      wrongCount += 1
      wrongDoubtedCount += isDoubted ? 1 : 0
    }
  }

  /// Whether a text contains a value.
  static func holds(_ text: String, _ value: String) -> Bool {
    let (text, value) = (text.onOneLine.lowercased(), value.onOneLine.lowercased())
    guard !value.isEmpty else { return false }
    return text.ranges(of: value).contains { range in
      let before = text[..<range.lowerBound].last
      let after = text[range.upperBound...].first
      return !(value.first?.isNumber == true && before?.isNumber == true)
        && !(value.last?.isNumber == true && after?.isNumber == true)
    }
  }

  /// Asks every question of a set.
  ///
  /// - Parameters:
  ///   - questions: the questions with their expected answers.
  ///   - progress: called after each question with the number done and the total.
  ///   - ask: answers a question.
  /// - Returns: the counts.
  /// - Throws: what `ask` throws.
  package static func run(
    _ questions: QuestionSet, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
    ask: (String) throws -> Answer
  ) throws -> AnswerEvaluation {
    var evaluation = AnswerEvaluation()
    let items = questions.answerable + questions.unanswerable
    for (index, item) in items.enumerated() {
      evaluation.add(try ask(item.question), to: item)
      progress(index + 1, items.count)
    }
    return evaluation
  }
}
