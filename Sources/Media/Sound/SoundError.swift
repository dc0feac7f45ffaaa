internal import Bytes

/// Why a file gives no sound.
package enum SoundError: Error, Sendable, Equatable {
  /// The file has no bytes.
  case empty

  /// The first bytes belong to none of the formats of `SoundFormat`.
  case unknownFormat

  /// The header states more channels than `SoundLimits.maximumChannelCount`, or none.
  case channelCount(Int, limit: Int)

  /// The header states a sample rate outside `SoundLimits.sampleRates`, in Hz.
  case sampleRate(Int)

  /// The recording is longer than `SoundLimits.maximumSeconds`.
  case tooLong(limitSeconds: Int)

  /// The bytes contradict the format, or the file ends before its first sample.
  case damaged(SoundFormat, detail: String)

  /// The file has no sound: a video without an audio track.
  case noSound(SoundFormat)

  /// The format needs the program ffmpeg, which is not installed.
  case needsFFmpeg(SoundFormat)

  /// The operating system does not give the file's bytes.
  case unreadable(String)

  /// The process that decodes the recording ended without an answer: a crash or a limit.
  case decoderEnded(String)
}

extension SoundError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty: "the file is empty"
    case .unknownFormat:
      "not a recording in WAV, AIFF, FLAC, Ogg, MP3, MP4, Matroska, AAC, AVI or WMA"
    case .channelCount(let count, let limit):
      "the recording has \(count) channels; between 1 and \(limit) are supported"
    case .sampleRate(let rate):
      "the recording has \(rate) samples per second; between \(SoundLimits.sampleRates.lowerBound) "
        + "and \(SoundLimits.sampleRates.upperBound) are supported"
    case .tooLong(let seconds): "the recording is longer than the limit of \(seconds) s"
    case .damaged(let format, let detail):
      "the \(format.name) file is damaged: \(printable(detail))"
    case .noSound(let format): "the \(format.name) file has no sound"
    case .needsFFmpeg(let format):
      "\(format.name) is decoded by the program ffmpeg, which is not installed\n"
        + "  try: sudo apt-get install ffmpeg"
    case .unreadable(let reason): reason
    case .decoderEnded(let reason): "the sound decoder ended without a result: \(printable(reason))"
    }
  }
}
