internal import Models
internal import Tokenizers

/// The windows of one recording, one after another.
struct TranscriptionRun<Sound: SoundFrames> {
  let decoder: WindowDecoder
  let sound: Sound
  /// The segments so far.
  private(set) var segments: [TranscriptSegment] = []

  /// The tokens of the initial prompt.
  private let initialPrompt: [Int32]
  /// The tokens that the next window continues, as many as it can see.
  private var prompt: [Int32]
  /// Frames to transcribe, in order.
  private let clips: [Range<Int>]
  private var clip = 0
  private let windows: SpeechWindows
  /// The next frame.
  private var seek: Int
  private var windowCount = 0
  /// The end of the last word.
  private var lastSpeech = 0.0

  private var options: TranscriptionOptions { decoder.options }
  private var tokenizer: WhisperTokenizer { decoder.tokenizer }
  private var windowFrameCount: Int { decoder.session.model.config.frameCount }

  init(decoder: WindowDecoder, sound: Sound, resuming state: TranscriptionState? = nil) {
    self.decoder = decoder
    self.sound = sound
    let options = decoder.options
    initialPrompt =
      options.initialPrompt.map { decoder.tokenizer.encode(" " + WhisperTokenizer.strip($0)) } ?? []
    prompt = initialPrompt
    let end = sound.contentFrameCount
    clips =
      options.clips.isEmpty
      ? [0..<end]
      : options.clips.map {
        let first = FrameTime.frame($0.lowerBound)
        return first..<min(FrameTime.frame($0.upperBound), max(first, end))
      }
    windows = SpeechWindows(speech: sound.speech, pause: FrameTime.frame(options.pauseThreshold))
    seek = clips[0].lowerBound
    if let state { resume(state) }
  }

  /// Continues after the windows of an earlier run; a position from a damaged file does no harm.
  private mutating func resume(_ state: TranscriptionState) {
    segments = state.segments
    let position = state.position
    prompt = position.prompt
    clip = min(max(0, position.clip), clips.count)
    seek = max(0, position.seek)
    windowCount = min(max(0, position.windowCount), Int(Int32.max))
    lastSpeech = position.lastSpeech
  }

  /// The text of all segments.
  var text: String { tokenizer.decode(segments.flatMap(\.tokens)) }

  /// Seconds before the next frame.
  var secondsDone: Double { FrameTime.seconds(min(seek, sound.contentFrameCount)) }

  /// All that the next window depends on.
  var position: TranscriptionPosition {
    TranscriptionPosition(
      language: decoder.language, seek: seek, clip: clip, windowCount: windowCount,
      prompt: prompt, lastSpeech: lastSpeech)
  }

  /// The next frames to decode; nil at the end.
  private mutating func nextWindow() -> Range<Int>? {
    while clip < clips.count {
      if seek < clips[clip].upperBound,
        let window = windows.next(
          from: seek, limit: windowFrameCount,
          end: min(clips[clip].upperBound, sound.contentFrameCount))
      {
        return window
      }
      seek = max(seek, clips[clip].upperBound)
      clip += 1
      if clip < clips.count { seek = clips[clip].lowerBound }
    }
    return nil
  }

  /// Decodes the next window.
  ///
  /// - Returns: its segments; nil at the end, and where it was stopped.
  mutating func next(shouldStop: () -> Bool) throws -> [TranscriptSegment]? {
    if options.batchSize > 1 { return try nextBatch(shouldStop: shouldStop) }
    guard let range = nextWindow() else { return nil }
    seek = range.lowerBound
    let frameCount = range.count
    try encode(try sound.frames(range))
    windowCount += 1
    guard
      let decoded = try decoder.decodeWithFallback(
        previous: prompt, number: windowCount, shouldStop: shouldStop)
    else { return nil }
    if isSilent(decoded) {
      seek += frameCount
      return []
    }
    let found = append(try segments(of: decoded, frameCount: frameCount))
    // Text of a high temperature may be wrong, and the next window would continue it.
    if !options.conditionsOnPreviousText || decoded.temperature > 0.5 { prompt = [] }
    return found
  }

  /// Encodes a window.
  ///
  /// - Parameters:
  ///   - frames: of sound; what is missing is zeros, not silence, as in the reference.
  ///   - window: of the session.
  /// - Throws: `TranscriptionError.model`.
  func encode(_ frames: [Float], window: Int = 0) throws(TranscriptionError) {
    let missing = windowFrameCount * sound.bandCount - frames.count
    let padded = frames + [Float](repeating: 0, count: max(0, missing))
    try mapModelErrors { () throws(ModelError) in
      try decoder.session.encode(padded, window: window)
    }
  }

  /// Adds the segments of a window.
  private mutating func append(_ found: [TranscriptSegment]) -> [TranscriptSegment] {
    let cleared = found.map { $0.clearedIfEmpty() }
    segments += cleared
    prompt = Array((prompt + cleared.flatMap(\.tokens)).suffix(decoder.previousTokenLimit))
    return cleared
  }

  /// The segments of a window, after which `seek` is the frame of the next.
  private mutating func segments(
    of decoded: DecodedWindow, frameCount: Int
  ) throws(TranscriptionError) -> [TranscriptSegment] {
    let window = WindowSegments(
      decoded, tokenizer: tokenizer, seek: seek, frameCount: frameCount)
    var (found, advance) = window.split(firstID: segments.count)
    guard options.hasWordTimes else {
      seek += advance
      return found
    }
    let speechBefore = lastSpeech
    try addWords(to: &found, seek: seek, frameCount: frameCount)
    // The next window begins after the last word rather than after the last pair of times.
    var next = seek + advance
    let isOpen = !window.endsWithSingleTime
    if isOpen, let end = Self.lastEnd(found), end > FrameTime.seconds(seek) {
      next = FrameTime.frame(end)
    }
    if let threshold = options.hallucinationSilenceThreshold {
      let filter = HallucinationFilter(
        threshold: threshold, seek: seek, frameCount: frameCount,
        windowFrameCount: windowFrameCount, contentFrameCount: sound.contentFrameCount,
        lastSpeech: speechBefore)
      if filter.apply(
        to: &found, next: &next, endsWithSingleTime: !isOpen, lastEnd: Self.lastEnd(found))
      {
        (found, lastSpeech) = ([], speechBefore)
      } else {
        lastSpeech = Self.lastEnd(found) ?? speechBefore
      }
    }
    seek = next
    return found
  }

  /// Aligns the text of a window with its sound.
  private mutating func addWords(
    to segments: inout [TranscriptSegment], seek: Int, window: Int = 0, frameCount: Int
  ) throws(TranscriptionError) {
    let alignment = WordAlignment(
      session: decoder.session, tokenizer: tokenizer, startTokens: decoder.languageTokens,
      splitter: WordSplitter(tokenizer: tokenizer, language: decoder.language), window: window)
    let text = segments.flatMap(\.tokens).filter { $0 < tokenizer.endOfText }
    let times = WordTimes(try alignment.words(text, frameCount: frameCount))
    times.add(
      to: &segments, offset: FrameTime.seconds(seek), endOfText: tokenizer.endOfText,
      lastSpeech: lastSpeech)
    lastSpeech = Self.lastEnd(segments) ?? lastSpeech
  }

  /// The end of the last word, or of the last segment where there are no words.
  private static func lastEnd(_ segments: [TranscriptSegment]) -> Double? {
    segments.compactMap(\.words?.last).last?.end ?? segments.last?.end
  }

  private func isSilent(_ decoded: DecodedWindow) -> Bool {
    guard let threshold = options.noSpeechThreshold, decoded.noSpeechProbability > threshold
    else { return false }
    return !(options.logProbabilityThreshold.map { decoded.averageLogProbability > $0 } ?? false)
  }

  // MARK: Batches

  /// Decodes the next windows together.
  ///
  /// - Returns: their segments; nil at the end, and where it was stopped.
  private mutating func nextBatch(shouldStop: () -> Bool) throws -> [TranscriptSegment]? {
    var ranges: [Range<Int>] = []
    while ranges.count < options.batchSize, let range = nextWindow() {
      if shouldStop() { return nil }
      var frames = try sound.frames(range)
      let pause = WindowCut(speech: sound.speech, bandCount: sound.bandCount)
      let isWhole = range.count < windowFrameCount || range.upperBound >= clips[clip].upperBound
      let end = isWhole ? range.upperBound : pause.end(of: range, frames: frames)
      frames = Array(frames.prefix((end - range.lowerBound) * sound.bandCount))
      try encode(frames, window: ranges.count)
      ranges.append(range.lowerBound..<end)
      seek = end
    }
    guard !ranges.isEmpty else { return nil }
    guard
      let first = try decoder.decode(
        previous: initialPrompt, windows: 0..<ranges.count, temperature: options.temperatures[0],
        firstDraw: UInt64((windowCount + 1) * options.temperatures.count) << 20,
        shouldStop: shouldStop)
    else { return nil }
    var all: [TranscriptSegment] = []
    for (window, range) in ranges.enumerated() {
      windowCount += 1
      guard
        let decoded = try decoder.decodeWithFallback(
          previous: initialPrompt, number: windowCount, window: window, first: first[window],
          shouldStop: shouldStop)
      else { return nil }
      if isSilent(decoded) { continue }
      var found = WindowSegments(
        decoded, tokenizer: tokenizer, seek: range.lowerBound, frameCount: range.count
      ).splitWhole(firstID: segments.count)
      if options.hasWordTimes {
        try addWords(
          to: &found, seek: range.lowerBound, window: window, frameCount: range.count)
      }
      all += append(found)
    }
    prompt = []
    return all
  }
}
