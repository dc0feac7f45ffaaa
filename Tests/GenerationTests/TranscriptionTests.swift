import Foundation
import Testing

@testable import Generation
@testable import Tokenizers

/// Rules, beam search and segments against openai-whisper; Tests/Reference/make_whisper_decoding.py.
@Suite struct TranscriptionTests {
  private struct Cases: Decodable {
    struct Rule: Decodable {
      var text: [Int32]
      var count: Int
      var sum: Int
      var best: Int
    }
    struct Beam: Decodable {
      var size: Int
      var patience: Double
      var count: Int
      var steps: Int
      var prompt: [Int32]
      var texts: [[Int32]]
      var sums: [Float]
    }
    struct Ratio: Decodable {
      var text: String
      var ratio: Double
    }
    struct Words: Decodable {
      var language: String
      var ids: [Int32]
      var words: [String]
      var tokens: [[Int32]]
    }
    struct Warp: Decodable {
      var rows: Int
      var columns: Int
      var way: [[Int]]
      var median: [Float]
    }
    struct Merged: Decodable {
      var before: [String]
      var after: [String]
      var tokens: [[Int32]]
    }
    var words: [Words]
    var warps: [Warp]
    var merged: Merged
    var multilingual: [Rule]
    var gpt2: [Rule]
    var beams: [Beam]
    var ratios: [Ratio]
  }

  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static let cases = Result {
    try JSONDecoder().decode(
      Cases.self,
      from: Data(contentsOf: root.appending(path: "Tests/Fixtures/whisper/decoding.json")))
  }

  private static let multilingual = Result { try tokenizer("multilingual", 51_865) }
  private static let english = Result { try tokenizer("gpt2", 51_864) }

  private static func tokenizer(_ name: String, _ count: Int) throws -> WhisperTokenizer {
    let url = root.appending(path: "Sources/SwiftRAG/TokenizerData/\(name).tiktoken")
    return try WhisperTokenizer(
      tiktoken: Array(try Data(contentsOf: url)), vocabularyCount: count, source: name)
  }

  /// Logits after a text, by the formula of the script.
  private static func logits(_ text: [Int32], count: Int) -> [Float] {
    let state = text.reduce(0) { ($0 * 31 + Int($1) + 1) % 1_000_003 }
    return (0..<count).map { Float(Double(state * ($0 + 7) * ($0 + 3) % 997) / 100) }
  }

  @Test func rulesAllowWhatTheReferenceAllows() throws {
    let cases = try Self.cases.get()
    for (tokenizer, expected) in [
      (try Self.multilingual.get(), cases.multilingual), (try Self.english.get(), cases.gpt2),
    ] {
      let rules = DecodingRules(tokenizer, TranscriptionOptions())
      for rule in expected {
        var logits = Self.logits(rule.text, count: tokenizer.vocabularyCount)
        rules.apply(to: &logits, after: rule.text[...])
        let allowed = logits.indices.filter { logits[$0].isFinite }
        #expect(allowed.count == rule.count, "after \(rule.text)")
        #expect(allowed.reduce(0, +) == rule.sum, "after \(rule.text)")
        #expect(logits.indexOfLargest == rule.best, "after \(rule.text)")
      }
      #expect(expected.count > 30)
    }
  }

  @Test func beamSearchFindsTheTextsOfTheReference() throws {
    for beam in try Self.cases.get().beams {
      let end = Int32(beam.count - 1)
      var search = BeamSearch(size: beam.size, patience: beam.patience, endOfText: end)
      var hypotheses = Hypotheses(count: beam.size)
      for _ in 0..<beam.steps {
        let logits = hypotheses.texts.map { Self.logits(beam.prompt + $0, count: beam.count) }
        if search.choose(&hypotheses, logits: logits) { break }
      }
      let texts = search.finish(hypotheses)
      #expect(texts.map(\.tokens) == beam.texts, "size \(beam.size), patience \(beam.patience)")
      for (text, sum) in zip(texts, beam.sums) { #expect(abs(text.sum - sum) < 1e-4) }
    }
  }

  @Test func compressionRatios() throws {
    for ratio in try Self.cases.get().ratios {
      #expect(abs(WindowDecoder.compressionRatio(ratio.text) - ratio.ratio) < 1e-12)
    }
  }

  // MARK: Words

  @Test func wordsAreThoseOfTheReference() throws {
    for expected in try Self.cases.get().words {
      let splitter = WordSplitter(
        tokenizer: try Self.multilingual.get(), language: expected.language)
      let words = splitter.words(expected.ids)
      #expect(words.map(\.text) == expected.words)
      #expect(words.map(\.tokens) == expected.tokens)
    }
  }

  @Test func timeWarpingTakesTheWayOfTheReference() throws {
    for warp in try Self.cases.get().warps {
      let rows = (0..<warp.rows).map { row in
        Self.logits([Int32(row)], count: warp.columns).map { $0 - 5 }
      }
      let way = timeWarping(rows.flatMap { $0 }, rows: warp.rows, columns: warp.columns)
      #expect(way.map { [$0.row, $0.column] } == warp.way)
      if warp.median.isEmpty { continue }
      let filtered = rows.flatMap { row in
        var row = row
        medianFilter(&row, width: 7)
        return row
      }
      #expect(filtered == warp.median)
    }
  }

  @Test func punctuationJoinsItsWord() throws {
    let merged = try Self.cases.get().merged
    let words = merged.before.enumerated().map { index, text in
      AlignedWord(
        text: text, tokens: [Int32(index)], start: Double(index) * 0.5,
        end: Double(index) * 0.5 + 0.3, probability: 0.5)
    }
    let times = WordTimes(words)
    #expect(times.words.map(\.text) == merged.after)
    #expect(times.words.map(\.tokens) == merged.tokens)
  }

  // MARK: Segments

  private func segments(
    _ tokens: [Int32], frameCount: Int = 3_000, seek: Int = 0
  ) throws -> (segments: [TranscriptSegment], advance: Int) {
    WindowSegments(
      DecodedWindow(
        tokens: tokens, temperature: 0, averageLogProbability: -0.5, compressionRatio: 1,
        noSpeechProbability: 0.1),
      tokenizer: try Self.multilingual.get(), seek: seek, frameCount: frameCount
    ).split(firstID: 4)
  }

  /// The time token of some seconds.
  private func time(_ seconds: Double) throws -> Int32 {
    try Self.multilingual.get().firstTimestamp + Int32((seconds * 50).rounded())
  }

  @Test func pairsOfTimesEndSegments() throws {
    let text = try Self.multilingual.get().encode(" Yes")
    let (found, advance) = try segments(
      [time(0)] + text + [time(2), time(2.5)] + text + [time(4), time(4)], seek: 1_000)
    #expect(found.map(\.start) == [10, 12.5] && found.map(\.end) == [12, 14])
    #expect(found.map(\.id) == [4, 5] && found.map(\.text) == [" Yes", " Yes"])
    // The next window begins at the last pair.
    #expect(advance == 400)
  }

  @Test func aSingleTimeAtTheEndMeansSilenceAfterIt() throws {
    let text = try Self.multilingual.get().encode(" Yes")
    let (found, advance) = try segments(
      [time(0)] + text + [time(2), time(2)] + text + [time(3)], frameCount: 2_000)
    #expect(found.map(\.end) == [2, 3] && advance == 2_000)
  }

  @Test func aTextWithoutPairsIsOneSegment() throws {
    let text = try Self.multilingual.get().encode(" Yes")
    let whole = try segments([time(0)] + text, frameCount: 1_234)
    #expect(whole.segments.map(\.end) == [12.34] && whole.advance == 1_234)
    let timed = try segments([time(0.5)] + text + [time(3)], frameCount: 1_234)
    #expect(timed.segments.map(\.start) == [0] && timed.segments.map(\.end) == [3])
    #expect(timed.advance == 1_234)
    #expect(try segments([]).segments.map(\.text) == [""])
  }

  @Test func segmentsWithoutLengthOrTextAreEmpty() throws {
    let text = try Self.multilingual.get().encode(" Yes")
    let blank = try Self.multilingual.get().encode("  ")
    let found = try segments(
      [time(1)] + text + [time(1), time(1)] + blank + [time(2), time(2)] + text + [
        time(3), time(3),
      ]
    ).segments.map { $0.clearedIfEmpty() }
    #expect(found.map(\.text) == ["", "", " Yes"])
    #expect(found.map(\.tokens.isEmpty) == [true, true, false])
  }

  // MARK: Choosing

  @Test func drawsFollowTheProbabilities() {
    var chooser = GreedyChooser(temperature: 0.5, endOfText: 9, seed: 1, firstDraw: 0)
    // At temperature 0.5 the probabilities are as the squares 1, 4 and 9.
    let logits: [Float] = [logf(1), logf(2), logf(3), -.infinity]
    var counts = [Int](repeating: 0, count: 4)
    for _ in 0..<4_000 {
      var hypotheses = Hypotheses(count: 1)
      _ = chooser.choose(&hypotheses, logits: [logits])
      counts[Int(hypotheses.texts[0][0])] += 1
    }
    let weights = logits.map { Foundation.exp(Double($0) * 2) }
    let total = weights.reduce(0, +)
    for (count, weight) in zip(counts, weights) {
      #expect(abs(Double(count) / 4_000 - weight / total) < 0.03)
    }
    #expect(counts[3] == 0)
  }

  @Test func optionsThatCannotBe() {
    let changes: [(String, (inout TranscriptionOptions) -> Void)] = [
      ("beam-size", { $0.beamSize = 0 }), ("best-of", { $0.bestOf = 65 }),
      ("temperature", { $0.temperatures = [] }), ("temperature", { $0.temperatures = [-1] }),
      ("temperature", { $0.temperatures = [.nan] }), ("patience", { $0.patience = 0 }),
      ("length-penalty", { $0.lengthPenalty = 1.5 }),
      ("clip-timestamps", { $0.clips = [-1..<3] }),
    ]
    for (option, change) in changes {
      var options = TranscriptionOptions()
      change(&options)
      #expect {
        try options.validate()
      } throws: { error in
        if case .invalidOption(option, _) = error as? TranscriptionError { true } else { false }
      }
    }
  }
}
