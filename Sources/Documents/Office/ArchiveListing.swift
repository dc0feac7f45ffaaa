import Bytes

/// The directory of a ZIP archive, which distinguishes the formats in ZIP before any content is
/// read.
struct ArchiveListing: Sendable {
  let names: Set<String>
  /// The content of the member `mimetype`, with which EPUB and OpenDocument files begin.
  let mimeType: String?

  /// Lists an archive; nil for bytes that are not a ZIP archive or a damaged one.
  init?(_ contents: [UInt8]) {
    guard DOCXPackage.hasSignature(contents),
      let archive = try? ZipArchive(file: MappedFile(bytes: contents, name: "archive"))
    else { return nil }
    names = Set(archive.names)
    if let entry = archive.entry(named: "mimetype"), entry.byteCount < 200 {
      mimeType =
        (try? archive.contents(of: entry)).map { String(decoding: $0, as: UTF8.self) }?
        .trimmedOfSpace
    } else {
      mimeType = nil
    }
  }

  /// Whether the archive has a member below a folder.
  func hasMember(in folder: String) -> Bool { names.contains { $0.hasPrefix(folder) } }
}
