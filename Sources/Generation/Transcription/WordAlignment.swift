internal import Models
internal import Tokenizers

/// A word with its time in a window.
struct AlignedWord: Equatable {
  var text: String
  var tokens: [Int32]
  /// Seconds from the window's start.
  var start: Double
  var end: Double
  /// Mean probability of its tokens.
  var probability: Double
}

/// Finds the times of words from the decoder's attention to the sound.
///
/// While the decoder reads a token, some heads attend to the place where it is heard. Their attention, compared
/// with that of the other tokens and smoothed, is the reward of a way through tokens and positions.
///
/// - Source: openai-whisper 20250625 `timing.py`, `find_alignment`.
struct WordAlignment {
  let session: WhisperSession
  let tokenizer: WhisperTokenizer
  /// Begins a text, without times.
  let startTokens: [Int32]
  let splitter: WordSplitter
  /// The session's window.
  var window = 0

  /// Positions over which attention is smoothed.
  private static let medianWidth = 7
  /// Positions of the encoder's output per second.
  private static let positionRate = 50.0

  /// The words of a text; none for a text without words.
  ///
  /// - Parameters:
  ///   - text: tokens of text alone.
  ///   - frameCount: frames of sound in the window.
  /// - Returns: in order; their texts joined are the text.
  /// - Throws: `TranscriptionError.model`.
  func words(_ text: [Int32], frameCount: Int) throws(TranscriptionError) -> [AlignedWord] {
    let words = splitter.words(text + [tokenizer.endOfText])
    let positions = frameCount / 2
    guard !text.isEmpty, words.count > 1, positions > 0 else { return [] }
    let tokens = startTokens + [tokenizer.noTimestamps] + text + [tokenizer.endOfText]
    guard tokens.count <= session.model.config.decoder.context else { return [] }
    let heads = session.model.config.alignmentHeads
    let attention = try mapModelErrors { () throws(ModelError) in
      try session.attentionToSound(
        tokens, heads: heads, window: window, positions: positions)
    }
    let probabilities = text.indices.map { probability(of: text[$0], row: startTokens.count + $0) }
    let costs = costs(attention, tokenCount: tokens.count, positions: positions)
    let times = jumpTimes(timeWarping(costs, rows: text.count + 1, columns: positions))
    return aligned(words, times, probabilities)
  }

  /// The probability of a token of text in a row of the logits.
  private func probability(of token: Int32, row: Int) -> Double {
    let logits = session.logits(row)
    let all = LogProbabilities(logits[..<Int(tokenizer.endOfText)])
    return exponential(all.of(logits[Int(token)]))
  }

  /// The negative mean over the heads of their attention, for the rows from the one that predicts the
  /// first token of text.
  private func costs(_ attention: [[Float]], tokenCount: Int, positions: Int) -> [Float] {
    let rows = startTokens.count..<(tokenCount - 1)
    var costs = [Float](repeating: 0, count: rows.count * positions)
    for var weights in attention {
      standardize(&weights, rows: tokenCount, columns: positions)
      for row in rows {
        var values = Array(weights[row * positions..<(row + 1) * positions])
        medianFilter(&values, width: Self.medianWidth)
        let first = (row - rows.lowerBound) * positions
        for column in 0..<positions { costs[first + column] -= values[column] }
      }
    }
    let share = 1 / Float(max(1, attention.count))
    return costs.map { $0 * share }
  }

  /// Gives each column the mean 0 and the variance 1 over all rows.
  private func standardize(_ weights: inout [Float], rows: Int, columns: Int) {
    for column in 0..<columns {
      var (sum, squares) = (0.0, 0.0)
      for row in 0..<rows { sum += Double(weights[row * columns + column]) }
      let mean = sum / Double(rows)
      for row in 0..<rows {
        let difference = Double(weights[row * columns + column]) - mean
        squares += difference * difference
      }
      let deviation = (squares / Double(rows)).squareRoot()
      for row in 0..<rows {
        let place = row * columns + column
        weights[place] = Float((Double(weights[place]) - mean) / deviation)
      }
    }
  }

  /// The time at which each row is reached.
  private func jumpTimes(_ way: [(row: Int, column: Int)]) -> [Double] {
    var times: [Double] = []
    var last = -1
    for place in way where place.row != last {
      times.append(Double(place.column) / Self.positionRate)
      last = place.row
    }
    return times
  }

  private func aligned(
    _ words: [WordSplitter.Word], _ times: [Double], _ probabilities: [Double]
  ) -> [AlignedWord] {
    var aligned: [AlignedWord] = []
    var first = 0
    for word in words.dropLast() {
      let end = first + word.tokens.count
      guard end < times.count, end <= probabilities.count else { break }
      let own = probabilities[first..<end]
      aligned.append(
        AlignedWord(
          text: word.text, tokens: word.tokens, start: times[first], end: times[end],
          probability: own.reduce(0, +) / Double(max(1, own.count))))
      first = end
    }
    return aligned
  }
}
