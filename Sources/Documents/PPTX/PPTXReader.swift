import Bytes

/// Reads the slides of a PPTX presentation (ECMA-376, PresentationML): titles, texts, tables,
/// diagrams, charts and speaker notes, in the order of the show.
///
/// A slide is a page, so no passage crosses slides and citations say `slide 3`. Left out: footers,
/// dates and slide numbers that repeat on every slide; comments, which are said.
struct PPTXReader {
  private let package: OfficePackage

  init(_ source: DocumentSource) throws(DocumentError) {
    package = try OfficePackage(source, type: .pptx)
  }

  /// Whether an archive is a presentation.
  static func matches(_ listing: ArchiveListing) -> Bool { listing.hasMember(in: "ppt/") }

  /// Reads all slides.
  ///
  /// - Throws: `.damaged`, `.textTooLarge`.
  func read() throws(DocumentError) -> ExtractedDocument {
    var text = TextAssembler(limits: package.limits)
    let main = try package.mainPart(usual: "ppt/presentation.xml", &text.warnings)
    var presentation = PPTXPresentation()
    try package.walk(main, &presentation)
    let related = try package.relationships(of: main, &text.warnings)
    var deck = SlideDeck(text)
    var shown: [ShownPicture] = []
    for (index, id) in presentation.slideRelationships.enumerated() {
      deck.beginSlide(index + 1)
      guard let part = related.part(id) else { continue }
      shown += try append(slide: part, number: index + 1, to: &deck.text)
    }
    let comments = package.names.count { $0.hasPrefix("ppt/comments/") }
    if comments > 0 { deck.text.warnings.append("\(comments) page(s) of comments were not read") }
    let title = try package.title(&deck.text.warnings)
    return try deck.document(
      type: .pptx, path: package.path, title: title,
      pictures: PictureCollector.pictures(shown, in: package.names))
  }

  /// - Returns: the pictures of the slide.
  private func append(
    slide part: String, number: Int, to text: inout TextAssembler
  ) throws(DocumentError) -> [ShownPicture] {
    let start = text.bytes.count
    var slide = PPTXSlide()
    try package.walk(part, &slide)
    if slide.isHidden { text.warnings.append("slide \(number) is hidden, and is read") }
    let related = try package.relationships(of: part, &text.warnings)
    text.leftOut.add(slide.leftOut)
    let shapes = slide.shapes.filter { !$0.isFooter }
    for shape in shapes.filter(\.isTitle) {
      text.appendHeading(shape.paragraphs.map(\.text).joined(separator: " "), level: 1)
    }
    for shape in shapes where !shape.isTitle {
      shape.append(to: &text)
      for id in shape.diagrams {
        guard let data = related.part(id) else { continue }
        var diagram = PPTXSlide()
        try package.walkOptional(data, &diagram, &text.warnings)
        for item in diagram.shapes { item.append(to: &text) }
      }
      for id in shape.charts {
        guard let data = related.part(id) else { continue }
        var chart = ChartVisitor()
        try package.walkOptional(data, &chart, &text.warnings)
        chart.append(to: &text)
      }
    }
    for notes in related.targets(of: "notesSlide") { try append(notes: notes, to: &text) }
    return slide.shownPictures(related, at: start, page: number)
  }

  /// Speaker notes: the body of the notes page, not its small picture of the slide.
  private func append(notes part: String, to text: inout TextAssembler) throws(DocumentError) {
    var page = PPTXSlide()
    try package.walkOptional(part, &page, &text.warnings)
    let paragraphs = page.shapes.filter { $0.placeholder == "body" }
      .flatMap { $0.paragraphs.map(\.text) }
    for (index, paragraph) in paragraphs.enumerated() {
      text.appendParagraph(index == 0 ? "Notes: " + paragraph : paragraph)
    }
  }
}

/// Collects slides as pages of a text.
struct SlideDeck {
  var text: TextAssembler
  private var starts: [Int] = []

  init(_ text: TextAssembler) { self.text = text }

  /// Begins a slide, which may turn out to have no text.
  mutating func beginSlide(_ number: Int) {
    starts.append(text.bytes.count)
    text.mark(.slide, "\(number)")
  }

  /// The document, whose pages are the slides.
  ///
  /// - Parameters:
  ///   - type: the type of the file.
  ///   - path: the file, for messages.
  ///   - title: the document's own title.
  ///   - pictures: those of all slides, with a warning.
  /// - Returns: the text with its slides and pictures.
  /// - Throws: `.textTooLarge`.
  func document(
    type: DocumentType, path: String, title: String?,
    pictures: FoundPictures
  ) throws(DocumentError) -> ExtractedDocument {
    let bounds = starts + [text.bytes.count]
    let pages = zip(bounds, bounds.dropFirst()).map { $0..<$1 }
    return try text.document(
      type: type, path: path, title: title, pages: starts.isEmpty ? nil : pages, pictures: pictures)
  }
}

/// `ppt/presentation.xml`: the slides in the order of the show.
struct PPTXPresentation: MarkupVisitor {
  private(set) var slideRelationships: [String] = []

  mutating func start(_ element: MarkupElement) -> Bool {
    if element.name == "sldId", let id = element.attributes["r:id"] {
      slideRelationships.append(id)
    }
    return true
  }

  mutating func end(_ name: String) {}
  mutating func text(_ text: String) {}
}
