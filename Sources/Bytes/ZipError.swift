/// Why a ZIP archive cannot be read.
package enum ZipError: Error, Sendable, Equatable {
  /// The file could not be opened, or ends inside a record.
  case bytes(BytesError)
  /// There is no end record where a ZIP file must have one.
  case notAnArchive(path: String)
  /// A record breaks the format's rules.
  case invalid(byteOffset: Int, reason: String)
  /// A local header contradicts the central directory.
  case disagreement(name: String, byteOffset: Int, field: String)
  /// A name is not a plain relative path.
  case unsafeName(name: String, reason: String)
  /// Two members have the same name.
  case duplicateName(name: String)
  /// Two members share bytes.
  case overlap(first: String, second: String)
  /// The member is encrypted.
  case encrypted(name: String)
  /// A compression method other than stored (0) and deflate (8).
  case unsupportedMethod(name: String, method: UInt16)
  /// The archive has more members, or a member more bytes, than is allowed.
  case limitExceeded(what: String, value: UInt64, limit: UInt64)
  /// The compressed data are damaged.
  case damaged(name: String, reason: String)
  /// The content does not have the stated CRC-32.
  case checksum(name: String, stated: UInt32, computed: UInt32)
  /// The archive has no member with the name.
  case missing(name: String)
}

extension ZipError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .bytes(let error): error.description
    case .notAnArchive(let path): "\(path) is not a ZIP archive, or its end is missing"
    case .invalid(let byteOffset, let reason): "ZIP record at byte \(byteOffset): \(reason)"
    case .disagreement(let name, let byteOffset, let field):
      "ZIP member '\(printable(name))': the local header at byte \(byteOffset) has another "
        + "\(field) than the central directory"
    case .unsafeName(let name, let reason):
      "ZIP member '\(printable(name))': the name \(reason)"
    case .duplicateName(let name): "ZIP member '\(printable(name))' appears twice"
    case .overlap(let first, let second):
      "ZIP members '\(printable(first))' and '\(printable(second))' share bytes"
    case .encrypted(let name): "ZIP member '\(printable(name))' is encrypted"
    case .unsupportedMethod(let name, let method):
      "ZIP member '\(printable(name))' uses compression method \(method); "
        + "only stored (0) and deflate (8) are read"
    case .limitExceeded(let what, let value, let limit):
      "\(what) is \(value), more than the \(limit) allowed"
    case .damaged(let name, let reason): "ZIP member '\(printable(name))': \(reason)"
    case .checksum(let name, let stated, let computed):
      "ZIP member '\(printable(name))' has CRC \(String(computed, radix: 16)) "
        + "instead of \(String(stated, radix: 16)): it is damaged"
    case .missing(let name): "the ZIP archive has no member '\(printable(name))'"
    }
  }
}
