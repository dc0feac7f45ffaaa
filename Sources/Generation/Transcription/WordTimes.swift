/// Puts aligned words into the segments of a window.
///
/// Punctuation joins its word, and words that are improbably long at the borders of sentences and
/// segments are shortened: a pause belongs to no word.
///
/// - Source: openai-whisper 20250625 `timing.py`, `merge_punctuations` and `add_word_timestamps`.
struct WordTimes {
  /// Joins the word after it.
  static let opening = "\"'“¿([{-"
  /// Joins the word before it.
  static let closing = "\"'.。,，!！?？:：”)]}、"
  private static let sentenceEnds = ".。!！?？"
  /// Longest median of the words' durations, in seconds.
  private static let medianLimit = 0.7

  /// The words; those that joined another are empty.
  private(set) var words: [AlignedWord]
  /// Median duration of the words, in seconds.
  private let median: Double
  private var longest: Double { 2 * median }

  init(_ words: [AlignedWord]) {
    self.words = words
    let durations = words.map { $0.end - $0.start }.filter { $0 != 0 }.sorted()
    if durations.isEmpty {
      median = 0
    } else {
      let half = durations.count / 2
      median = min(
        Self.medianLimit,
        durations.count.isMultiple(of: 2)
          ? (durations[half - 1] + durations[half]) / 2 : durations[half])
      shortenAtSentences()
    }
    mergePunctuation()
  }

  private mutating func shortenAtSentences() {
    for index in words.indices.dropFirst() where words[index].end - words[index].start > longest {
      if Self.sentenceEnds.containsPart(words[index].text) {
        words[index].end = words[index].start + longest
      } else if Self.sentenceEnds.containsPart(words[index - 1].text) {
        words[index].start = words[index].end - longest
      }
    }
  }

  private mutating func mergePunctuation() {
    var following = words.count - 1
    for index in words.indices.dropLast().reversed() {
      let text = words[index].text
      if text.hasPrefix(" "), Self.opening.containsPart(stripped(text)) {
        words[following].text = text + words[following].text
        words[following].tokens = words[index].tokens + words[following].tokens
        (words[index].text, words[index].tokens) = ("", [])
      } else {
        following = index
      }
    }
    var previous = 0
    for index in words.indices.dropFirst() {
      let text = words[index].text
      if !words[previous].text.hasSuffix(" "), Self.closing.containsPart(text) {
        words[previous].text += text
        words[previous].tokens += words[index].tokens
        (words[index].text, words[index].tokens) = ("", [])
      } else {
        previous = index
      }
    }
  }

  private func stripped(_ text: String) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  /// Gives each segment its words, and the times of its first and last word.
  ///
  /// - Parameters:
  ///   - segments: of the window, with their tokens.
  ///   - offset: seconds before the window.
  ///   - endOfText: the first id that is not text.
  ///   - lastSpeech: the end of the last word before the window.
  func add(
    to segments: inout [TranscriptSegment], offset: Double, endOfText: Int32,
    lastSpeech: Double
  ) {
    var lastSpeech = lastSpeech
    var next = words[...]
    for index in segments.indices {
      let textCount = segments[index].tokens.count { $0 < endOfText }
      var own: [TimedWord] = []
      var takenCount = 0
      while takenCount < textCount, let word = next.popFirst() {
        takenCount += word.tokens.count
        if word.text.isEmpty { continue }
        own.append(
          TimedWord(
            text: word.text, start: Self.rounded(offset + word.start),
            end: Self.rounded(offset + word.end), probability: word.probability))
      }
      if !own.isEmpty {
        fit(&own, to: &segments[index], lastSpeech: lastSpeech)
        lastSpeech = segments[index].end
      }
      segments[index].words = own
    }
  }

  private static func rounded(_ seconds: Double) -> Double {
    (seconds * 100).rounded(.toNearestOrEven) / 100
  }

  /// Shortens the first words after a pause, and takes the times of the segment where those of its
  /// first or last word are far from them.
  private func fit(
    _ words: inout [TimedWord], to segment: inout TranscriptSegment, lastSpeech: Double
  ) {
    let isAfterPause = words[0].end - lastSpeech > 4 * median
    let firstTwoAreLong = words.count > 1 && words[1].end - words[0].start > 2 * longest
    if isAfterPause, words[0].end - words[0].start > longest || firstTwoAreLong {
      if words.count > 1, words[1].end - words[1].start > longest {
        let border = max(words[1].end / 2, words[1].end - longest)
        (words[0].end, words[1].start) = (border, border)
      }
      words[0].start = max(0, words[0].end - longest)
    }
    if segment.start < words[0].end, segment.start - 0.5 > words[0].start {
      words[0].start = max(0, min(words[0].end - median, segment.start))
    } else {
      segment.start = words[0].start
    }
    let last = words.count - 1
    if segment.end > words[last].start, segment.end + 0.5 < words[last].end {
      words[last].end = max(words[last].start + median, segment.end)
    } else {
      segment.end = words[last].end
    }
  }
}
