/// Finds the figures of a page: large marks, beside the words, that look like a picture.
///
/// Under a caption such as `Figure 3` drawings of lines and boxes count as well. Without one they are
/// more often tables and frames, and a figure needs curves, slanted lines or the texture of a
/// photograph.
struct PDFFigureFinder {
  private let words: PDFPageWords
  private let ink: PDFInk
  /// Pixels to a point.
  private let scale: Double
  /// The size of the page as it is drawn; `pdftotext` does not turn that of a turned page.
  private let width: Double
  private let height: Double

  init(_ page: GrayPage, words: PDFPageWords) {
    self.words = words
    scale = Double(max(page.width, page.height)) / max(1, max(words.width, words.height))
    (width, height) = (Double(page.width) / scale, Double(page.height) / scale)
    ink = PDFInk(page, words: words.boxes.map { [scale] in $0.scaled(by: scale) })
  }

  // MARK: Limits

  /// The shorter side at least, as a share of the longer side of the page: 100 pixels of the picture
  /// that is drawn of it, half an inch on A4.
  private static let leastSide = 100 / Double(PDFPagePicture.longSide)
  /// The share of the page at least; icons, rules, logos and ornaments have less.
  private static let leastShare = 0.03
  /// The share of the page from which marks are its background, if the page has many words.
  private static let backgroundShare = 0.85
  private static let backgroundWordCount = 30
  /// The share of words in a figure with a caption, and without one: of tables, forms and frames
  /// around text it is a quarter and more, at least a tenth.
  private static let mostWords = (captioned: 0.35, others: 0.1)
  /// The share of texture, or of edges where there are hardly any words, that a figure without a
  /// caption has; see `PDFInk.pattern(in:)`.
  private static let leastTexture = 0.012
  private static let leastEdges = 0.03
  private static let fewWords = 0.03
  /// The distance of a caption from its figure, and of labels, in points: three lines, and less than
  /// one.
  private static let captionDistance = 36.0
  private static let labelDistance = 8.0
  /// Points around a figure, for what letters have beyond their boxes.
  private static let margin = 3.0

  // MARK: Figures

  /// The figures from top to bottom.
  ///
  /// - Complexity: O(pixels + marks × captions).
  func figures() -> [PDFFigure] {
    var blobs = ink.blobs().map { $0.scaled(by: 1 / scale) }
    let captions = words.lines.indices.filter { PDFCaption.begins(words.lines[$0].text) }
    var figures: [PDFFigure] = []
    for caption in captions {
      guard let members = members(of: caption, in: blobs) else { continue }
      let box = members.dropFirst().reduce(blobs[members[0]]) { $0.union(blobs[$1]) }
      let text = PDFCaption.text(from: caption, in: words.lines)
      guard isLargeEnough(box), !isBackground(box), wordShare(box) < Self.mostWords.captioned else {
        continue
      }
      figures.append(figure(box, caption: text))
      blobs = blobs.indices.filter { !members.contains($0) }.map { blobs[$0] }
    }
    for box in blobs where isLargeEnough(box) && !isBackground(box) && looksLikeAPicture(box) {
      guard !figures.contains(where: { $0.box.sharedArea(with: box) > 0.5 * box.area }) else {
        continue
      }
      figures.append(figure(box, caption: shortText(below: box)))
    }
    return figures.sorted { ($0.box.top, $0.box.left) < ($1.box.top, $1.box.left) }
  }

  private func isLargeEnough(_ box: PDFBox) -> Bool {
    min(box.width, box.height) >= Self.leastSide * max(width, height)
      && box.area >= Self.leastShare * width * height
  }

  private func isBackground(_ box: PDFBox) -> Bool {
    box.area >= Self.backgroundShare * width * height
      && words.boxes.count > Self.backgroundWordCount
  }

  /// The share of a box that words cover.
  private func wordShare(_ box: PDFBox) -> Double {
    guard box.area > 0 else { return 1 }
    return words.boxes.reduce(0) { $0 + $1.sharedArea(with: box) } / box.area
  }

  private func looksLikeAPicture(_ box: PDFBox) -> Bool {
    let share = wordShare(box)
    guard share < Self.mostWords.others, !isTable(box) else { return false }
    let pattern = ink.pattern(in: box.scaled(by: scale))
    return pattern.texture >= Self.leastTexture
      || (pattern.edges >= Self.leastEdges && share < Self.fewWords)
  }

  /// Whether a line beside the box says that it is a table.
  private func isTable(_ box: PDFBox) -> Bool {
    words.lines.contains {
      PDFCaption.beginsTable($0.text) && $0.box.distance(to: box) < Self.captionDistance
        && $0.box.sharedWidth(with: box) > 0.5
    }
  }

  private func figure(_ box: PDFBox, caption: String) -> PDFFigure {
    let labelled = withLabels(box)
    return PDFFigure(
      box: labelled, caption: caption, hasWords: wordShare(box) > 0,
      signature: ink.signature(of: box.scaled(by: scale)))
  }

  // MARK: Words beside a figure

  /// The marks that a caption names: the nearest above it, or else below it, and those beside that;
  /// nil without any.
  private func members(of caption: Int, in blobs: [PDFBox]) -> [Int]? {
    let line = words.lines[caption].box
    func near(_ distance: (PDFBox) -> Double) -> [Int] {
      blobs.indices.filter {
        let gap = distance(blobs[$0])
        return gap > -line.height && gap < Self.captionDistance
          && max(line.sharedWidth(with: blobs[$0]), blobs[$0].sharedWidth(with: line)) > 0.3
      }
    }
    let above = near { line.top - $0.bottom }
    let found = above.isEmpty ? near { $0.top - line.bottom } : above
    guard let main = found.max(by: { blobs[$0].area < blobs[$1].area }) else { return nil }
    // Parts of a figure that are beside each other, such as (a) and (b), within a column of text.
    let beside = blobs.indices.filter {
      $0 != main && blobs[$0].sharedHeight(with: blobs[main]) > 0.5
        && blobs[$0].distance(to: blobs[main]) < Self.captionDistance
        && line.union(blobs[main]).sharedWidth(with: blobs[$0]) > 0
        && blobs[$0].sharedWidth(with: line.union(blobs[main])) > 0.5
    }
    return [main] + Set(found + beside).subtracting([main]).sorted()
  }

  /// A run of at most three lines right below a picture and not wider: a caption without a label.
  private func shortText(below box: PDFBox) -> String {
    let below = words.lines.indices.filter {
      let line = words.lines[$0].box
      let gap = line.top - box.bottom
      return gap > -line.height && gap < Self.captionDistance / 1.5
        && line.left > box.left - Self.labelDistance && line.right < box.right + Self.labelDistance
    }
    guard let first = below.min(by: { words.lines[$0].box.top < words.lines[$1].box.top }) else {
      return ""
    }
    let run = words.lines.filter { $0.flow == words.lines[first].flow }
    let text = CaptionText.oneLine(run.map(\.text).joined(separator: " "))
    // The numbers at an axis are none.
    let isProse = text.contains(" ") && text.count { $0.isLetter } >= Self.leastLetters
    return run.count <= 3 && isProse ? text : ""
  }

  /// The letters of a caption without a label: two or three words.
  private static let leastLetters = 8

  /// The box with the short lines at its edges: the labels of axes.
  private func withLabels(_ box: PDFBox) -> PDFBox {
    var result = box
    for line in words.lines where line.wordCount <= 4 && !PDFCaption.begins(line.text) {
      let isBeside = max(line.box.sharedWidth(with: box), line.box.sharedHeight(with: box)) > 0.5
      if isBeside, line.box.distance(to: box) < Self.labelDistance {
        result = result.union(line.box)
      }
    }
    return PDFBox(
      left: max(0, result.left - Self.margin), top: max(0, result.top - Self.margin),
      right: min(width, result.right + Self.margin),
      bottom: min(height, result.bottom + Self.margin))
  }
}

extension PDFBox {
  func scaled(by factor: Double) -> PDFBox {
    PDFBox(
      left: left * factor, top: top * factor, right: right * factor, bottom: bottom * factor)
  }
}
