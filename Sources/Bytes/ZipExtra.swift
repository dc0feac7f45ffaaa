/// The extra field of a ZIP header (4.5), of which only ZIP64's sizes matter here.
struct ZipExtra {
  private var wideValues: ByteReader?
  private let byteOffset: Int

  /// Finds the ZIP64 field (header id 1) among the extra fields.
  ///
  /// - Throws: `ZipError.invalid` where the fields do not fill the space, or ZIP64 appears twice.
  init(_ bytes: [UInt8], byteOffset: Int) throws(ZipError) {
    self.byteOffset = byteOffset
    var reader = ByteReader(bytes: bytes)
    var appearsTwice = false
    do throws(BytesError) {
      while reader.availableByteCount > 0 {
        let id = try reader.uint16("id of an extra field")
        let byteCount = try reader.uint16("size of an extra field")
        let content = try reader.bytes(Int(byteCount), "extra field")
        if id == 1 {
          appearsTwice = appearsTwice || wideValues != nil
          wideValues = ByteReader(bytes: content)
        }
      }
    } catch {
      throw .invalid(byteOffset: byteOffset, reason: "its extra fields are damaged")
    }
    if appearsTwice {
      throw .invalid(byteOffset: byteOffset, reason: "its ZIP64 field appears twice")
    }
  }

  /// `narrow`, or the next ZIP64 value where `narrow` is the mark that one follows (4.5.3).
  mutating func widened(_ narrow: UInt32) throws(ZipError) -> UInt64 {
    guard narrow == .max else { return UInt64(narrow) }
    do throws(BytesError) {
      if let value = try wideValues?.uint64("ZIP64 value") { return value }
    } catch {}
    throw .invalid(byteOffset: byteOffset, reason: "its ZIP64 size is missing")
  }
}

/// `bytes` as the name of a member, or an error that says which rule they break.
///
/// The rules: UTF-8 without control characters, a relative path with forward slashes, no empty, `.`
/// or `..` component (a folder's name ends in one slash).
///
/// - Throws: `ZipError.unsafeName`.
func checkedZipName(_ bytes: [UInt8]) throws(ZipError) -> String {
  guard let name = String(validating: bytes, as: UTF8.self) else {
    throw .unsafeName(name: String(decoding: bytes, as: UTF8.self), reason: "is not UTF-8")
  }
  if bytes.isEmpty { throw .unsafeName(name: name, reason: "is empty") }
  if bytes.count > ZipArchive.Limits.nameByteCount {
    throw .unsafeName(name: String(name.prefix(64)), reason: "has \(bytes.count) bytes")
  }
  if bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
    throw .unsafeName(name: name, reason: "contains control characters")
  }
  if bytes.contains(UInt8(ascii: "\\")) {
    throw .unsafeName(name: name, reason: "contains a backslash")
  }
  if bytes[0] == UInt8(ascii: "/") || bytes.count > 1 && bytes[1] == UInt8(ascii: ":") {
    throw .unsafeName(name: name, reason: "is an absolute path")
  }
  var components = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
  if components.last?.isEmpty == true { components.removeLast() }
  for component in components
  where component.isEmpty || component.elementsEqual(".".utf8) || component.elementsEqual("..".utf8)
  {
    throw .unsafeName(name: name, reason: "has an empty, '.' or '..' component")
  }
  return name
}
