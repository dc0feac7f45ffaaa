internal import Documents
internal import Foundation
internal import Store

/// Answers without a language model: quotes the sentence of each passage that is closest to the
/// question.
package struct ExtractiveBackend: AnswerBackend {
  package let name = "quote"
  private let encoder: any SentenceEncoder

  /// Passages beyond the third rarely add to a quoted answer and bury the first one.
  static let quotedPassageCount = 3
  /// How much sharing the question's words counts beside the cosine when sentences are compared.
  static let wordWeight = 0.3
  /// How much the whole passage's cosine counts when the best sentences of passages are compared.
  static let passageWeight = 0.5

  package init(encoder: any SentenceEncoder) {
    self.encoder = encoder
  }

  package func answer(
    _ request: AnswerRequest, emit: (String) -> Void, shouldStop: () -> Bool
  ) throws -> BackendAnswer {
    var quoted = Array(Self.merged(request.passages).prefix(Self.quotedPassageCount))
    let words = ContentWords.of(request.question)
    let questionVector =
      try request.questionVector ?? encoder.vector(of: request.question)
    var best: (index: Int, value: Double)?
    for index in quoted.indices {
      guard
        let sentence = try Self.bestSentence(
          in: quoted[index], questionVector: questionVector, words: words, encoder: encoder)
      else { continue }
      quoted[index].highlightByteOffset = sentence.range.lowerBound
      quoted[index].highlightByteCount = sentence.range.count
      let value = sentence.value + Self.passageWeight * (quoted[index].cosine ?? 0)
      if value > best?.value ?? -.infinity { best = (index, value) }
    }
    guard let best else { return BackendAnswer(text: "", passages: quoted) }
    // The passage with the best sentence is cited first.
    quoted.insert(quoted.remove(at: best.index), at: 0)
    let text = Self.oneLine(quoted[0].highlighted.sentence) + " [1]"
    emit(text)
    return BackendAnswer(text: text, passages: quoted)
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

  /// Whether a sentence is more than a heading, a title or a label.
  ///
  /// Headings are close to every question about their section and answer none.
  private static func saysSomething(_ sentence: String, in citation: Citation) -> Bool {
    let text = oneLine(sentence).lowercased()
    let headings = (citation.heading?.components(separatedBy: " > ") ?? []) + [citation.title ?? ""]
    if headings.contains(where: { oneLine($0).lowercased() == text }) { return false }
    let hasDigit = text.contains { $0.isNumber }
    let endsAsSentence = text.last.map { ".!?:;)\"”|".contains($0) } ?? false
    return hasDigit || endsAsSentence || text.split(separator: " ").count > 4
  }

  /// Passages that say the same thing in the same words become one, with the places of all.
  ///
  /// Files of equal bytes are one content in the store already; this merges copies of a text in
  /// files that differ elsewhere (another title, another format).
  static func merged(_ passages: [Passage]) -> [Passage] {
    var kept: [(passage: Passage, words: [String])] = []
    for passage in passages {
      let words = passage.text.lowercased().split(whereSeparator: {
        !$0.isLetter && !$0.isNumber
      }).map(String.init)
      if let index = kept.firstIndex(where: { isSame($0.words, words) }) {
        kept[index].passage.alsoAt.append(passage.citation)
        kept[index].passage.alsoAt += passage.alsoAt
      } else {
        kept.append((passage, words))
      }
    }
    return kept.map(\.passage)
  }

  /// Whether two texts share nine tenths of their distinct words and are about equally long.
  private static func isSame(_ first: [String], _ second: [String]) -> Bool {
    let (shorter, longer) = (min(first.count, second.count), max(first.count, second.count))
    guard shorter > 0, Double(shorter) >= 0.8 * Double(longer) else { return false }
    let (firstSet, secondSet) = (Set(first), Set(second))
    let common = firstSet.intersection(secondSet).count
    return Double(common) >= 0.9 * Double(firstSet.union(secondSet).count)
  }

  /// Line breaks inside a sentence are only wrapping.
  package static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
