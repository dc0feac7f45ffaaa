import Bytes

/// Finds the figures on the pages of a PDF that have text, by looking at the pages as `pdftoppm`
/// draws them, small and grey.
///
/// It runs in a process of its own with the limits of `pdftotext`. What it cannot do costs a warning,
/// never the text.
struct PDFFigureReader {
  let path: String
  let limits: DocumentLimits
  /// The words of the pages from the first on, at most ``pageLimit``.
  let words: [PDFPageWords]
  /// The number of pages of the document.
  let pageCount: Int

  /// Pages on which figures are looked for: 5 to 20 s of drawing.
  static let pageLimit = 1_000

  private static let tool = "pdftoppm"

  /// The figures of a document.
  struct Result {
    var pictures: [ExtractedPicture] = []
    var warnings: [String] = []
  }

  /// Figures found so far.
  fileprivate struct Found {
    var figures: [(page: Int, figure: PDFFigure)] = []
    /// Figures beyond the limit.
    var excessCount = 0
  }

  /// Looks for figures.
  ///
  /// - Parameters:
  ///   - pages: the byte ranges of the pages in the text.
  ///   - limit: the number of figures that are kept.
  /// - Returns: the figures in the order of the pages; of one that is on several pages, such as a
  ///   logo, the first.
  func read(pages: [Range<Int>], limit: Int) -> Result {
    // Pages without words become pictures as a whole.
    guard let first = words.firstIndex(where: { !$0.boxes.isEmpty }),
      let last = words.lastIndex(where: { !$0.boxes.isEmpty })
    else { return Result() }
    var result = Result()
    var found = Found()
    var stream = GrayPageStream()
    var index = first
    let arguments = [
      "-gray", "-q", "-f", "\(first + 1)", "-l", "\(last + 1)", "-scale-to",
      "\(GrayPage.longSide)", PDFReader.plainPath(path),
    ]
    do throws(DocumentError) {
      let failed = DocumentError.toolFailed(path: path, tool: Self.tool, reason: "was ended")
      let ending = try PopplerProgram(name: Self.tool, path: path, limits: limits).run(
        arguments, tooLarge: failed, isCancelled: { stream.isDamaged || found.excessCount > 0 },
        consume: { piece in
          for page in stream.append(piece) where index <= last {
            found.add(page, words: words[index], page: index + 1, limit: limit)
            index += 1
          }
        }
      ).ending
      if ending != .exited(0) || index <= last { throw failed }
    } catch {
      result.warnings += warning(error, found: found, limit: limit, nextPage: index + 1)
    }
    if pageCount > words.count {
      result.warnings.append(
        "pictures were looked for on the first \(words.count) of \(pageCount) pages; "
          + "split the file to have all of them")
    }
    result.pictures = found.figures.filter { !pages[$0.page - 1].isEmpty }.map { page, figure in
      ExtractedPicture(
        origin: .figure(page: page, region: figure.region(onPageOf: words[page - 1])),
        caption: figure.caption, byteOffset: pages[page - 1].lowerBound, page: page,
        hasKnownWords: figure.hasWords)
    }
    return result
  }

  private func warning(
    _ error: DocumentError, found: Found, limit: Int, nextPage: Int
  ) -> [String] {
    if found.excessCount > 0 {
      return [
        "the first \(limit) pictures were taken, up to page \(nextPage - 1); "
          + "split the file to have the others"
      ]
    }
    return ["pictures from page \(nextPage) on were not looked for: \(error.reason)"]
  }
}

extension PDFFigureReader.Found {
  fileprivate mutating func add(
    _ picture: GrayPage, words: PDFPageWords, page: Int, limit: Int
  ) {
    guard !words.boxes.isEmpty, words.width > 0, words.height > 0 else { return }
    for figure in PDFFigureFinder(picture, words: words).figures()
    where !figures.contains(where: { $0.figure.repeats(figure) }) {
      guard figures.count < limit else {
        excessCount += 1
        return
      }
      figures.append((page, figure))
    }
  }
}

extension PDFFigure {
  /// Whether another figure looks the same, such as a logo on the next page.
  fileprivate func repeats(_ other: PDFFigure) -> Bool {
    // Half a pixel of either side, and of the levels what drawing at another place changes.
    abs(box.width - other.box.width) < 4 && abs(box.height - other.box.height) < 4
      && zip(signature, other.signature).allSatisfy { abs(Int($0) - Int($1)) <= 6 }
  }
}
