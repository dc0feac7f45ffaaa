internal import Store

/// Answers without a language model: quotes, from each passage, the piece that answers the question
/// best, or names the picture that shows it.
package struct ExtractiveBackend: AnswerBackend {
  package let name = "quote"
  private let encoder: any SentenceEncoder

  /// Passages after the third rarely add to a quoted answer and distract from the first.
  static let quotedPassageCount = 3
  private let weights: QuoteWeights

  package init(encoder: any SentenceEncoder, weights: QuoteWeights = .measured) {
    self.encoder = encoder
    self.weights = weights
  }

  package func answer(
    _ request: AnswerRequest, emit: (String) -> Void, shouldStop: () -> Bool
  ) throws -> Answer {
    var answer = Answer(to: request, backend: name)
    answer.isAnswered = true
    let rule = encoder.evidenceRule(for: request.question)
    let quoted = Array(DuplicatePassages.merged(request.passages).prefix(Self.quotedPassageCount))
    let strengths = strengths(of: quoted, request, rule: rule)
    let textAnswers = zip(quoted, strengths).contains { passage, strength in
      !passage.citation.isPicture && strength >= rule.threshold
    }
    let score = try QuoteScore(request, encoder: encoder, rule: rule, weights: weights)
    var quotes: [Quote] = []
    for (index, passage) in quoted.enumerated() {
      var quote = Quote(passage: passage, strength: strengths[index])
      if !(textAnswers && passage.citation.isPicture) {
        try quote.choose(
          by: score, passageWeight: rule.cosineWeight * weights.passage,
          margin: weights.neighbourMargin)
      }
      quotes.append(quote)
    }
    if let first = quoted.first, first.pictureRelevance != nil, !textAnswers {
      answer.quotedText = first.inWords
    } else if let best = quotes.indices.max(by: { quotes[$0].value < quotes[$1].value }),
      let text = quotes[best].text
    {
      // The passage with the best quotation is cited first.
      quotes.insert(quotes.remove(at: best), at: 0)
      answer.quotedText = text
      quotes = [quotes[0]] + quotes.dropFirst().filter { $0.bears(by: rule) }
    }
    if !answer.quotedText.isEmpty {
      answer.text = answer.quotedText + " [1]"
      emit(answer.text)
    }
    answer.passages = quotes.map(\.passage)
    return answer
  }

  private func strengths(
    of passages: [Passage], _ request: AnswerRequest, rule: EvidenceRule
  ) -> [Double] {
    let question = QuestionSubject.point(of: request.question)
    let words = ContentWords.of(QuestionSubject.of(question))
    let weights = rule.weighing(request.weights)
    return passages.map { passage in
      let evidence =
        request.judged?.evidence(of: passage, for: question, by: rule)
        ?? PassageEvidence(of: passage, words: words, weights: weights)
      return rule.strength(of: evidence)
    }
  }
}

/// A passage with the piece of it that is quoted.
private struct Quote {
  var passage: Passage
  /// The strength of the passage as evidence.
  let strength: Double
  /// The quotation; nil if nothing was chosen.
  var text: String?
  /// The value of the piece together with its passage.
  var value = -Double.infinity

  init(passage: Passage, strength: Double) {
    self.passage = passage
    self.strength = strength
  }

  /// Whether the passage bears on the question by itself, so that it is shown below the answer.
  func bears(by rule: EvidenceRule) -> Bool { rule.bears(passage, strength: strength) }

  /// Highlights the best piece of the passage.
  mutating func choose(by score: QuoteScore, passageWeight: Double, margin: Double) throws {
    let units = QuoteUnits.of(passage)
    let values = try score.values(of: units, in: passage)
    let best = values.indices.max { values[$0] ?? -.infinity < values[$1] ?? -.infinity }
    guard let best, let value = values[best] else { return }
    let extent = QuoteExtent(around: best, of: units, values: values, margin: margin)
    passage.highlightByteOffset = extent.range.lowerBound
    passage.highlightByteCount = extent.range.count
    text = extent.text
    self.value = value + passageWeight * (passage.cosine ?? 0)
  }
}
