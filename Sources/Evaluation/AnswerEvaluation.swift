internal import Bytes
package import RAG
internal import Store

/// Measures how often answers hold the right value, cite the right document, and are refused.
///
/// An answer has the right value when the expected words stand in it, ignoring case; that is meant for
/// facts (a price, a name, a date), not for explanations. Its citation is right when it cites the
/// expected document and no other.
package struct AnswerEvaluation: Sendable, Equatable, Encodable {
  /// Questions that the documents answer.
  package private(set) var answerableCount = 0
  /// Of these, such as were answered at all.
  package private(set) var answeredCount = 0
  /// Of these, such as have the right value.
  package private(set) var rightValueCount = 0
  /// Of the answerable ones, such as cite the right document alone.
  package private(set) var rightCitationCount = 0
  /// Of the answerable ones, such as have the right value and citation.
  package private(set) var rightCount = 0
  /// Of those with the right value and citation, such as ``CitationCheck`` doubts.
  package private(set) var rightDoubtedCount = 0
  /// Answers with the wrong value or citation.
  package private(set) var wrongCount = 0
  /// Of those, such as ``CitationCheck`` doubts.
  package private(set) var wrongDoubtedCount = 0
  /// Questions that the documents do not answer.
  package private(set) var unanswerableCount = 0
  /// Of these, such as were refused since the evidence was weak.
  package private(set) var weakEvidenceCount = 0
  /// Of these, such as the language model declined.
  package private(set) var declinedCount = 0

  package init() {}

  /// Counts the answer to a question.
  package mutating func add(_ answer: Answer, to item: QuestionSet.Item) {
    guard let document = item.document, let value = item.passage else {
      unanswerableCount += 1
      if !answer.evidence.isSufficient {
        weakEvidenceCount += 1
      } else if !answer.isAnswered {
        declinedCount += 1
      }
      return
    }
    answerableCount += 1
    guard answer.isAnswered else { return }
    answeredCount += 1
    let hasValue = answer.text.lowercased().contains(value.lowercased())
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

  /// Asks every question of a set.
  ///
  /// - Parameters:
  ///   - questions: what is asked.
  ///   - progress: told how many of all questions are done.
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
