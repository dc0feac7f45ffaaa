internal import Models
internal import Tokenizers

/// The windows of one recording, one after another.
struct TranscriptionRun<Sound: SoundFrames> {
  let decoder: WindowDecoder
  let sound: Sound
  /// The segments so far.
  private(set) var segments: [TranscriptSegment] = []

  /// The tokens of the initial prompt and of all segments.
  private var tokens: [Int32]
  private let initialTokenCount: Int
  /// The first of the tokens that the next window continues.
  private var promptStart = 0
  /// Frames to transcribe, in order.
  private let clips: [Range<Int>]
  private var clip = 0
  /// The next frame.
  private var seek: Int
  private var windowCount = 0
  /// The end of the last word.
  private var lastSpeech = 0.0

  private var options: TranscriptionOptions { decoder.options }
  private var tokenizer: WhisperTokenizer { decoder.tokenizer }
  private var windowFrameCount: Int { decoder.session.model.config.frameCount }

  init(decoder: WindowDecoder, sound: Sound) {
    self.decoder = decoder
    self.sound = sound
    tokens =
      decoder.options.initialPrompt.map {
        decoder.tokenizer.encode(" " + WhisperTokenizer.strip($0))
      } ?? []
    initialTokenCount = tokens.count
    clips =
      decoder.options.clips.isEmpty
      ? [0..<sound.contentFrameCount]
      : decoder.options.clips.map {
        Self.frame(
          $0.lowerBound)..<min(
            Self.frame($0.upperBound), max(Self.frame($0.lowerBound), sound.contentFrameCount))
      }
    seek = clips[0].lowerBound
  }

  /// The text of all segments.
  var text: String { tokenizer.decode(tokens[initialTokenCount...]) }

  /// Seconds before the next frame.
  var secondsDone: Double { Double(min(seek, sound.contentFrameCount)) / Sound.frameRate }

  /// Decodes the next window.
  ///
  /// - Returns: its segments; nil at the end, and where it was stopped.
  mutating func next(shouldStop: () -> Bool) throws -> [TranscriptSegment]? {
    while clip < clips.count, seek >= clips[clip].upperBound {
      clip += 1
      if clip < clips.count { seek = clips[clip].lowerBound }
    }
    guard clip < clips.count else { return nil }
    let frameCount = min(
      windowFrameCount, sound.contentFrameCount - seek, clips[clip].upperBound - seek)
    var frames = try sound.frames(seek..<(seek + frameCount))
    // What is missing is zeros, not silence, as in the reference.
    frames += [Float](
      repeating: 0, count: (windowFrameCount - frameCount) * sound.bandCount)
    try mapModelErrors { () throws(ModelError) in try decoder.session.encode(frames) }
    windowCount += 1
    guard
      let decoded = try decoder.decodeWithFallback(
        previous: tokens[promptStart...], window: windowCount, shouldStop: shouldStop)
    else { return nil }
    if isSilent(decoded) {
      seek += frameCount
      return []
    }
    let window = WindowSegments(
      decoded, tokenizer: tokenizer, seek: seek, frameCount: frameCount)
    var (found, advance) = window.split(firstID: segments.count)
    if options.hasWordTimes {
      try addWords(to: &found, frameCount: frameCount)
      // The next window begins after the last word rather than after the last pair of times.
      if !window.endsWithSingleTime, lastSpeech > Double(seek) / Sound.frameRate {
        advance = Self.frame(lastSpeech) - seek
      }
    }
    seek += advance
    found = found.map { $0.clearedIfEmpty() }
    segments += found
    tokens += found.flatMap(\.tokens)
    // Text of a high temperature may be wrong, and the next window would continue it.
    if !options.conditionsOnPreviousText || decoded.temperature > 0.5 { promptStart = tokens.count }
    return found
  }

  private static func frame(_ seconds: Double) -> Int {
    Int((seconds * Sound.frameRate).rounded(.toNearestOrEven))
  }

  /// Aligns the text of a window with its sound.
  private mutating func addWords(
    to segments: inout [TranscriptSegment], frameCount: Int
  ) throws(TranscriptionError) {
    let alignment = WordAlignment(
      session: decoder.session, tokenizer: tokenizer, startTokens: decoder.languageTokens,
      splitter: WordSplitter(tokenizer: tokenizer, language: decoder.language))
    let text = segments.flatMap(\.tokens).filter { $0 < tokenizer.endOfText }
    let times = WordTimes(try alignment.words(text, frameCount: frameCount))
    times.add(
      to: &segments, offset: Double(seek) / Sound.frameRate, endOfText: tokenizer.endOfText,
      lastSpeech: lastSpeech)
    // Where there are no words, the end of the last segment.
    lastSpeech = segments.compactMap(\.words?.last).last?.end ?? segments.last?.end ?? lastSpeech
  }

  private func isSilent(_ decoded: DecodedWindow) -> Bool {
    guard let threshold = options.noSpeechThreshold, decoded.noSpeechProbability > threshold
    else { return false }
    return !(options.logProbabilityThreshold.map { decoded.averageLogProbability > $0 } ?? false)
  }
}
