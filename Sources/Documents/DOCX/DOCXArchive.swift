internal import Bytes

/// The ZIP archive of an office document, whose errors name the document.
struct DOCXArchive: Sendable {
  private let path: String
  private let archive: ZipArchive

  /// Opens an archive and checks its directory.
  ///
  /// - Throws: `.damaged` for an archive that breaks a rule of `ZipArchive`.
  init(path: String) throws(DocumentError) {
    self.path = path
    archive = try Self.checked(path) { () throws(ZipError) in try ZipArchive(path: path) }
  }

  /// The names of all parts.
  var names: [String] { archive.names }

  /// The part called `name`, or nil.
  func entry(named name: String) -> ZipArchive.Entry? { archive.entry(named: name) }

  /// The content of a part of this archive.
  ///
  /// - Throws: `.damaged`, for example for a wrong checksum.
  func contents(of entry: ZipArchive.Entry) throws(DocumentError) -> [UInt8] {
    try Self.checked(path) { () throws(ZipError) in try archive.contents(of: entry) }
  }

  private static func checked<Value>(
    _ path: String, _ body: () throws(ZipError) -> Value
  ) throws(DocumentError) -> Value {
    do throws(ZipError) {
      return try body()
    } catch {
      throw .damaged(path: path, type: .docx, reason: "\(error)")
    }
  }
}
