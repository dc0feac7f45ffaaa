import Bytes

/// Reads the text layer of a PDF, page by page, through poppler's `pdftotext`; pages without text
/// become pictures.
///
/// `pdftotext` runs in a process of its own, with limits on memory, time and output, because PDF is
/// the format with the longest history of parser faults. Poppler is GPL and is not linked.
/// `pdftotext` writes the text in reading order, joins words that were hyphenated at a line end,
/// and ends each page with a form feed.
struct PDFReader {
  let path: String
  let limits: DocumentLimits

  private static let tool = "pdftotext"

  init(_ source: DocumentSource) {
    path = source.path
    limits = source.limits
  }

  /// Number of bytes in which `%PDF-` may begin: what Acrobat accepts (PDF Reference 1.7,
  /// appendix H, implementation note 13).
  static let headerWindow = 1_024

  /// Whether a file has the header of a PDF.
  static func hasSignature(_ bytes: [UInt8]) -> Bool {
    let head = bytes.prefix(headerWindow)
    let mark = Array("%PDF-".utf8)
    guard head.count >= mark.count else { return false }
    return (head.startIndex...head.endIndex - mark.count).contains {
      head[$0..<$0 + mark.count].elementsEqual(mark)
    }
  }

  func read() throws(DocumentError) -> ExtractedDocument {
    let output = try run()
    var builder = PDFTextBuilder()
    builder.append(output)
    let emptyPages = builder.pages.indices.filter { builder.pages[$0].isEmpty }.map { $0 + 1 }
    let pictures =
      emptyPages.isEmpty || !PDFPagePicture.isAvailable
      ? [] : Self.pictures(of: emptyPages, in: builder.pages)
    guard emptyPages.count < builder.pages.count || !pictures.isEmpty else {
      throw .noTextLayer(path: path, pageCount: builder.pages.count)
    }
    return ExtractedDocument(
      type: .pdf,
      text: String(decoding: builder.bytes, as: UTF8.self),
      pages: builder.pages,
      removedControlCount: builder.removedControlCount,
      pictures: pictures)
  }

  /// The pages without text, which are usually scans, as pictures.
  private static func pictures(
    of emptyPages: [Int], in pages: [Range<Int>]
  ) -> [ExtractedPicture] {
    emptyPages.prefix(PictureCollector.limit).map {
      ExtractedPicture(
        origin: .page(number: $0), byteOffset: pages[$0 - 1].lowerBound, page: $0)
    }
  }

  private func run() throws(DocumentError) -> [UInt8] {
    let result = try PopplerProgram(name: Self.tool, path: path, limits: limits).run(
      ["-enc", "UTF-8", Self.plainPath(path), "-"], outputByteCount: limits.maximumTextByteCount,
      tooLarge: .textTooLarge(path: path, limit: limits.maximumTextByteCount))
    try check(result)
    return result.output
  }

  /// The path in a form that `pdftotext` cannot take for an option, standard input or a URL.
  static func plainPath(_ path: String) -> String {
    path.hasPrefix("/") ? path : "./" + path
  }

  /// Exit codes of `pdftotext` (its manual): 1 error opening a PDF, 3 permissions.
  private func check(_ result: ChildProcess.Result) throws(DocumentError) {
    switch result.ending {
    case .exited(0): return
    case .exited(let code):
      if result.errorText.contains("ncorrect password") { throw .encrypted(path: path) }
      if code == 3 { throw .encrypted(path: path) }
      throw .damaged(
        path: path, type: .pdf,
        reason: PopplerProgram.lastMessage(result) ?? "'\(Self.tool)' gave exit code \(code)")
    case .killed(let signal):
      throw .toolFailed(path: path, tool: Self.tool, reason: "ended by signal \(signal)")
    }
  }
}

/// Concatenates the pages of `pdftotext`.
struct PDFTextBuilder {
  private(set) var bytes: [UInt8] = []
  private(set) var pages: [Range<Int>] = []
  private(set) var removedControlCount = 0

  /// Appends the whole output: pages, each ended by a form feed.
  mutating func append(_ output: [UInt8]) {
    bytes.reserveCapacity(output.count)
    var start = 0
    while start < output.count {
      let end = output[start...].firstIndex(of: 0x0C) ?? output.count
      appendPage(output[start..<end])
      start = end + 1
    }
  }

  private mutating func appendPage(_ page: ArraySlice<UInt8>) {
    let decoded = TextDecoder.decode(
      Array(page), as: DetectedEncoding(encoding: .utf8, markByteCount: 0))
    removedControlCount += decoded.removedControlCount
    let content = TextLayout.trimmed(0..<decoded.bytes.count, in: decoded.bytes)
    // Separates pages by a blank line, so that no paragraph continues across them.
    if !content.isEmpty, !bytes.isEmpty { bytes.append(contentsOf: [0x0A, 0x0A]) }
    let start = bytes.count
    bytes.append(contentsOf: decoded.bytes[content])
    pages.append(start..<bytes.count)
  }
}
