/// Keeps the most probable beginnings of texts, until enough texts have ended.
///
/// A step continues each of the `size` hypotheses by its `size + 1` most probable tokens, and of all
/// continuations keeps the `size` best that have not ended; those that are better and have ended are
/// results.
///
/// - Source: openai-whisper 20250625 `decoding.py`, `BeamSearchDecoder`; patience: Kasai et al. 2022,
///   arXiv:2204.05424.
struct BeamSearch: TokenChooser {
  let size: Int
  let endOfText: Int32
  /// Texts that must end.
  private let candidateLimit: Int
  private var finished: [FinishedText] = []

  init(size: Int, patience: Double, endOfText: Int32) {
    self.size = size
    self.endOfText = endOfText
    candidateLimit = max(1, Int((Double(size) * patience).rounded(.toNearestOrEven)))
  }

  /// A hypothesis with one token more.
  private struct Continuation {
    var text: [Int32]
    var sum: Float
    var source: Int
  }

  mutating func choose(_ hypotheses: inout Hypotheses, logits: [[Float]]) -> Bool {
    let ranked = continuations(hypotheses, logits)
    var next: [Continuation] = []
    var ended: [FinishedText] = []
    for continuation in ranked {
      if continuation.text.last == endOfText {
        ended.append(FinishedText(tokens: continuation.text.dropLast(), sum: continuation.sum))
      } else {
        next.append(continuation)
        if next.count == size { break }
      }
    }
    hypotheses.texts = next.map(\.text)
    hypotheses.sums = next.map(\.sum)
    hypotheses.sources = next.map(\.source)
    finished += ended.prefix(max(0, candidateLimit - finished.count))
    return finished.count >= candidateLimit
  }

  /// All continuations, best first; of equal ones the first first.
  private func continuations(_ hypotheses: Hypotheses, _ logits: [[Float]]) -> [Continuation] {
    var found: [Continuation] = []
    var places: [[Int32]: Int] = [:]
    for (source, (text, sum)) in zip(hypotheses.texts, hypotheses.sums).enumerated() {
      let probabilities = LogProbabilities(logits[source])
      for token in logits[source].indicesOfLargest(size + 1) {
        let continuation = Continuation(
          text: text + [Int32(token)], sum: sum + probabilities.of(logits[source][token]),
          source: source)
        // All hypotheses begin with the same text, so the first step finds each continuation often.
        if let place = places[continuation.text] {
          found[place] = continuation
        } else {
          places[continuation.text] = found.count
          found.append(continuation)
        }
      }
    }
    return found.enumerated()
      .sorted { ($1.element.sum, $0.offset) < ($0.element.sum, $1.offset) }
      .map(\.element)
  }

  /// The texts that ended, and where they are too few the best of the others.
  func finish(_ hypotheses: Hypotheses) -> [FinishedText] {
    let others = zip(hypotheses.texts, hypotheses.sums).enumerated()
      .sorted { ($1.element.1, $1.offset) < ($0.element.1, $0.offset) }
      .map { FinishedText(tokens: $0.element.0, sum: $0.element.1) }
    return finished + others.prefix(max(0, size - finished.count))
  }
}
