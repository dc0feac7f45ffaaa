internal import Kernels
internal import Tokenizers

/// The tokens that may follow, by rules that the model alone does not always keep.
///
/// - Source: openai-whisper 20250625 `decoding.py`: `SuppressBlank`, `SuppressTokens`,
///   `ApplyTimestampRules`.
struct DecodingRules: Sendable {
  private let suppressed: [Int]
  /// A space, and the end of the text: a window does not begin with them.
  private let blank: [Int]
  private let hasTimestamps: Bool
  private let endOfText: Int
  private let noTimestamps: Int
  private let firstTimestamp: Int
  /// The last time token that may come first; nil for any.
  private let lastInitialTimestamp: Int?

  /// Seconds from one time token to the next.
  static let timestampSeconds = 0.02

  init(_ tokenizer: WhisperTokenizer, _ options: TranscriptionOptions) {
    var tokens = [
      tokenizer.transcribe, tokenizer.translate, tokenizer.startOfTranscript,
      tokenizer.startOfPrevious, tokenizer.startOfLM, tokenizer.noSpeech,
    ]
    if options.suppressesNonSpeech { tokens += tokenizer.nonSpeechTokens }
    suppressed = tokens.map(Int.init)
    blank = (tokenizer.encode(" ") + [tokenizer.endOfText]).map(Int.init)
    hasTimestamps = options.hasTimestamps
    endOfText = Int(tokenizer.endOfText)
    noTimestamps = Int(tokenizer.noTimestamps)
    firstTimestamp = Int(tokenizer.firstTimestamp)
    lastInitialTimestamp = options.maximumInitialTimestamp.map { seconds in
      let index = (seconds / Self.timestampSeconds).rounded(.toNearestOrEven)
      return Int(tokenizer.firstTimestamp) + Int(min(max(0, index), 1e6))
    }
  }

  /// Sets the logits of tokens that may not follow to -∞.
  ///
  /// - Parameters:
  ///   - logits: `[vocab]`.
  ///   - sampled: the tokens after the prompt.
  func apply(to logits: inout [Float], after sampled: ArraySlice<Int32>) {
    if sampled.isEmpty { suppress(blank, in: &logits) }
    suppress(suppressed, in: &logits)
    guard hasTimestamps else { return }
    suppress([noTimestamps], in: &logits)
    suppressUnpaired(&logits, sampled)
    if sampled.isEmpty {
      suppress(0..<firstTimestamp, in: &logits)
      if let lastInitialTimestamp {
        suppress(min(lastInitialTimestamp + 1, logits.count)..<logits.count, in: &logits)
      }
    }
    // If a time is more probable than every token of text, it is a time.
    let times = LogProbabilities(logits[firstTimestamp...]).normalizer
    let largestText = largestElement(logits.span.extracting(0..<firstTimestamp))
    if times.isFinite, Float(times) > largestText { suppress(0..<firstTimestamp, in: &logits) }
  }

  /// Times come in pairs, except before the end of the text, and do not decrease; a segment has a
  /// length.
  private func suppressUnpaired(_ logits: inout [Float], _ sampled: ArraySlice<Int32>) {
    func isTime(_ id: Int32) -> Bool { Int(id) >= firstTimestamp }
    let lastIsTime = sampled.last.map(isTime) ?? false
    let secondLastIsTime = sampled.count < 2 || isTime(sampled[sampled.endIndex - 2])
    if lastIsTime {
      suppress(secondLastIsTime ? firstTimestamp..<logits.count : 0..<endOfText, in: &logits)
    }
    if let time = sampled.last(where: isTime) {
      let isOpen = lastIsTime && !secondLastIsTime
      let first = min(Int(time) + (isOpen ? 0 : 1), logits.count)
      suppress(firstTimestamp..<first, in: &logits)
    }
  }

  private func suppress(_ ids: [Int], in logits: inout [Float]) {
    for id in ids { logits[id] = -.infinity }
  }

  private func suppress(_ ids: Range<Int>, in logits: inout [Float]) {
    var span = logits.mutableSpan
    fill(&span, ids, with: -.infinity)
  }
}
