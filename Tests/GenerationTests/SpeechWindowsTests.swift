import Testing

@testable import Generation

/// Which windows are decoded where speech is known, and which text is dropped.
@Suite struct SpeechWindowsTests {
  private func windows(
    _ speech: [Range<Int>]?, of count: Int, step: Int? = nil
  ) -> [Range<Int>] {
    let windows = SpeechWindows(speech: speech, pause: 300)
    var (found, seek) = ([Range<Int>](), 0)
    while seek < count, let window = windows.next(from: seek, limit: 3_000, end: count) {
      found.append(window)
      seek = step.map { window.lowerBound + $0 } ?? window.upperBound
      if found.count > 50 { break }
    }
    return found
  }

  @Test func withoutKnowledgeAllIsDecoded() {
    #expect(windows(nil, of: 7_000) == [0..<3_000, 3_000..<6_000, 6_000..<7_000])
  }

  @Test func silenceIsNotDecoded() {
    #expect(windows([], of: 7_000) == [])
    #expect(windows([5_000..<5_400], of: 90_000) == [5_000..<5_400])
    #expect(windows([0..<800], of: 90_000) == [0..<800])
    #expect(
      windows([100..<900, 50_000..<54_000], of: 90_000)
        == [0..<900, 50_000..<53_000, 53_000..<54_000])
  }

  /// Short pauses change nothing, wherever they are.
  @Test func shortPausesStay() {
    #expect(
      windows([200..<900, 1_100..<4_000, 4_290..<6_800], of: 7_000)
        == [0..<3_000, 3_000..<6_000, 6_000..<7_000])
  }

  /// A window that begins in the silence after the last word is none.
  @Test func remainsOfAPartAreNotDecoded() {
    #expect(windows([0..<1_000], of: 1_200, step: 970) == [0..<1_200])
    #expect(windows([0..<1_000, 1_100..<1_500], of: 9_000, step: 970) == [0..<1_500, 970..<1_500])
    // Where the recording ends within a part, there may be a word.
    #expect(windows([0..<1_000], of: 1_000, step: 970) == [0..<1_000, 970..<1_000])
  }

  // MARK: Inventions

  private func segment(_ words: [(Double, Double, Double)]) -> TranscriptSegment {
    TranscriptSegment(
      id: 0, seek: 0, start: words[0].0, end: words[words.count - 1].1, text: " a", tokens: [],
      temperature: 0, averageLogProbability: 0, compressionRatio: 1, noSpeechProbability: 0,
      words: words.map { TimedWord(text: " a", start: $0.0, end: $0.1, probability: $0.2) })
  }

  private let filter = HallucinationFilter(
    threshold: 2, seek: 3_000, frameCount: 3_000, windowFrameCount: 3_000,
    contentFrameCount: 9_000, lastSpeech: 29)

  @Test func anomaliesOfWords() {
    #expect(!HallucinationFilter.isAnomalous(segment([(31, 31.3, 0.9), (31.3, 31.6, 0.8)])))
    // Two improbable words, one word of no length and one of five seconds.
    #expect(HallucinationFilter.isAnomalous(segment([(31, 31.3, 0.1), (31.3, 31.6, 0.1)])))
    #expect(HallucinationFilter.isAnomalous(segment([(31, 31, 0.9)])))
    #expect(HallucinationFilter.isAnomalous(segment([(31, 36.1, 0.9), (36.1, 36.4, 0.9)])))
  }

  @Test func anInventionBetweenSilencesIsDropped() {
    let right = segment([(30.2, 30.5, 0.9), (30.5, 31, 0.9)])
    let wrong = segment([(40, 40.3, 0.1), (40.3, 40.6, 0.1)])
    let after = segment([(45, 45.3, 0.9), (45.3, 45.9, 0.9)])
    var (segments, next) = ([right, wrong, after], 6_000)
    let again = filter.apply(
      to: &segments, next: &next, endsWithSingleTime: true, lastEnd: 45.9)
    #expect(!again && segments == [right] && next == 4_000)
    // Without silence after it, it stays.
    let close = segment([(40.7, 41, 0.9), (41, 41.3, 0.9)])
    (segments, next) = ([right, wrong, close], 6_000)
    _ = filter.apply(to: &segments, next: &next, endsWithSingleTime: true, lastEnd: 41.3)
    #expect(segments.count == 3 && next == 6_000)
  }

  @Test func anInventionAfterSilenceIsDecodedAgain() {
    var (segments, next) = ([segment([(40, 40.3, 0.1), (40.3, 40.6, 0.1)])], 6_000)
    let again = filter.apply(
      to: &segments, next: &next, endsWithSingleTime: true, lastEnd: 40.6)
    #expect(again && next == 4_000)
  }

  @Test func theNextWindowBeginsAfterTheLastWord() {
    var (segments, next) = ([segment([(30.2, 30.5, 0.9), (30.5, 31, 0.9)])], 6_000)
    _ = filter.apply(to: &segments, next: &next, endsWithSingleTime: false, lastEnd: 31)
    #expect(next == 3_100)
    _ = filter.apply(to: &segments, next: &next, endsWithSingleTime: false, lastEnd: 58.5)
    #expect(next == 6_000)
  }
}
