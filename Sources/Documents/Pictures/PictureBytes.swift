internal import Bytes

/// Reads the encoded bytes of a document's pictures.
package struct PictureBytes: Sendable {
  package let limits: DocumentLimits

  package init(limits: DocumentLimits = DocumentLimits()) {
    self.limits = limits
  }

  /// The encoded picture: the bytes of a JPEG, PNG, … file.
  ///
  /// - Parameters:
  ///   - picture: a picture of the document.
  ///   - path: the document.
  /// - Returns: at most `limits.maximumFileByteCount` bytes, of any content.
  /// - Throws: `DocumentError` where the file, the part or the page cannot be read.
  /// - Complexity: for a page, one process that draws it.
  package func read(
    _ picture: ExtractedPicture, ofDocumentAt path: String
  ) throws(DocumentError) -> [UInt8] {
    switch picture.origin {
    case .file: return try FileContents.read(path: path, limit: limits.maximumFileByteCount)
    case .linked(let linked):
      return try FileContents.read(path: linked, limit: limits.maximumFileByteCount)
    case .part(let name): return try part(name, ofArchiveAt: path)
    case .inline: return picture.inlineBytes ?? []
    case .page(let number):
      return try PDFPagePicture(path: path, limits: limits).draw(page: number)
    }
  }

  /// The encoded picture at an origin that an index recorded, for example to show it again.
  ///
  /// - Throws: as `read(_:ofDocumentAt:)`, and `.damaged` where the document no longer contains an
  ///   inline picture of this number.
  package func read(
    _ origin: PictureOrigin, ofDocumentAt path: String
  ) throws(DocumentError) -> [UInt8] {
    guard case .inline = origin else {
      return try read(ExtractedPicture(origin: origin), ofDocumentAt: path)
    }
    let document = try DocumentReader(limits: limits).read(path: path)
    guard let picture = document.pictures.first(where: { $0.origin == origin }) else {
      throw .damaged(path: path, type: document.type, reason: "the picture is gone")
    }
    return picture.inlineBytes ?? []
  }

  private func part(_ name: String, ofArchiveAt path: String) throws(DocumentError) -> [UInt8] {
    let (archive, entry): (ZipArchive, ZipArchive.Entry?)
    do throws(ZipError) {
      archive = try ZipArchive(path: path)
      entry = archive.entry(named: name)
    } catch {
      throw .damaged(path: path, type: .docx, reason: "\(error)")
    }
    // A part that the document names and the archive lacks gives no bytes, which are not a picture.
    guard let entry else { return [] }
    guard entry.byteCount <= limits.maximumFileByteCount else {
      throw .fileTooLarge(
        path: path + ", " + name, byteCount: entry.byteCount, limit: limits.maximumFileByteCount)
    }
    do throws(ZipError) {
      return try archive.contents(of: entry)
    } catch {
      throw .damaged(path: path, type: .docx, reason: "\(error)")
    }
  }
}
