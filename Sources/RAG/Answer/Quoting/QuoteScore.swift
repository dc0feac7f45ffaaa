internal import Store

/// Chooses the piece of a passage that answers a question best.
///
/// The value of a piece is
///
///     cosine + 0.6 (words + half of the words only around it) + 0.2 signs
///
/// - cosine: of the question and the piece, with the line that is always quoted with it; for what
///   follows a question in the document, at least the cosine of that question.
/// - words: the share of the question's content words, weighted by ``WordWeights``. Those of the piece
///   itself and of a line that is quoted with it count in full, as do those of the question that it
///   follows; those of the piece before it and of the headings above it count half, because what a
///   sentence calls "it" was often named there.
/// - signs: whether the piece holds the kind of thing that is asked for, ``AnswerSigns``.
///
/// The page on retrieval and answers has the measurements.
struct QuoteScore {
  private let request: AnswerRequest
  private let weights: QuoteWeights
  /// The content words of the question.
  private let words: Set<String>
  private let signs: AnswerSigns
  /// Of the question, `[dimension]`.
  private let questionVector: [Float]
  private let encoder: any SentenceEncoder
  /// The weight of cosines; 0 where vectors mean nothing.
  private let cosineWeight: Double

  /// - Throws: what the encoder throws.
  init(
    _ request: AnswerRequest, encoder: any SentenceEncoder, rule: EvidenceRule,
    weights: QuoteWeights
  ) throws {
    self.request = request
    self.weights = weights
    self.encoder = encoder
    let question = QuestionSubject.point(of: request.question)
    words = ContentWords.of(QuestionSubject.of(question))
    signs = AnswerSigns(question: question)
    questionVector = try request.questionVector ?? encoder.vector(of: question)
    cosineWeight = weights.cosine * rule.cosineWeight
  }

  /// The values of the pieces of a passage, in order; nil for a piece that cannot be an answer.
  ///
  /// If none can, because the passage is one heading or one question, all have a value.
  ///
  /// - Throws: what the encoder throws.
  func values(of units: [QuoteUnit], in passage: Passage) throws -> [Double?] {
    let isAnyAnswer = units.contains(where: \.canAnswer)
    let judged = units.indices.filter {
      units[$0].canAnswer || units[$0].role == .question || !isAnyAnswer
    }
    guard !judged.isEmpty else { return units.map { _ in nil } }
    // The lines that are quoted with a piece: a row's header, the line that introduces a list.
    let leads = units.indices.map { QuoteExtent.lead(to: $0, in: units) }
    let vectors = try encoder.vectors(
      of: judged.map { index in
        (leads[index].map { units[$0].text + " " } ?? "") + units[index].text
      }
    ).vectors
    var cosines: [Int: Double] = [:]
    for (row, index) in judged.enumerated() {
      let vector = vectors[row * encoder.dimension..<(row + 1) * encoder.dimension]
      cosines[index] = zip(vector, questionVector).reduce(0.0) { $0 + Double($1.0 * $1.1) }
    }
    let headings = ContentWords.of(passage.citation.heading ?? "")
    // A piece's words count for itself, for the next one, and a lead's for all its entries.
    let wordsOfUnits = units.map { ContentWords.of($0.text) }
    return units.indices.map { index in
      let unit = units[index]
      guard unit.canAnswer || !isAnyAnswer else { return nil }
      var own = wordsOfUnits[index]
      if let lead = leads[index] { own.formUnion(wordsOfUnits[lead]) }
      var cosine = cosines[index] ?? 0
      var near = headings
      if index > 0 {
        let before = units[index - 1]
        if before.role == .question {
          own.formUnion(wordsOfUnits[index - 1])
          cosine = max(cosine, cosines[index - 1] ?? 0)
        } else if !unit.startsBlock || before.role == .heading {
          near.formUnion(wordsOfUnits[index - 1])
        }
      }
      return value(of: unit, cosine: cosine, own: own, near: near)
    }
  }

  private func value(
    of unit: QuoteUnit, cosine: Double, own: Set<String>, near: Set<String>
  ) -> Double {
    let ownShare = request.weights.coverage(of: words, in: own)
    let nearShare = request.weights.coverage(of: words, in: own.union(near)) - ownShare
    return cosineWeight * cosine + weights.words * (ownShare + weights.near * nearShare)
      + weights.signs * signs.value(of: unit.text)
  }
}
