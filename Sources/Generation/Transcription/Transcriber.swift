package import Models
package import Tokenizers

/// Turns recordings into text with times: a Whisper, its tokenizer and its decoding.
///
/// Windows of 30 seconds are decoded one after another. A window begins where the text of the one
/// before ends, and continues its text; see ``TranscriptionOptions/batchSize`` for the alternative.
///
/// - Source: Radford et al. 2022, arXiv:2212.04356, section 4.5; openai-whisper 20250625
///   `transcribe.py`.
package final class Transcriber: Sendable {
  package let model: WhisperModel
  package let tokenizer: WhisperTokenizer

  /// - Throws: `TranscriptionError.vocabulary` where the two do not belong together.
  package init(model: WhisperModel, tokenizer: WhisperTokenizer) throws(TranscriptionError) {
    guard tokenizer.vocabularyCount == model.config.vocab else {
      throw .vocabulary(tokenizer: tokenizer.vocabularyCount, model: model.config.vocab)
    }
    self.model = model
    self.tokenizer = tokenizer
  }

  /// Transcribes a recording.
  ///
  /// - Parameters:
  ///   - sound: the recording.
  ///   - options: language, task and decoding.
  ///   - state: of an interrupted transcription of the recording with the same options, which is
  ///     continued; its segments are not emitted again.
  ///   - emit: called for each event.
  ///   - didReach: called after each window with its position, from which it can be continued;
  ///     an error ends the transcription.
  ///   - shouldStop: called before each token; true ends the transcription and keeps its segments.
  /// - Returns: the transcript.
  /// - Throws: `TranscriptionError`, and what reading the sound and `didReach` throw.
  package func transcribe(
    _ sound: some SoundFrames, options: TranscriptionOptions = TranscriptionOptions(),
    resuming state: TranscriptionState? = nil,
    emit: (TranscriptionEvent) -> Void = { _ in },
    didReach: (TranscriptionPosition) throws -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> Transcript {
    try options.validate()
    try check(options)
    guard sound.bandCount == model.config.melCount else {
      throw TranscriptionError.melBands(found: sound.bandCount, expected: model.config.melCount)
    }
    let session = try mapModelErrors { () throws(ModelError) in
      try WhisperSession(
        model, hypothesisLimit: options.hypothesisCount * options.batchSize,
        windowLimit: options.batchSize)
    }
    let language =
      try options.language ?? state?.position.language
      ?? detectLanguage(sound, session, emit: emit)
    var run = TranscriptionRun(
      decoder: WindowDecoder(session, tokenizer, options, language: language), sound: sound,
      resuming: state)
    while !shouldStop(), let segments = try run.next(shouldStop: shouldStop) {
      if !segments.isEmpty { emit(.segments(segments)) }
      try didReach(run.position)
      emit(.progress(seconds: run.secondsDone, of: sound.duration))
    }
    return Transcript(
      language: language, text: run.text, segments: run.segments, duration: sound.duration)
  }

  private func check(_ options: TranscriptionOptions) throws(TranscriptionError) {
    if let language = options.language {
      let isKnown =
        tokenizer.isMultilingual
        ? tokenizer.languageToken(language) != nil : language == "en"
      guard isKnown else {
        throw .unsupported(
          what: "the model does not have the language '\(language)'",
          supported: tokenizer.isMultilingual
            ? tokenizer.languageCodes.joined(separator: ", ") : "en")
      }
    }
    if options.task == .translate, !tokenizer.isMultilingual {
      throw .unsupported(what: "an English model does not translate", supported: "transcribe")
    }
  }

  /// The language of the first 30 seconds, or of those after which somebody speaks; English models
  /// know only that.
  private func detectLanguage(
    _ sound: some SoundFrames, _ session: WhisperSession, emit: (TranscriptionEvent) -> Void
  ) throws -> String {
    guard tokenizer.isMultilingual else { return "en" }
    var first = 0
    if let speech = sound.speech {
      // Nobody speaks, so nothing will be decoded either.
      guard let start = speech.first?.lowerBound else { return "" }
      if FrameTime.seconds(start) >= TranscriptionOptions().pauseThreshold {
        first = start
      }
    }
    let window = try sound.frames(first..<first + model.config.frameCount)
    try mapModelErrors { () throws(ModelError) in try session.encode(window) }
    guard let best = try WindowDecoder.language(session, tokenizer) else { return "en" }
    emit(.language(code: best.code, probability: best.probability))
    return best.code
  }
}
