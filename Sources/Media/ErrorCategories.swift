package import Bytes

extension SoundError: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .unreadable: .missingInput
    case .needsFFmpeg: .unavailable
    case .decoderEnded: .internalError
    case .empty, .unknownFormat, .channelCount, .sampleRate, .tooLong, .damaged, .noSound:
      .invalidData
    }
  }
}

extension PictureError: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .unreadable: .missingInput
    case .outOfMemory, .decoderEnded: .internalError
    case .empty, .unknownFormat, .tooManyBytes, .tooManyPixels, .truncated, .damaged, .unsupported:
      .invalidData
    }
  }
}
