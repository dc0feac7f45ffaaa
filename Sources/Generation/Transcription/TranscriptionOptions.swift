/// Settings of a transcription; the defaults are those of openai-whisper's `transcribe`.
///
/// - Source: openai-whisper 20250625, `transcribe.py` and `decoding.py`, `DecodingOptions`.
package struct TranscriptionOptions: Sendable, Equatable {
  /// The language of the text.
  package enum Task: String, Sendable, CaseIterable {
    /// The language that is spoken.
    case transcribe
    /// English.
    case translate
  }

  /// Code of the spoken language; nil detects it from the first 30 seconds.
  package var language: String?
  package var task = Task.transcribe
  /// Temperatures to try in turn while a text is repetitive or improbable; 0 takes the most probable
  /// tokens.
  package var temperatures: [Float] = [0, 0.2, 0.4, 0.6, 0.8, 1]
  /// Hypotheses of the beam search at temperature 0; nil for greedy decoding.
  package var beamSize: Int?
  /// The search ends when this number times the beam size of texts have ended.
  ///
  /// - Source: Kasai et al. 2022, arXiv:2204.05424.
  package var patience: Double = 1
  /// Texts that are drawn at temperatures above 0, of which the most probable is kept.
  package var bestOf = 1
  /// Exponent of the length in the ranking of texts; nil divides by the length.
  ///
  /// - Source: Wu et al. 2016, arXiv:1609.08144, equation 14.
  package var lengthPenalty: Double?
  /// Text that the first window continues: names, spelling, style.
  package var initialPrompt: String?
  /// Words that every window is told to expect, before the text that it continues: names, terms.
  ///
  /// - Source: faster-whisper 1.2.1, `hotwords`.
  package var hotwords: String?
  /// Whether a window continues the text of the windows before.
  package var conditionsOnPreviousText = true
  /// The ratio of a text's size to its compressed size above which it is taken for repetitive.
  package var compressionRatioThreshold: Double? = 2.4
  /// The mean log-probability of a token below which a text is taken for improbable.
  package var logProbabilityThreshold: Double? = -1
  /// The probability that nobody speaks above which an improbable text is taken for silence.
  package var noSpeechThreshold: Double? = 0.6
  /// Latest start of the first segment of a window, in seconds; nil for any.
  package var maximumInitialTimestamp: Double? = 1
  /// Whether the text comes with times; without, a window is one segment.
  package var hasTimestamps = true
  /// Whether each word gets its time, from the decoder's attention.
  package var hasWordTimes = false
  /// Seconds of silence around improbable words that make them an invention, which is dropped.
  ///
  /// Nil keeps them. It needs times of words.
  package var hallucinationSilenceThreshold: Double?
  /// Seconds of a pause that is not decoded, where the recording knows in which parts somebody
  /// speaks: speakers rarely pause for so long within a sentence, and Whisper decodes shorter ones
  /// without inventing words.
  package var pauseThreshold = 3.0
  /// Windows that are decoded together.
  ///
  /// Above 1, windows end in pauses and do not continue the text
  /// of those before, so that they do not depend on each other: a long recording takes less time,
  /// and a name may be spelled differently in each window.
  package var batchSize = 1
  /// Whether brackets, quotation marks and notes of music are suppressed.
  package var suppressesNonSpeech = true
  /// Parts to transcribe, in seconds, in order; all where there are none.
  package var clips: [Range<Double>] = []
  /// Decides what is drawn at temperatures above 0.
  package var seed: UInt64 = 0

  package init() {}

  /// Checks what the decoding relies on.
  ///
  /// - Throws: `TranscriptionError.invalidOption`.
  package func validate() throws(TranscriptionError) {
    func require(_ condition: Bool, _ option: String, _ reason: String) throws(TranscriptionError) {
      if !condition { throw .invalidOption(option: option, reason: reason) }
    }
    try require(!temperatures.isEmpty, "temperature", "there is none")
    for temperature in temperatures {
      try require(
        temperature >= 0 && temperature.isFinite, "temperature",
        "\(temperature) is not a number from 0 on")
    }
    try require(
      (1...Self.hypothesisLimit).contains(beamSize ?? 1), "beam-size",
      "\(beamSize ?? 0) is not between 1 and \(Self.hypothesisLimit)")
    try require(
      (1...Self.hypothesisLimit).contains(bestOf), "best-of",
      "\(bestOf) is not between 1 and \(Self.hypothesisLimit)")
    try require(
      batchSize >= 1 && batchSize * hypothesisCount <= Self.hypothesisLimit, "batch-size",
      "\(batchSize) is not between 1 and \(Self.hypothesisLimit / hypothesisCount), with "
        + "\(hypothesisCount) hypotheses each")
    try require(
      patience > 0 && patience <= 100, "patience", "\(patience) is not above 0 and at most 100")
    try require(
      (0...1).contains(lengthPenalty ?? 0), "length-penalty",
      "\(lengthPenalty ?? 0) is not between 0 and 1")
    try require(
      (0.5...30).contains(pauseThreshold), "pause", "\(pauseThreshold) is not between 0.5 and 30")
    if let threshold = hallucinationSilenceThreshold {
      try require(
        threshold > 0 && threshold <= 30, "hallucination-silence-threshold",
        "\(threshold) is not above 0 and at most 30")
      try require(
        hasWordTimes, "hallucination-silence-threshold", "needs the times of words")
      try require(
        batchSize == 1, "hallucination-silence-threshold",
        "moves the next window, so windows cannot be decoded in batches")
    }
    for clip in clips {
      try require(
        clip.lowerBound >= 0 && clip.upperBound <= 1e9, "clip-timestamps",
        "\(clip.lowerBound) to \(clip.upperBound) is not a part of a recording")
    }
  }

  /// The most hypotheses; each needs a cache of its own.
  package static let hypothesisLimit = 64

  /// The hypotheses of a window that a session must have room for.
  package var hypothesisCount: Int { max(1, beamSize ?? 1, bestOf) }
}
