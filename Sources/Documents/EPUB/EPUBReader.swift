/// Reads an EPUB book: the chapters in the order of its spine, with their headings.
///
/// Each file of the spine is a part and a named place, as in `chapter 'The Storm'`. Source: EPUB 3.3,
/// sections 4.2 (container) and 5 (package document); EPUB 2 names its contents in an NCX file.
struct EPUBReader {
  private let package: OfficePackage

  init(_ source: DocumentSource) throws(DocumentError) {
    package = try OfficePackage(source, type: .epub)
  }

  /// Whether an archive is a book.
  static func matches(_ listing: ArchiveListing) -> Bool {
    listing.mimeType == "application/epub+zip" || listing.names.contains("META-INF/container.xml")
  }

  /// Reads the chapters.
  ///
  /// - Throws: `.damaged`, `.encrypted` for a book with digital rights management, `.textTooLarge`.
  func read() throws(DocumentError) -> ExtractedDocument {
    var text = TextAssembler(limits: package.limits)
    var container = EPUBContainer()
    try package.walk("META-INF/container.xml", &container)
    guard let root = container.packagePath else {
      throw .damaged(path: package.path, type: .epub, reason: "it names no package document")
    }
    var book = EPUBPackage(path: root)
    try package.walk(root, &book)
    let titles = try chapterTitles(book, &text.warnings)
    var encrypted = EPUBEncryption()
    try package.walkOptional("META-INF/encryption.xml", &encrypted, &text.warnings)
    var shown: [ShownPicture] = []
    for (index, part) in book.spine.enumerated() where !book.navigation.contains(part) {
      guard !encrypted.parts.contains(part) else { throw .encrypted(path: package.path) }
      shown += try append(chapter: part, number: index + 1, title: titles[part], to: &text)
    }
    shown.removeAll { encrypted.parts.contains($0.address) }
    return try text.document(
      type: .epub, path: package.path, title: book.title,
      pictures: PictureCollector.pictures(shown, in: package.names))
  }

  /// - Returns: the pictures of the chapter.
  private func append(
    chapter part: String, number: Int, title: String?, to text: inout TextAssembler
  ) throws(DocumentError) -> [ShownPicture] {
    guard let bytes = try package.part(part) else {
      text.warnings.append("the chapter '\(part)' is missing")
      return []
    }
    guard !bytes.isEmpty else { return [] }
    let source = DocumentSource(
      contents: XHTMLTags.withEndTags(bytes), path: package.path, limits: package.limits)
    let chapter: ExtractedDocument
    do throws(DocumentError) {
      chapter = try HTMLReader(source) { address in
        // A drawing (SVG) cannot be decoded to pixels.
        PartPath.resolve(address, against: PartPath.folder(of: part)).flatMap {
          $0.lowercased().hasSuffix(".svg") ? nil : .stored(.part(name: $0))
        }
      }.read()
    } catch {
      text.warnings.append("the chapter '\(part)' was not read: \(error.reason)")
      return []
    }
    let name = title ?? chapter.headings.first?.title
    text.beginPart()
    text.mark(.named, name.map { "chapter '\($0)'" } ?? "section \(number)")
    // A chapter may be nothing but a picture, as covers are.
    let offset = text.append(chapter) ?? text.bytes.count
    return chapter.pictures.compactMap { picture in
      guard case .part(let name) = picture.origin else { return nil }
      return ShownPicture(
        address: name, captions: [picture.caption],
        byteOffset: min(text.bytes.count, max(0, picture.byteOffset + offset)))
    }
  }

  /// The titles of files in the table of contents; of several entries for one file, the first.
  private func chapterTitles(
    _ book: EPUBPackage, _ warnings: inout [String]
  ) throws(DocumentError) -> [String: String] {
    var titles: [String: String] = [:]
    for part in book.navigation {
      var contents = EPUBContents(part: part)
      guard let bytes = try package.part(part) else { continue }
      do throws(XMLPullReader.Malformed) {
        try XMLPullReader.walk(XHTMLTags.withoutDoctype(bytes), &contents)
      } catch {
        warnings.append("the table of contents was not used: \(error.reason)")
      }
      titles.merge(contents.titles) { first, _ in first }
    }
    return titles
  }
}

/// `META-INF/container.xml`: the path of the package document.
struct EPUBContainer: MarkupVisitor {
  private(set) var packagePath: String?

  mutating func start(_ element: MarkupElement) -> Bool {
    if element.name == "rootfile", packagePath == nil {
      packagePath = element.attributes["full-path"]
    }
    return true
  }

  mutating func end(_ name: String) {}
  mutating func text(_ text: String) {}
}

/// The package document: title, files and their order.
struct EPUBPackage: MarkupVisitor {
  private(set) var title: String?
  /// The parts of the spine in reading order.
  private(set) var spine: [String] = []
  /// The parts with the table of contents.
  private(set) var navigation: [String] = []

  private let folder: String
  private var partByID: [String: String] = [:]
  private var titleText: String?

  init(path: String) {
    folder = PartPath.folder(of: path)
  }

  mutating func start(_ element: MarkupElement) -> Bool {
    let attributes = element.attributes
    switch element.name {
    case "dc:title" where title == nil: titleText = ""
    case "item":
      guard let id = attributes["id"], let reference = attributes["href"],
        let part = PartPath.resolve(reference, against: folder)
      else { return true }
      partByID[id] = part
      let isNavigation =
        attributes["properties"]?.split(separator: " ").contains("nav") == true
        || attributes["media-type"] == "application/x-dtbncx+xml"
      if isNavigation { navigation.append(part) }
    case "itemref":
      if let part = attributes["idref"].flatMap({ partByID[$0] }), !spine.contains(part) {
        spine.append(part)
      }
    default: break
    }
    return true
  }

  mutating func end(_ name: String) {
    guard name == "dc:title", let text = titleText else { return }
    title = TextAssembler.singleLine(text)
    titleText = nil
  }

  mutating func text(_ text: String) { titleText? += text }
}

/// A table of contents: `nav` of EPUB 3 or the NCX of EPUB 2.
struct EPUBContents: MarkupVisitor {
  /// Titles by part.
  private(set) var titles: [String: String] = [:]

  private let folder: String
  private var link: String?
  private var words = ""
  private var takesText = false

  init(part: String) {
    folder = PartPath.folder(of: part)
  }

  mutating func start(_ element: MarkupElement) -> Bool {
    switch element.name {
    case "a":
      link = element.attributes["href"]
      words = ""
      takesText = true
    // In an NCX the label precedes the reference.
    case "navLabel":
      words = ""
      takesText = true
    case "content": note(element.attributes["src"])
    default: break
    }
    return true
  }

  mutating func end(_ name: String) {
    if name == "navLabel" { takesText = false }
    if name == "a" {
      takesText = false
      note(link)
    }
  }

  mutating func text(_ text: String) { if takesText { words += text } }

  private mutating func note(_ reference: String?) {
    let title = TextAssembler.singleLine(words)
    guard let reference, !title.isEmpty, let part = PartPath.resolve(reference, against: folder)
    else { return }
    if titles[part] == nil { titles[part] = title }
  }
}

/// `META-INF/encryption.xml`: the parts that cannot be read; encrypted fonts do not matter.
struct EPUBEncryption: MarkupVisitor {
  private(set) var parts: Set<String> = []

  mutating func start(_ element: MarkupElement) -> Bool {
    if element.name == "CipherReference", let reference = element.attributes["URI"],
      let part = PartPath.resolve(reference, against: "")
    {
      parts.insert(part)
    }
    return true
  }

  mutating func end(_ name: String) {}
  mutating func text(_ text: String) {}
}
