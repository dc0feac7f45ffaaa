/// Failures below the level of file formats.
///
/// The operating system, the end of the data, a number that does not fit: each format wraps these
/// in its own error.
package enum BytesError: Error, Sendable, Equatable {
  /// A call into the operating system failed; `code` is errno.
  case system(operation: String, path: String, code: Int32)

  /// The path is a folder, a pipe, a socket or a device.
  case notRegularFile(path: String, kind: String)

  /// A field needs more bytes than are left after `byteOffset`.
  case truncated(what: String, byteOffset: Int, needed: UInt64, available: Int)

  /// A sum or product of numbers from the data does not fit in 64 bits.
  case overflow(what: String, byteOffset: Int)

  /// The file was replaced, shortened or written while it was open.
  case fileChanged(path: String, detail: String)

  /// libcrypto refused an operation (out of memory, or the algorithm is disabled).
  case cryptography(operation: String)
}

extension BytesError {
  /// Why a file that Foundation could not read cannot be opened: its own messages say little.
  ///
  /// - Returns: the reason; nil where the file can be opened.
  package static func reason(whyUnreadable path: String) -> String? {
    do { _ = try MappedFile(path: path) } catch { return error.reason }
    return nil
  }

  /// The message without the path, after the path.
  package var reason: String {
    switch self {
    case .system(_, _, let code): systemMessage(code)
    case .notRegularFile(_, let kind): "it is \(kind), not a regular file"
    case .truncated, .overflow, .fileChanged, .cryptography: description
    }
  }
}

extension BytesError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .system(let operation, let path, let code):
      "cannot \(operation) \(path): \(systemMessage(code))"
    case .notRegularFile(let path, let kind):
      "\(path) is \(kind), not a regular file"
    case .truncated(let what, let byteOffset, let needed, let available):
      "\(what) at byte \(byteOffset) needs \(needed) bytes, but \(available) are left: "
        + "the file is cut short or damaged"
    case .overflow(let what, let byteOffset):
      "\(what) at byte \(byteOffset) does not fit in 64 bits: the file is damaged or hostile"
    case .fileChanged(let path, let detail):
      "\(path) changed while it was open (\(detail)): open it again"
    case .cryptography(let operation):
      "libcrypto failed at \(operation)"
    }
  }
}
