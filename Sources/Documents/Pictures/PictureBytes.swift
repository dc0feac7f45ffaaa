internal import Bytes

/// Reads the encoded bytes of the pictures of one document.
package struct PictureBytes {
  private let path: String
  private let limits: DocumentLimits
  /// The document as an archive, opened for its first part.
  private var archive: ZipArchive?

  /// - Parameters:
  ///   - path: the document.
  ///   - limits: of a file and of the programs that draw pages.
  package init(ofDocumentAt path: String, limits: DocumentLimits = DocumentLimits()) {
    self.path = path
    self.limits = limits
  }

  /// The encoded picture: the bytes of a JPEG, PNG, … file.
  ///
  /// - Parameter picture: a picture of the document.
  /// - Returns: at most `limits.maximumFileByteCount` bytes, of any content.
  /// - Throws: `DocumentError` where the file, the part or the page cannot be read.
  /// - Complexity: for a page and for a figure, one process that draws it.
  package mutating func read(_ picture: ExtractedPicture) throws(DocumentError) -> [UInt8] {
    if let bytes = picture.inlineBytes { return bytes }
    switch picture.origin {
    case .file: return try FileContents.read(path: path, limit: limits.maximumFileByteCount)
    case .linked(let linked):
      return try FileContents.read(path: linked, limit: limits.maximumFileByteCount)
    case .part(let name): return try part(name)
    case .inline: return []
    case .page(let number):
      return try PDFPagePicture(path: path, limits: limits).draw(page: number)
    case .figure(let page, let region):
      return try PDFPagePicture(path: path, limits: limits).draw(page: page, region: region)
    }
  }

  /// The encoded picture at an origin that an index recorded, for example to show it again.
  ///
  /// - Throws: as `read(_:)`, and `.damaged` where the document no longer contains an inline picture
  ///   of this number.
  package mutating func read(_ origin: PictureOrigin) throws(DocumentError) -> [UInt8] {
    guard case .inline = origin else { return try read(ExtractedPicture(origin: origin)) }
    let document = try DocumentReader(limits: limits).read(path: path)
    guard let picture = document.pictures.first(where: { $0.origin == origin }) else {
      throw .damaged(path: path, type: document.type, reason: "the picture is gone")
    }
    return picture.inlineBytes ?? []
  }

  private mutating func part(_ name: String) throws(DocumentError) -> [UInt8] {
    let archive: ZipArchive
    do throws(ZipError) {
      if let opened = self.archive {
        archive = opened
      } else {
        archive = try ZipArchive(path: path)
      }
    } catch {
      throw damaged(error)
    }
    self.archive = archive
    // A part that the document names and the archive lacks gives no bytes, which are not a picture.
    guard let entry = archive.entry(named: name) else { return [] }
    guard entry.byteCount <= limits.maximumFileByteCount else {
      throw .fileTooLarge(
        path: path + ", " + name, byteCount: entry.byteCount, limit: limits.maximumFileByteCount)
    }
    do throws(ZipError) { return try archive.contents(of: entry) } catch { throw damaged(error) }
  }

  private func damaged(_ error: ZipError) -> DocumentError {
    .damaged(path: path, type: .docx, reason: "\(error)")
  }
}
