extension BytesError: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .system, .notRegularFile: .missingInput
    case .truncated, .overflow, .fileChanged: .invalidData
    case .cryptography: .internalError
    }
  }

  package var subjectPath: String? {
    switch self {
    case .system(_, let path, _), .notRegularFile(let path, _), .fileChanged(let path, _): path
    case .truncated, .overflow, .cryptography: nil
    }
  }
}

extension ZipError: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .bytes(let error): error.category
    case .notAnArchive, .invalid, .disagreement, .unsafeName, .duplicateName, .overlap, .encrypted,
      .unsupportedMethod, .limitExceeded, .damaged, .checksum, .missing:
      .invalidData
    }
  }
}

extension JSONError: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .unexpected, .tooDeep, .tooLarge: .invalidData
    }
  }
}

extension ChildProcess.Failure: CategorizedError {
  package var category: ErrorCategory {
    switch self {
    case .cannotRun: .unavailable
    case .outputTooLarge, .timedOut: .invalidData
    case .cancelled: .interrupted
    }
  }
}

extension WebAddress.Invalid: CategorizedError {
  package var category: ErrorCategory { .usage }
}
