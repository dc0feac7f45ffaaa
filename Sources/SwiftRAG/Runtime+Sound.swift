package import Generation
package import Media
package import Models

extension Runtime {
  /// The configured Whisper, opened by the first call.
  ///
  /// - Throws: ``ModelLocator/Failure`` for a missing model, and any error of reading it.
  package func transcriber() throws -> Transcriber {
    try once(\.transcriber) { opened in
      try Transcriber.open(
        path: locator.whisperModel(settings.whisperModel), compute: compute(&opened)
      ) { Folders.whisperTokens(isMultilingual: $0) }
    }
  }

  /// The configured Whisper without its tokenizer, opened anew.
  ///
  /// - Throws: as ``transcriber()``.
  package func whisperModel() throws -> WhisperModel {
    try WhisperModel(path: locator.whisperModel(settings.whisperModel), compute: compute)
  }

  /// Decodes a recording to log-mel frames, followed by 30 seconds of silence.
  ///
  /// The silence is part of the recording when its mels are computed, as in openai-whisper.
  ///
  /// - Parameters:
  ///   - path: the recording.
  ///   - bandCount: mel bands of the model.
  ///   - limits: of a recording.
  ///   - progress: receives the seconds that were decoded so far.
  /// - Returns: the frames.
  /// - Throws: `SoundError`, and what `progress` throws.
  package static func soundFrames(
    path: String, bandCount: Int, limits: SoundLimits = SoundLimits(),
    progress: (Double) throws -> Void = { _ in }
  ) throws -> MelFrames {
    let decoder = try soundDecoder(limits: limits).open(path: path)
    var spectrogram = MelSpectrogram(bandCount: bandCount)
    var values: [Float] = []
    var sampleCount = 0
    while let samples = try decoder.next() {
      sampleCount += samples.count
      values += spectrogram.append(samples)
      try progress(decoder.seconds)
    }
    values += spectrogram.append(
      [Float](repeating: 0, count: silenceSeconds * SoundDecoder.sampleRate))
    values += spectrogram.finish()
    MelSpectrogram.normalize(&values, maximum: spectrogram.maximum)
    return MelFrames(
      values: values, bandCount: bandCount,
      contentFrameCount: sampleCount / MelSpectrogram.hopLength)
  }

  /// Decodes recordings in a process of their own: this program, started again.
  ///
  /// - Parameter limits: of a recording.
  /// - Returns: what opens recordings.
  package static func soundDecoder(limits: SoundLimits = SoundLimits()) -> SoundChildProcess {
    SoundChildProcess(command: [Folders.executable, soundDecoderCommand], limits: limits)
  }

  /// The hidden subcommand that decodes one recording.
  package static let soundDecoderCommand = "decode-sound"

  /// Seconds of silence after a recording: a window of Whisper.
  private static let silenceSeconds = 30
}
