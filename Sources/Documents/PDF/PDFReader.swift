import Bytes

/// Reads the text layer of a PDF, page by page, through poppler's `pdftotext`; pages without text
/// become pictures, and so do the figures on the others.
///
/// `pdftotext` runs in a process of its own, with limits on memory, time and output, because PDF is
/// the format with the longest history of parser faults. Poppler is GPL and is not linked.
/// `pdftotext -tsv` writes the words in reading order with their places on the page;
/// ``PDFTextBuilder`` makes text of them.
struct PDFReader {
  private let path: String
  private let limits: DocumentLimits

  private static let tool = "pdftotext"

  init(_ source: DocumentSource) {
    path = source.path
    limits = source.limits
  }

  /// Number of bytes in which `%PDF-` may begin: what Acrobat accepts (PDF Reference 1.7,
  /// appendix H, implementation note 13).
  static let headerWindow = 1_024

  /// Whether a file has the header of a PDF.
  ///
  /// A text may mention the header, or begin with it. Of a text, a PDF differs by bytes that are no
  /// text, or by its objects.
  static func hasSignature(_ bytes: [UInt8]) -> Bool {
    let head = bytes.prefix(headerWindow)
    guard let place = firstIndex(of: "%PDF-", in: head) else { return false }
    guard PlainText.isPlausible(bytes) else { return true }
    let followsLineEnd = place == 0 || bytes[place - 1] == 0x0A || bytes[place - 1] == 0x0D
    return followsLineEnd && firstIndex(of: " obj", in: bytes.prefix(PlainText.window)) != nil
  }

  private static func firstIndex(of mark: String, in bytes: ArraySlice<UInt8>) -> Int? {
    let mark = Array(mark.utf8)
    guard bytes.count >= mark.count else { return nil }
    return (bytes.startIndex...bytes.endIndex - mark.count).first {
      bytes[$0..<$0 + mark.count].elementsEqual(mark)
    }
  }

  func read() throws(DocumentError) -> ExtractedDocument {
    let (builder, words) = try run()
    let emptyPages = builder.pages.indices.filter { builder.pages[$0].isEmpty }.map { $0 + 1 }
    var found = PDFFigureReader.Result()
    if PDFPagePicture.isAvailable {
      let scans = Self.pictures(of: emptyPages, in: builder.pages)
      found = PDFFigureReader(
        path: path, limits: limits, words: words, pageCount: builder.pages.count
      ).read(pages: builder.pages, limit: PictureCollector.limit - scans.count)
      if emptyPages.count > scans.count {
        found.warnings.append(
          "the first \(scans.count) of \(emptyPages.count) pages without text were taken as "
            + "pictures; split the file to have the others")
      }
      found.pictures = (scans + found.pictures).sorted { $0.byteOffset < $1.byteOffset }
    }
    guard emptyPages.count < builder.pages.count || !found.pictures.isEmpty else {
      throw .noTextLayer(path: path, pageCount: builder.pages.count)
    }
    return ExtractedDocument(
      type: .pdf,
      text: String(decoding: builder.bytes, as: UTF8.self),
      pages: builder.pages,
      removedControlCount: builder.removedControlCount,
      pictures: found.pictures,
      warnings: found.warnings)
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

  /// Runs the program, and writes the text of each page as soon as it has arrived.
  ///
  /// - Returns: the text, and the words of the pages on which figures are looked for.
  private func run() throws(DocumentError) -> (PDFTextBuilder, [PDFPageWords]) {
    var table = PDFWordTable()
    var words: [PDFPageWords] = []
    var builder = PDFTextBuilder(limit: limits.maximumTextByteCount)
    let result = try PopplerProgram(name: Self.tool, path: path, limits: limits).run(
      ["-tsv", "-enc", "UTF-8", Self.plainPath(path), "-"],
      tooLarge: .textTooLarge(path: path, limit: limits.maximumTextByteCount),
      isCancelled: { builder.isFull },
      consume: { piece in
        table.append(piece)
        for page in table.takePages() {
          builder.append(page)
          if words.count < PDFFigureReader.pageLimit { words.append(PDFPageWords(page)) }
        }
      })
    try check(result)
    table.finish()
    for page in table.takePages() {
      builder.append(page)
      if words.count < PDFFigureReader.pageLimit { words.append(PDFPageWords(page)) }
    }
    guard !builder.isFull else {
      throw .textTooLarge(path: path, limit: limits.maximumTextByteCount)
    }
    builder.finish()
    return (builder, words)
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
        reason: result.lastMessage ?? "'\(Self.tool)' gave exit code \(code)")
    case .killed(let signal):
      throw .toolFailed(path: path, tool: Self.tool, reason: "ended by signal \(signal)")
    }
  }
}
