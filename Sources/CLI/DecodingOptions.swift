internal import ArgumentParser
internal import Bytes
internal import Generation
internal import SwiftRAG
internal import Tokenizers

/// The flags of the decoding.
struct DecodingOptions: ParsableArguments {
  @Option(help: "The spoken language, as de or german (default: detected).")
  var language: String?

  @Option(help: "transcribe, or translate into English.")
  var task: TranscriptionOptions.Task = .transcribe

  @Option(help: "Hypotheses of the beam search; 1 is greedy.")
  var beamSize = 1

  @Option(help: "Stop when this many times the beam size of texts have ended.")
  var patience = 1.0

  @Option(help: "Texts that are drawn at temperatures above 0.")
  var bestOf = 1

  @Option(help: "Exponent of the length in the ranking of texts, 0 to 1 (default: the mean).")
  var lengthPenalty: Double?

  @Option(help: "The first temperature; higher ones follow in steps of 0.2 where a text is poor.")
  var temperature: Float = 0

  @Flag(help: "Do not try higher temperatures.")
  var noFallback = false

  @Option(help: "Text that the recording continues: names, spelling, style.")
  var initialPrompt: String?

  @Option(help: "Words that every window is told to expect: names, terms.")
  var hotwords: String?

  @Flag(help: "Decode each window without the text of those before.")
  var noContext = false

  @Option(help: "Parts in seconds: start,end,start,end; the last end may be missing.")
  var clipTimestamps: String?

  @Flag(help: "Give each word its time, in JSON.")
  var wordTimestamps = false

  @Option(
    help:
      "Drop improbable words with this number of seconds of silence around them; needs times of words."
  )
  var hallucinationSilenceThreshold: Double?

  @Option(
    help: ArgumentHelp(
      "Find the parts in which somebody speaks, so that silence, noise and music are not decoded: silero (trained), energy or off.",
      valueName: "detector"))
  var vad: SpeechDetection = .silero

  @Option(
    help: "Windows that are decoded together: faster, without the text of the windows before.")
  var batchSize = 1

  @Option(help: "Seed of what is drawn at temperatures above 0.")
  var seed: UInt64 = 0

  /// The options of a transcription.
  ///
  /// - Throws: `CommandFailure` for a language that no model has, or clips that are not numbers;
  ///   `TranscriptionError.invalidOption`.
  var options: TranscriptionOptions {
    get throws {
      var options = TranscriptionOptions()
      if let language {
        guard let code = WhisperLanguages.code(of: language) else {
          throw CommandFailure(
            "--language: '\(language)' is not a language of Whisper\n  known: "
              + WhisperLanguages.all.map(\.code).joined(separator: " "), .usage)
        }
        options.language = code
      }
      options.task = task
      options.beamSize = beamSize == 1 ? nil : beamSize
      options.patience = patience
      options.bestOf = bestOf
      options.lengthPenalty = lengthPenalty
      // By tenths, so that the temperatures are those of the reference: 0.6, not 0.6000001.
      let higher = noFallback ? [] : (1...5).map { temperature + Float($0) * 2 / 10 }
      options.temperatures = [temperature] + higher.filter { $0 <= 1.000_01 }
      options.initialPrompt = initialPrompt
      options.conditionsOnPreviousText = !noContext
      options.hotwords = hotwords
      options.batchSize = batchSize
      options.hasWordTimes = wordTimestamps || hallucinationSilenceThreshold != nil
      options.hallucinationSilenceThreshold = hallucinationSilenceThreshold
      options.seed = seed
      options.clips = try clips
      try options.validate()
      return options
    }
  }

  private var clips: [Range<Double>] {
    get throws {
      guard let clipTimestamps else { return [] }
      let words = clipTimestamps.split(separator: ",", omittingEmptySubsequences: false)
      var times = words.compactMap { Double($0) }
      guard times.count == words.count, times.allSatisfy({ $0 >= 0 && $0 <= 1e9 }),
        zip(times, times.dropFirst()).allSatisfy({ $0 <= $1 })
      else {
        throw CommandFailure(
          "--clip-timestamps: '\(clipTimestamps)' is not an ascending list of seconds", .usage)
      }
      if !times.count.isMultiple(of: 2) { times.append(1e9) }
      return stride(from: 0, to: times.count, by: 2).map { times[$0]..<times[$0 + 1] }
    }
  }
}

extension TranscriptionOptions.Task: ExpressibleByArgument {}
extension SpeechDetection: ExpressibleByArgument {}
