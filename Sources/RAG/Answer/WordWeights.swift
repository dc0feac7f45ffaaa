internal import Documents
internal import Foundation
package import Store

/// The weights of a question's content words: a word in few passages weighs more than one in all of
/// them.
///
/// The weight of a word that n of N texts contain is
///
///     log(1 + (N - n + 0.5) / (n + 0.5))
///
/// N counts the passages of the index and the sentences of the best passages. The sentences matter in
/// a small index: a name in every sentence of the only passage covers nothing.
///
/// - Source: the inverse document frequency of BM25 in the form that is never negative; Robertson and
///   Zaragoza 2009, "The Probabilistic Relevance Framework", section 3.4.
package struct WordWeights: Sendable, Equatable {
  private let weights: [String: Double]
  /// The weight of a word that was not counted.
  private let otherWeight: Double

  /// The same weight for every word, where no index is at hand.
  package static let even = WordWeights(weights: [:], otherWeight: 1)

  /// Fewer texts than this say little about how common a word is, so this many are assumed.
  private static let leastTextCount = 10.0

  private init(weights: [String: Double], otherWeight: Double) {
    self.weights = weights
    self.otherWeight = otherWeight
  }

  /// - Parameters:
  ///   - textCount: N.
  ///   - counts: n for each word.
  init(textCount: Int, counts: [String: Int]) {
    let total = max(Double(textCount), Self.leastTextCount)
    weights = counts.mapValues { count in
      let count = min(Double(count), total)
      return log(1 + (total - count + 0.5) / (count + 0.5))
    }
    otherWeight = weights.isEmpty ? 1 : weights.values.reduce(0, +) / Double(weights.count)
  }

  /// The weight of a word in the form that ``ContentWords`` gives it.
  package subscript(word: String) -> Double { weights[word] ?? otherWeight }

  /// The weighted share of `words` that are among `present`, 0 to 1; 0 if `words` is empty.
  package func coverage(of words: Set<String>, in present: Set<String>) -> Double {
    // Added in a fixed order, so that equal questions have equal bits.
    let words = words.sorted()
    let total = words.reduce(0) { $0 + self[$1] }
    guard total > 0 else { return 0 }
    return words.reduce(0) { present.contains($1) ? $0 + self[$1] : $0 } / total
  }
}

extension Retriever {
  /// Counts the words of a question in the index and in the best passages.
  ///
  /// - Parameters:
  ///   - question: as it was searched.
  ///   - passages: the best ones, best first.
  /// - Returns: the weights of its content words.
  /// - Throws: `StoreError`.
  package func wordWeights(for question: String, passages: [Passage]) throws -> WordWeights {
    let written = Dictionary(
      ContentForms.written(in: QuestionSubject.of(question)).map { ($0.form, $0.word) },
      uniquingKeysWith: { first, _ in first })
    let words = written.keys.sorted().prefix(Self.maximumWeighedWordCount)
    guard !words.isEmpty else { return .even }
    let (total, passageCounts) = try store.passageCounts(
      of: words.map { written[$0] ?? $0 }, in: question)
    var counts = Dictionary(zip(words, passageCounts), uniquingKeysWith: { first, _ in first })
    var sentenceCount = 0
    for passage in passages.prefix(EvidenceRule.measured.passageCount) {
      let bytes = Array(passage.text.utf8)
      for range in Sentences.ranges(in: passage.text) {
        sentenceCount += 1
        for word in ContentWords.of(String(decoding: bytes[range], as: UTF8.self)) {
          counts[word]? += 1
        }
      }
    }
    return WordWeights(textCount: total + sentenceCount, counts: counts)
  }

  /// The most words of a question that are looked up, half as many as a keyword search uses.
  private static let maximumWeighedWordCount = 64
}
