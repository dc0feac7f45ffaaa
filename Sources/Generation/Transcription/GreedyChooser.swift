internal import Glibc

/// Takes the most probable token, or at a temperature above 0 one at random.
///
/// - Source: openai-whisper 20250625 `decoding.py`, `GreedyDecoder`.
struct GreedyChooser: TokenChooser {
  let temperature: Float
  let endOfText: Int32
  let random: CounterRandom
  /// Number of draws so far.
  private var drawCount: UInt64

  /// - Parameters:
  ///   - temperature: 0 for the most probable token.
  ///   - endOfText: the token that ends a text.
  ///   - seed: of the draws.
  ///   - firstDraw: the number of the first draw: another window draws other numbers.
  init(temperature: Float, endOfText: Int32, seed: UInt64, firstDraw: UInt64) {
    self.temperature = temperature
    self.endOfText = endOfText
    random = CounterRandom(seed: seed)
    drawCount = firstDraw
  }

  mutating func choose(_ hypotheses: inout Hypotheses, logits: [[Float]]) -> Bool {
    for index in hypotheses.texts.indices {
      if hypotheses.texts[index].last == endOfText {
        hypotheses.texts[index].append(endOfText)
        continue
      }
      let token = temperature == 0 ? logits[index].indexOfLargest : draw(logits[index])
      hypotheses.sums[index] += LogProbabilities(logits[index]).of(logits[index][token])
      hypotheses.texts[index].append(Int32(token))
    }
    return hypotheses.texts.allSatisfy { $0.last == endOfText }
  }

  /// A token with the probability `softmax(logits / temperature)`.
  private mutating func draw(_ logits: [Float]) -> Int {
    let largest = logits[logits.indexOfLargest]
    let weights = logits.map { Double(expf(($0 - largest) / temperature)) }
    var rest = random.uniform(drawCount) * weights.reduce(0, +)
    drawCount &+= 1
    for (index, weight) in weights.enumerated() where weight > 0 {
      rest -= weight
      if rest < 0 { return index }
    }
    return logits.indexOfLargest
  }

  func finish(_ hypotheses: Hypotheses) -> [FinishedText] {
    zip(hypotheses.texts, hypotheses.sums).map { text, sum in
      FinishedText(tokens: Array(text.prefix { $0 != endOfText }), sum: sum)
    }
  }
}
