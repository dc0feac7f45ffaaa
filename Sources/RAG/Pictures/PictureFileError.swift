package import Bytes
package import Media

/// A picture file that cannot be decoded, with its path.
package struct PictureFileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file as it was named.
  package let path: String
  /// The reason.
  package let error: PictureError

  package init(path: String, error: PictureError) {
    self.path = path
    self.error = error
  }

  package var description: String { "\(path): \(error)" }
}

extension PictureFileError: CategorizedError {
  package var category: ErrorCategory { error.category }

  package var subjectPath: String? { path }
}
