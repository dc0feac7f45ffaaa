internal import Bytes
package import Generation
package import Media
package import Models
package import RAG

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

  /// The Whisper for recordings that are indexed; its file is hashed for the first recording, and it
  /// is opened for the first one without a transcript.
  package var speechModel: SpeechModel {
    SpeechModel { [self] in try WhisperRecognizer.configured(self) }
  }

  /// The command that gets a speech model.
  public static let speechModelDownload = "swiftrag models pull whisper-base"

  /// Opens a recording for transcription: one pass over it finds what its windows depend on.
  ///
  /// - Parameters:
  ///   - path: the recording.
  ///   - bandCount: mel bands of the model.
  ///   - speech: how the parts with speech are found, so that others are not decoded. Without its
  ///     file, which belongs beside the program, Silero's detector is replaced by energy.
  ///   - limits: of a recording.
  ///   - progress: receives the seconds that were read so far.
  /// - Returns: its frames; a long recording is decoded again while they are read.
  /// - Throws: `SoundError`, `ModelError`, and what `progress` throws.
  package func recording(
    path: String, bandCount: Int, speech: SpeechDetection = .silero,
    limits: SoundLimits = SoundLimits(), progress: (Double) throws -> Void = { _ in }
  ) throws -> Recording {
    let detector = try speechDetector(speech)
    return try Recording(
      bandCount: bandCount, detector: detector, progress: progress
    ) { try Self.sound(path: path, limits: limits) }
  }

  /// A detector for one recording; nil for none.
  ///
  /// - Throws: `ModelError` where the file of Silero's detector is damaged.
  package func speechDetector(_ detection: SpeechDetection) throws -> (any SpeechDetector)? {
    switch detection {
    case .off: return nil
    case .energy: return EnergySpeechDetector()
    case .silero:
      guard let path = Folders.voiceDetector else { return EnergySpeechDetector() }
      return SileroSpeechDetector(
        try once(\.voiceDetector) { try SileroModel(path: path, compute: compute(&$0)) })
    }
  }

  /// The samples of a recording, decoded in a process of its own where this process is the program
  /// `swiftrag`; in another program that uses the library, on the calling thread.
  private static func sound(path: String, limits: SoundLimits) throws -> any SoundStream {
    Paths.name(of: Folders.executable) == "swiftrag"
      ? try soundDecoder(limits: limits).open(path: path)
      : try SoundDecoder(path: path, limits: limits)
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
}
