internal import Documents
internal import Foundation
internal import Store

/// Answers without a language model: quotes, from each passage, the sentence that is closest to the
/// question, or names the picture that shows it.
package struct ExtractiveBackend: AnswerBackend {
  package let name = "quote"
  private let encoder: any SentenceEncoder

  /// Passages after the third rarely add to a quoted answer and distract from the first.
  static let quotedPassageCount = 3
  /// Weight of the share of the question's words in a sentence, relative to the sentence's cosine.
  static let wordWeight = 0.3
  /// Weight of the passage's cosine when the best sentences of several passages are compared.
  static let passageWeight = 0.5

  package init(encoder: any SentenceEncoder) {
    self.encoder = encoder
  }

  package func answer(
    _ request: AnswerRequest, emit: (String) -> Void, shouldStop: () -> Bool
  ) throws -> Answer {
    var answer = Answer(to: request, backend: name)
    answer.isAnswered = true
    var quoted = Array(DuplicatePassages.merged(request.passages).prefix(Self.quotedPassageCount))
    let words = ContentWords.of(request.question)
    let questionVector =
      try request.questionVector ?? encoder.vector(of: request.question)
    let textAnswers = quoted.contains {
      !$0.citation.isPicture && Evidence(question: request.question, passages: [$0]).isSufficient
    }
    var best: (index: Int, value: Double)?
    for index in quoted.indices where !(textAnswers && quoted[index].citation.isPicture) {
      guard
        let sentence = try Self.bestSentence(
          in: quoted[index], questionVector: questionVector, words: words, encoder: encoder)
      else { continue }
      quoted[index].highlightByteOffset = sentence.range.lowerBound
      quoted[index].highlightByteCount = sentence.range.count
      let value = sentence.value + Self.passageWeight * (quoted[index].cosine ?? 0)
      if value > best?.value ?? -.infinity { best = (index, value) }
    }
    if let first = quoted.first, first.pictureRelevance != nil, !textAnswers {
      answer.text = first.inWords + " [1]"
      emit(answer.text)
    } else if let best {
      // The passage with the best sentence is cited first.
      quoted.insert(quoted.remove(at: best.index), at: 0)
      answer.text = quoted[0].highlighted.sentence.onOneLine + " [1]"
      emit(answer.text)
    }
    answer.passages = quoted
    return answer
  }

  /// The sentence of a passage that is closest to the question.
  private static func bestSentence(
    in passage: Passage, questionVector: [Float], words: Set<String>,
    encoder: any SentenceEncoder
  ) throws -> (range: Range<Int>, value: Double)? {
    let bytes = Array(passage.text.utf8)
    let all = Sentences.ranges(in: passage.text)
    let saying = all.filter {
      saysSomething(String(decoding: bytes[$0], as: UTF8.self), in: passage.citation)
    }
    let ranges = saying.isEmpty ? all : saying
    guard !ranges.isEmpty else { return nil }
    let sentences = ranges.map { String(decoding: bytes[$0], as: UTF8.self) }
    let vectors = try encoder.vectors(of: sentences).vectors
    var best: (range: Range<Int>, value: Double)?
    for (index, sentence) in sentences.enumerated() {
      let vector = vectors[index * encoder.dimension..<(index + 1) * encoder.dimension]
      let cosine = zip(vector, questionVector).reduce(0.0) { $0 + Double($1.0 * $1.1) }
      let value = cosine + wordWeight * ContentWords.coverage(of: words, in: sentence)
      if value > best?.value ?? -.infinity { best = (ranges[index], value) }
    }
    return best
  }

  /// Whether a sentence is more than a heading, a title, a label or the markup of a picture.
  ///
  /// A heading is close to every question about its section but answers none of them.
  private static func saysSomething(_ sentence: String, in citation: Citation) -> Bool {
    let text = sentence.onOneLine.lowercased()
    if text.hasPrefix("![") { return false }
    let headings = (citation.heading?.components(separatedBy: " > ") ?? []) + [citation.title ?? ""]
    if headings.contains(where: { $0.onOneLine.lowercased() == text }) { return false }
    let hasDigit = text.contains { $0.isNumber }
    let endsAsSentence = text.last.map { ".!?:;)\"”|".contains($0) } ?? false
    return hasDigit || endsAsSentence || text.split(separator: " ").count > 4
  }
}
