internal import Tokenizers

/// The segments of a window, cut at its times.
///
/// - Source: openai-whisper 20250625 `transcribe.py`, the loop of `transcribe`.
struct WindowSegments {
  private let decoded: DecodedWindow
  private let tokenizer: WhisperTokenizer
  private let seek: Int
  private let frameCount: Int

  /// Frames of 10 ms of a time token.
  private static let framesPerTimestamp = 2

  /// - Parameters:
  ///   - decoded: the window's text.
  ///   - tokenizer: of the model.
  ///   - seek: the window's first frame.
  ///   - frameCount: frames of sound in it.
  init(_ decoded: DecodedWindow, tokenizer: WhisperTokenizer, seek: Int, frameCount: Int) {
    self.decoded = decoded
    self.tokenizer = tokenizer
    self.seek = seek
    self.frameCount = frameCount
  }

  /// The segments, and how many frames later the next window begins.
  ///
  /// A segment ends between two times that follow each other, and the next begins there. The text after
  /// the last such pair is unfinished: the next window begins there, except if the text ends with a
  /// single time, after which nobody speaks.
  func split(firstID: Int) -> (segments: [TranscriptSegment], advance: Int) {
    let tokens = decoded.tokens
    var cuts = tokens.indices.dropFirst().filter { isTime(tokens[$0 - 1]) && isTime(tokens[$0]) }
    var segments: [TranscriptSegment] = []
    guard !cuts.isEmpty else {
      segments.append(segment(tokens, start: 0, end: duration(of: tokens), id: firstID))
      return (segments, frameCount)
    }
    if endsWithSingleTime { cuts.append(tokens.count) }
    var first = 0
    for cut in cuts {
      let part = Array(tokens[first..<cut])
      segments.append(
        segment(
          part, start: seconds(part[0]), end: seconds(part[part.count - 1]),
          id: firstID + segments.count))
      first = cut
    }
    let last = Int(tokens[first - 1] - tokenizer.firstTimestamp) * Self.framesPerTimestamp
    return (segments, endsWithSingleTime ? frameCount : last)
  }

  /// The segments with the unfinished text, which ends with the window.
  func splitWhole(firstID: Int) -> [TranscriptSegment] {
    var segments = split(firstID: firstID).segments
    let rest = Array(decoded.tokens.dropFirst(segments.reduce(0) { $0 + $1.tokens.count }))
    guard rest.contains(where: { $0 < tokenizer.endOfText }) else { return segments }
    let first = rest.first.flatMap { isTime($0) ? seconds($0) : nil } ?? 0
    segments.append(
      segment(
        rest, start: first, end: max(first, FrameTime.seconds(frameCount)),
        id: firstID + segments.count))
    return segments
  }

  /// Whether the text ends with a single time, after which nobody speaks.
  var endsWithSingleTime: Bool {
    let tokens = decoded.tokens
    return tokens.count >= 2 && isTime(tokens[tokens.count - 1])
      && !isTime(tokens[tokens.count - 2])
  }

  private func isTime(_ id: Int32) -> Bool { id >= tokenizer.firstTimestamp }

  /// Seconds of a time token from the window's start.
  private func seconds(_ id: Int32) -> Double {
    Double(id - tokenizer.firstTimestamp) * DecodingRules.timestampSeconds
  }

  /// Without a pair of times the window is one segment, up to its last time.
  private func duration(of tokens: [Int32]) -> Double {
    if let last = tokens.last(where: isTime), last != tokenizer.firstTimestamp {
      return seconds(last)
    }
    return FrameTime.seconds(frameCount)
  }

  private func segment(
    _ tokens: [Int32], start: Double, end: Double, id: Int
  ) -> TranscriptSegment {
    let offset = FrameTime.seconds(seek)
    let text = tokenizer.decode(tokens.filter { $0 < tokenizer.endOfText })
    return TranscriptSegment(
      id: id, seek: seek, start: offset + start, end: offset + end, text: text,
      tokens: tokens, temperature: decoded.temperature,
      averageLogProbability: decoded.averageLogProbability,
      compressionRatio: decoded.compressionRatio,
      noSpeechProbability: decoded.noSpeechProbability)
  }
}
