/// Finds segments of improbable words that are surrounded by silence: sentences that nobody said.
///
/// A word is anomalous if it is improbable, or improbably short or long. A segment is, if its first
/// words are. Such a segment is dropped where silence, or another such segment, is on both sides,
/// and the next window begins with it.
///
/// - Source: openai-whisper 20250625 `transcribe.py`, `hallucination_silence_threshold`.
struct HallucinationFilter {
  /// Seconds of silence.
  let threshold: Double
  /// Frames of the window: the first, those of sound, and those of a full window.
  let seek: Int
  let frameCount: Int
  let windowFrameCount: Int
  /// Frames of the recording.
  let contentFrameCount: Int
  /// The end of the last word before the window, in seconds.
  let lastSpeech: Double

  private static let punctuation = WordTimes.opening + WordTimes.closing
  /// Words that decide about a segment.
  private static let wordCount = 8

  private var start: Double { FrameTime.seconds(seek) }
  private var end: Double { FrameTime.seconds(seek + windowFrameCount) }
  private var duration: Double { FrameTime.seconds(frameCount) }

  /// Drops segments.
  ///
  /// - Parameters:
  ///   - segments: of the window, with words; changed in place.
  ///   - next: the frame with which the next window begins; changed in place.
  ///   - endsWithSingleTime: whether nobody speaks after the text.
  ///   - lastEnd: the end of the last word of the segments, in seconds.
  /// - Returns: whether the window is to be decoded again without its silent beginning; its
  ///   segments then do not count.
  func apply(
    to segments: inout [TranscriptSegment], next: inout Int, endsWithSingleTime: Bool,
    lastEnd: Double?
  ) -> Bool {
    if !endsWithSingleTime, let lastEnd, lastEnd > start {
      next = end - lastEnd > threshold ? FrameTime.frame(lastEnd) : seek + frameCount
    }
    if let first = segments.first(where: Self.hasWords), Self.isAnomalous(first) {
      let gap = first.start - start
      if gap > threshold {
        next = seek + FrameTime.frame(gap)
        return true
      }
    }
    var last = lastSpeech
    for (index, segment) in segments.enumerated() where Self.hasWords(segment) {
      if Self.isAnomalous(segment) {
        let following = segments[(index + 1)...].first(where: Self.hasWords)
        if isIsolated(segment, after: last, before: following) {
          next = FrameTime.frame(max(start + 1, segment.start))
          if FrameTime.seconds(contentFrameCount) - segment.end < threshold {
            next = contentFrameCount
          }
          segments.removeSubrange(index...)
          break
        }
      }
      last = segment.end
    }
    return false
  }

  private func isIsolated(
    _ segment: TranscriptSegment, after last: Double, before following: TranscriptSegment?
  ) -> Bool {
    let nextStart = following?.words?.first?.start ?? start + duration
    let isAfterSilence =
      segment.start - last > threshold || segment.start < threshold || segment.start - start < 2
    let isBeforeSilence =
      nextStart - segment.end > threshold || following.map(Self.isAnomalous) ?? false
      || end - segment.end < 2
    return isAfterSilence && isBeforeSilence
  }

  private static func hasWords(_ segment: TranscriptSegment) -> Bool {
    segment.words?.isEmpty == false
  }

  /// Whether the first words of a segment are such as nobody says.
  static func isAnomalous(_ segment: TranscriptSegment) -> Bool {
    guard let all = segment.words, !all.isEmpty else { return false }
    let words = all.filter { !punctuation.containsPart($0.text) }.prefix(wordCount)
    let score = words.reduce(0) { $0 + anomaly($1) }
    return score >= 3 || score + 0.01 >= Double(words.count)
  }

  private static func anomaly(_ word: TimedWord) -> Double {
    let duration = word.end - word.start
    return (word.probability < 0.15 ? 1 : 0) + max(0, 0.133 - duration) * 15
      + max(0, duration - 2)
  }
}
