/// A shape of a slide with its text.
struct PPTXShape {
  /// The kind of placeholder, such as `title` or `body`; nil for a free text box.
  var placeholder: String?
  var paragraphs: [(level: Int, text: String)] = []
  /// The rows of a table.
  var rows: [TableRow] = []
  /// Relationships of the diagrams and charts that the shape shows.
  var diagrams: [String] = []
  var charts: [String] = []

  var isTitle: Bool { placeholder == "title" || placeholder == "ctrTitle" }

  /// Slide number, date, footer and header repeat on every slide.
  var isFooter: Bool { ["sldNum", "dt", "ftr", "hdr"].contains(placeholder ?? "") }

  /// Appends the table, or the paragraphs: as items in a body, which shows bullets, and otherwise as
  /// paragraphs.
  func append(to text: inout TextAssembler) {
    if !rows.isEmpty {
      var layout = TableLayout(.headerFirst)
      layout.write(rows, into: &text, container: nil, placed: false)
    }
    let isList = placeholder != nil && placeholder != "subTitle" && paragraphs.count > 1
    for (index, paragraph) in paragraphs.enumerated() {
      guard isList || paragraph.level > 0 else {
        text.appendParagraph(paragraph.text)
        continue
      }
      text.appendItem(paragraph.text, level: paragraph.level, isFirst: index == 0)
    }
  }
}

/// A slide, a notes page or the data of a diagram: its shapes in the order of the file.
struct PPTXSlide: MarkupVisitor {
  private(set) var shapes: [PPTXShape] = []
  private(set) var isHidden = false
  /// The pictures in the order of the file: relationship, and alternative text and title.
  private(set) var pictures: [(relationship: String, captions: [String])] = []

  /// The alternative text and the title of the open picture; nil outside of pictures.
  ///
  /// Pictures that fill a shape or the background are decoration.
  private var captions: [String]?
  private var isDiagram = false
  private var shape = PPTXShape()
  private var paragraph = ""
  private var level = 0
  private var takesText = false
  private var isStruck = false
  private var script: OpenScript.Kind?
  private(set) var leftOut = LeftOutWords()
  private var cells: [TableCell] = []
  private var cellText: String?
  private var column = 0

  mutating func start(_ element: MarkupElement) -> Bool {
    let attributes = element.attributes
    switch element.name {
    case "sld": isHidden = ["0", "false"].contains(attributes["show"] ?? "1")
    case "mc:Fallback": return false
    case "sp", "graphicFrame", "cxnSp": finishShape()
    // The points of a diagram; outlines of shapes have points, too.
    case "dataModel": isDiagram = true
    case "pt" where isDiagram: finishShape()
    case "pic":
      finishShape()
      captions = []
    case "cNvPr" where captions != nil:
      captions = ["descr", "title"].compactMap { attributes[$0] }
    case "blip":
      if let captions, let id = attributes["r:embed"] ?? attributes["embed"] {
        pictures.append((id, captions))
      }
    case "ph": shape.placeholder = attributes["type"] ?? "body"
    case "p":
      paragraph = ""
      level = 0
    case "pPr": level = attributes["lvl"].flatMap { Int($0) } ?? 0
    case "fld":
      return !["slidenum", "datetime"].contains { attributes["type"]?.hasPrefix($0) == true }
    case "r": (isStruck, script) = (false, nil)
    case "rPr":
      isStruck = (attributes["strike"] ?? "noStrike") != "noStrike"
      // The baseline is raised or lowered, in thousandths of a percent.
      let baseline = attributes["baseline"].flatMap { Int($0) } ?? 0
      script = baseline > 0 ? .superscript : baseline < 0 ? .subscript_ : nil
    case "t": takesText = true
    case "br", "tab": paragraph += " "
    case "tr":
      cells = []
      column = 0
    case "tc":
      let isCovered = attributes["hMerge"] == "1" || attributes["vMerge"] == "1"
      cellText = isCovered ? nil : ""
    case "relIds": if let id = attributes["r:dm"] { shape.diagrams.append(id) }
    case "chart": if let id = attributes["r:id"] { shape.charts.append(id) }
    default: break
    }
    return true
  }

  mutating func text(_ text: String) {
    guard takesText else { return }
    if isStruck {
      leftOut.add(text, .struckOut)
    } else {
      ScriptNotation.append(text, script, to: &paragraph)
    }
  }

  mutating func end(_ name: String) {
    switch name {
    case "t": takesText = false
    case "p": endParagraph()
    case "pic": captions = nil
    case "tc":
      if let text = cellText {
        let cell = TableCell(column: column, text: text)
        if !cell.text.isEmpty { cells.append(cell) }
      }
      cellText = nil
      column += 1
    case "tr": shape.rows.append(TableRow(number: shape.rows.count + 1, cells: cells))
    case "sp", "graphicFrame", "sld", "notes", "dataModel": finishShape()
    default: break
    }
  }

  /// The pictures with the parts that their relationships name.
  func shownPictures(
    _ related: OfficeRelationships, at byteOffset: Int, page: Int?
  ) -> [ShownPicture] {
    pictures.compactMap { picture in
      related.part(picture.relationship).map {
        ShownPicture(address: $0, captions: picture.captions, byteOffset: byteOffset, page: page)
      }
    }
  }

  private mutating func endParagraph() {
    defer { paragraph = "" }
    if cellText != nil {
      cellText? += " " + paragraph
    } else if !TextAssembler.singleLine(paragraph).isEmpty {
      shape.paragraphs.append((level, TextAssembler.singleLine(paragraph)))
    }
  }

  private mutating func finishShape() {
    let hasContent =
      !shape.paragraphs.isEmpty || !shape.rows.isEmpty || !shape.charts.isEmpty
      || !shape.diagrams.isEmpty
    if hasContent { shapes.append(shape) }
    shape = PPTXShape()
  }
}
