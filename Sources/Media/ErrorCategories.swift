package import Bytes

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
