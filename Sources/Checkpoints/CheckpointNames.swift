// The rules for metadata keys and tensor names, in files that are read and in files that are
// written. Names reach terminals, logs and look-up tables, so the rules are stricter than for
// strings.

/// Checks that `bytes` are a name and returns it.
///
/// The rules: 1 to 1,024 bytes, UTF-8, no control characters (a NUL would end the name early in a
/// C reader, so two programs would see two names; an escape would reach a terminal).
///
/// - Parameters:
///   - bytes: the name in the file.
///   - what: what the name is for, such as "tensor name", for the error.
///   - byteOffset: its place in the file, for the error.
/// - Returns: the name.
/// - Throws: `CheckpointError.invalidName`.
func checkedName(
  _ bytes: [UInt8], what: String, byteOffset: Int
) throws(CheckpointError) -> String {
  func refuse(_ reason: String) -> CheckpointError {
    .invalidName(what: what, byteOffset: byteOffset, reason: reason)
  }
  if bytes.isEmpty { throw refuse("is empty") }
  if bytes.count > CheckpointLimits.nameByteCount {
    throw refuse("has \(bytes.count) bytes (at most \(CheckpointLimits.nameByteCount))")
  }
  guard let name = String(validating: bytes, as: UTF8.self) else {
    throw refuse("is not UTF-8")
  }
  if bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
    throw refuse("contains control characters")
  }
  return name
}
