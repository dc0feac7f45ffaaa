internal import Bytes

/// Draws a page of a PDF, or a part of it, as a PNG picture, by poppler's `pdftoppm`.
///
/// It runs in a process of its own with the limits of `pdftotext`; its output is as untrusted as any
/// other picture.
struct PDFPagePicture {
  let path: String
  let limits: DocumentLimits

  private static let tool = "pdftoppm"

  /// Pixels of the longer side: 188 to the inch on A4, enough to read small print.
  ///
  /// A bound in pixels instead of dots per inch, because a page may be up to 5 km wide (PDF 2.0,
  /// annex C).
  static let longSide = 2_200

  /// The largest PNG that is taken: 2,200 × 2,200 pixels of 3 bytes, and half as much again.
  private static let outputLimit = 22 << 20

  /// Whether the program is installed.
  static var isAvailable: Bool { ChildProcess.find(tool) != nil }

  /// The page as a PNG file.
  ///
  /// - Parameters:
  ///   - page: from 1.
  ///   - region: the part, in pixels of the whole page; nil for all of it.
  /// - Returns: the bytes of the file.
  /// - Throws: `.toolMissing`, `.timedOut`, `.toolFailed`, or `.damaged` with the program's message.
  func draw(page: Int, region: PictureRegion? = nil) throws(DocumentError) -> [UInt8] {
    var arguments = [
      "-png", "-q", "-f", "\(page)", "-l", "\(page)", "-scale-to", "\(Self.longSide)",
    ]
    if let region {
      arguments += [
        "-x", "\(region.x)", "-y", "\(region.y)", "-W", "\(region.width)", "-H",
        "\(region.height)",
      ]
    }
    arguments.append(PDFReader.plainPath(path))
    let result = try PopplerProgram(name: Self.tool, path: path, limits: limits).run(
      arguments, outputByteCount: Self.outputLimit,
      tooLarge: .toolFailed(path: path, tool: Self.tool, reason: "page \(page) is too large"))
    guard result.ending == .exited(0), !result.output.isEmpty else {
      throw .damaged(
        path: path, type: .pdf,
        reason: result.lastMessage ?? "page \(page) cannot be drawn")
    }
    return result.output
  }
}
