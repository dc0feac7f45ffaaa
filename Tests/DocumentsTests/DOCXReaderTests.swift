import Testing

@testable import Documents

struct DOCXReaderTests {
  static let namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

  /// Reads a body without an archive around it.
  static func read(
    _ body: String, styles: String? = nil, namespace: String = namespace
  ) throws(DocumentError) -> ExtractedDocument {
    let document = "<w:document xmlns:w=\"\(namespace)\"><w:body>\(body)</w:body></w:document>"
    return try readPart(document, styles: styles)
  }

  static func readPart(
    _ document: String, styles: String? = nil
  ) throws(DocumentError) -> ExtractedDocument {
    var parts = ["word/document.xml": document]
    parts["word/styles.xml"] = styles
    return try read(parts: parts)
  }

  /// Reads parts by name without an archive around them.
  static func read(parts: [String: String]) throws(DocumentError) -> ExtractedDocument {
    let package = OfficePackage(path: "a.docx", type: .docx, limits: DocumentLimits()) { name in
      parts[name].map { Array($0.utf8) }
    }
    return try DOCXReader(package).read(mainPart: "word/document.xml")
  }

  /// A part whose root element declares the namespaces.
  static func part(_ root: String, _ inside: String) -> String {
    "<w:\(root) xmlns:w=\"\(namespace)\""
      + " xmlns:m=\"http://schemas.openxmlformats.org/officeDocument/2006/math\""
      + " xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\""
      + ">\(inside)</w:\(root)>"
  }

  static func run(_ text: String, _ properties: String = "") -> String {
    "<w:r><w:rPr>\(properties)</w:rPr><w:t>\(text)</w:t></w:r>"
  }

  static func body(_ inside: String) -> String { part("document", "<w:body>\(inside)</w:body>") }

  static func paragraph(_ text: String, _ properties: String = "") -> String {
    "<w:p><w:pPr>\(properties)</w:pPr><w:r><w:t>\(text)</w:t></w:r></w:p>"
  }

  @Test func readsParagraphsHeadingsAndLists() throws {
    let number = "<w:numPr><w:ilvl w:val=\"1\"/></w:numPr>"
    let body =
      Self.paragraph("Weir", "<w:pStyle w:val=\"Heading1\"/>") + Self.paragraph("Text &amp; more.")
      + Self.paragraph("first", "<w:numPr/>") + Self.paragraph("second", number)
      + Self.paragraph("Outline", "<w:outlineLvl w:val=\"2\"/>") + Self.paragraph("End.")
    let document = try Self.read(body)
    #expect(
      document.text == "Weir\n\nText & more.\n\n- first\n  - second\n\nOutline\n\nEnd.")
    #expect(document.headings.map { "\($0.level) \($0.title)" } == ["1 Weir", "3 Outline"])
    #expect(document.title == "Weir")
    let strict = try Self.read(body, namespace: "http://purl.oclc.org/ooxml/wordprocessingml/main")
    #expect(strict.text == document.text)
  }

  @Test func followsStyles() throws {
    func style(_ id: String, _ inside: String) -> String {
      "<w:style w:styleId=\"\(id)\">\(inside)</w:style>"
    }
    let styles =
      "<w:styles xmlns:w=\"\(Self.namespace)\">"
      + style("berschrift2", "<w:name w:val=\"heading 2\"/>")
      + style("Mine", "<w:name w:val=\"My heading\"/><w:basedOn w:val=\"berschrift2\"/>")
      + style("RingA", "<w:name w:val=\"a\"/><w:basedOn w:val=\"RingB\"/>")
      + style("RingB", "<w:name w:val=\"b\"/><w:basedOn w:val=\"RingA\"/>") + "</w:styles>"
    let body = ["Mine", "RingA", "Heading3", "HeadingX", "Heading99"].map {
      Self.paragraph($0, "<w:pStyle w:val=\"\($0)\"/>")
    }.joined()
    let document = try Self.read(body, styles: styles)
    #expect(document.headings.map { "\($0.level) \($0.title)" } == ["2 Mine", "3 Heading3"])
  }

  @Test func leavesOutWhatIsNoText() throws {
    let body = """
      <w:p><w:r><w:t>kept</w:t></w:r><w:del><w:r><w:t>gone</w:t></w:r></w:del>
      <w:r><w:instrText>PAGE</w:instrText><w:tab/><w:t>tabbed</w:t><w:br/><w:t>line</w:t></w:r></w:p>
      """
    #expect(try Self.read(body).text == "kept tabbed\nline")
  }

  @Test func readsTablesRowByRow() throws {
    func cell(_ inside: String) -> String { "<w:tc>\(inside)</w:tc>" }
    let inner =
      "<w:tbl><w:tr>" + cell(Self.paragraph("x")) + cell(Self.paragraph("y")) + "</w:tr></w:tbl>"
    let body =
      "<w:tbl><w:tr>" + cell(Self.paragraph("a") + Self.paragraph("b")) + cell(Self.paragraph("c"))
      + "</w:tr><w:tr>" + cell(inner) + cell(Self.paragraph("d")) + "</w:tr></w:tbl>"
      + Self.paragraph("after")
    #expect(try Self.read(body).text == "a b | c\nx y | d\n\nafter")
  }

  @Test func refusesDeclarationsAndNeverExpandsEntities() throws {
    let secret =
      "<!DOCTYPE w [<!ENTITY s SYSTEM \"file:///etc/passwd\">]><w:document xmlns:w=\""
      + Self.namespace + "\"><w:body>" + Self.paragraph("&s;") + "</w:body></w:document>"
    do throws(DocumentError) {
      _ = try Self.readPart(secret)
      Issue.record("a document type declaration was accepted")
    } catch {
      #expect(error.description.contains("document type declaration"))
      #expect(!error.description.contains("root:"))
    }
  }

  @Test func damagedPartsAreErrorsThatSayWhere() throws {
    let whole =
      "<w:document xmlns:w=\"\(Self.namespace)\"><w:body>"
      + Self.paragraph("text") + "</w:body></w:document>"
    for end in 0..<whole.utf8.count {
      let part = String(decoding: Array(whole.utf8)[..<end], as: UTF8.self)
      do throws(DocumentError) {
        _ = try Self.readPart(part)
        Issue.record("accepted at \(end)")
      } catch {
        guard case .damaged(_, .docx, _) = error else {
          Issue.record("\(error)")
          continue
        }
      }
    }
    let deep = String(repeating: "<w:p>", count: 100_000)
    #expect(throws: DocumentError.self) { try Self.read(deep) }
    #expect(throws: DocumentError.self) { try Self.readPart("not XML") }
    // A damaged style part gives only a warning.
    let document = try Self.read(Self.paragraph("text"), styles: "<w:styles")
    #expect(document.text == "text" && document.warnings.count == 1)
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let body: String
    let text: String
    var testDescription: String { text }
  }

  private static let superscript = "<w:vertAlign w:val=\"superscript\"/>"
  private static let subscript_ = "<w:vertAlign w:val=\"subscript\"/>"

  @Test(arguments: [
    Row(body: run("3 × 10") + run("6", superscript) + run(" cells"), text: "3 × 10^6 cells"),
    Row(
      body: run("10") + run("-", superscript) + run("3", superscript) + run(" m")
        + run("2", superscript),
      text: "10^-3 m²"),
    Row(body: run("H") + run("2", subscript_) + run("O"), text: "H₂O"),
    Row(body: run("was ") + run("450", "<w:strike/>") + run("600"), text: "was 600"),
    Row(body: run("a") + run("b", "<w:dstrike/>") + run("c", "<w:vanish/>"), text: "a"),
    Row(body: run("a", "<w:strike w:val=\"0\"/><w:vanish w:val=\"false\"/>"), text: "a"),
    Row(
      body: "<w:moveFrom>" + run("old") + "</w:moveFrom><w:moveTo>" + run("new") + "</w:moveTo>",
      text: "new"),
    Row(
      body: "<w:r><w:sym w:font=\"Symbol\" w:char=\"F06D\"/></w:r>" + run("m ")
        + "<w:r><w:sym w:font=\"Wingdings\" w:char=\"F0FC\"/></w:r>",
      text: "μm ✓"),
    Row(
      body: run("x ") + "<m:oMath><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r>"
        + "<m:t>b+1</m:t></m:r></m:den></m:f></m:oMath>" + run(" y"),
      text: "x a/(b+1) y"),
    Row(
      body: "<m:oMathPara><m:oMath><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r>"
        + "<m:t>2</m:t></m:r></m:sup></m:sSup><m:r><m:t>=</m:t></m:r><m:rad><m:deg/><m:e><m:r>"
        + "<m:t>2y</m:t></m:r></m:e></m:rad></m:oMath></m:oMathPara>",
      text: "x^2=√2y"),
    Row(
      body: "<w:r><w:ruby><w:rt><w:r><w:t>としょ</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>図書</w:t>"
        + "</w:r></w:rubyBase></w:ruby></w:r>",
      text: "図書"),
  ])
  func readsRuns(row: Row) throws {
    let document = try Self.read(parts: [
      "word/document.xml": Self.body("<w:p>\(row.body)</w:p>")
    ])
    #expect(document.text == row.text)
  }

  @Test func stylesHideStrikeAndRaise() throws {
    let styles = Self.part(
      "styles",
      "<w:style w:styleId=\"Gone\"><w:name w:val=\"gone\"/><w:rPr><w:vanish/></w:rPr></w:style>"
        + "<w:style w:styleId=\"Old\"><w:name w:val=\"old\"/><w:basedOn w:val=\"Gone\"/></w:style>")
    let body =
      Self.paragraph("hidden words here", "<w:pStyle w:val=\"Old\"/>")
      + "<w:p>" + Self.run("kept ") + Self.run("too", "<w:rStyle w:val=\"Gone\"/>")
      + Self.run("shown", "<w:rStyle w:val=\"Gone\"/><w:vanish w:val=\"0\"/>") + "</w:p>"
      + Self.paragraph("end", "<w:rPr><w:vanish/></w:rPr>")
    let document = try Self.read(parts: [
      "word/document.xml": Self.body(body), "word/styles.xml": styles,
    ])
    #expect(document.text == "kept shown\n\nend")
    #expect(document.warnings == ["left out: 4 words of hidden text"])
  }

  @Test func notesCarryTheNumbersThatWordShows() throws {
    func notes(_ kind: String, _ rows: [(String, String)]) -> String {
      Self.part(
        kind + "s",
        "<w:\(kind) w:type=\"separator\" w:id=\"0\">\(Self.paragraph("no"))</w:\(kind)>"
          + rows.map { "<w:\(kind) w:id=\"\($0.0)\">\(Self.paragraph($0.1))</w:\(kind)>" }
          .joined())
    }
    func reference(_ kind: String, _ id: Int) -> String {
      "<w:r><w:\(kind)Reference w:id=\"\(id)\"/></w:r>"
    }
    let body =
      "<w:p>" + Self.run("Nine tonnes.") + reference("footnote", 17) + "</w:p><w:p>"
      + Self.run("In 1988") + reference("footnote", 4) + reference("endnote", 2) + "</w:p>"
      + "<w:tbl><w:tr><w:tc><w:p>" + Self.run("cell") + reference("footnote", 5)
      + "</w:p></w:tc></w:tr></w:tbl>"
    let document = try Self.read(parts: [
      "word/document.xml": Self.body(body),
      "word/footnotes.xml": notes(
        "footnote", [("4", "Paint."), ("5", "Cell."), ("17", "Spring.")]),
      "word/endnotes.xml": notes("endnote", [("2", "Billed.")]),
    ])
    #expect(
      document.text == """
        Nine tonnes.¹

        ¹ Spring.

        In 1988 ²ⁱ

        ² Paint.

        ⁱ Billed.

        cell ³

        ³ Cell.
        """)
  }

  static let numbering = part(
    "numbering",
    "<w:abstractNum w:abstractNumId=\"0\">"
      + level(0, "decimal", "%1.") + level(1, "decimal", "%1.%2") + level(2, "lowerLetter", "(%3)")
      + "</w:abstractNum><w:abstractNum w:abstractNumId=\"1\">"
      + level(0, "upperRoman", "§ %1", style: "Heading1")
      + level(1, "decimal", "%1.%2", isLegal: true)
      + "</w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num>"
      + "<w:num w:numId=\"2\"><w:abstractNumId w:val=\"0\"/><w:lvlOverride w:ilvl=\"0\">"
      + "<w:startOverride w:val=\"7\"/></w:lvlOverride></w:num>"
      + "<w:num w:numId=\"3\"><w:abstractNumId w:val=\"1\"/></w:num>")

  static func level(
    _ index: Int, _ format: String, _ text: String, style: String? = nil, isLegal: Bool = false
  ) -> String {
    "<w:lvl w:ilvl=\"\(index)\"><w:start w:val=\"1\"/><w:numFmt w:val=\"\(format)\"/>"
      + (style.map { "<w:pStyle w:val=\"\($0)\"/>" } ?? "") + (isLegal ? "<w:isLgl/>" : "")
      + "<w:lvlText w:val=\"\(text)\"/></w:lvl>"
  }

  @Test func clausesCarryTheirNumbers() throws {
    func clause(_ text: String, _ level: Int, _ number: Int = 1) -> String {
      Self.paragraph(
        text, "<w:numPr><w:ilvl w:val=\"\(level)\"/><w:numId w:val=\"\(number)\"/></w:numPr>")
    }
    let body =
      clause("Parties", 0) + clause("The tenant.", 1) + clause("Rent", 0) + clause("Due.", 1)
      + clause("Late.", 1) + clause("First", 2) + clause("Second", 2) + clause("Seven", 0, 2)
      + clause("Eight", 0, 2) + clause("Nine", 0) + clause("none", 0, 0)
      + Self.paragraph("General", "<w:pStyle w:val=\"Heading1\"/>") + clause("Legal", 1, 3)
    let styles = Self.part(
      "styles",
      "<w:style w:styleId=\"Heading1\"><w:name w:val=\"heading 1\"/><w:pPr><w:numPr>"
        + "<w:numId w:val=\"3\"/></w:numPr></w:pPr></w:style>")
    let document = try Self.read(parts: [
      "word/document.xml": Self.body(body), "word/numbering.xml": Self.numbering,
      "word/styles.xml": styles,
    ])
    #expect(
      document.text == """
        1. Parties

        1.1 The tenant.

        2. Rent

        2.1 Due.

        2.2 Late.

        (a) First

        (b) Second

        7. Seven
        8. Eight
        9. Nine

        none

        § I General

        1.1 Legal
        """)
    #expect(document.headings.map(\.title) == ["§ I General"])
  }

  @Test func deletedRowsAndCellsAreLeftOutAndCounted() throws {
    func row(_ cells: [String], _ properties: String = "") -> String {
      "<w:tr><w:trPr>\(properties)</w:trPr>"
        + cells.map { "<w:tc>\(Self.paragraph($0))</w:tc>" }.joined() + "</w:tr>"
    }
    let body =
      "<w:tbl>" + row(["Day", "Fee"], "<w:tblHeader/>") + row(["Mon", "4"])
      + row(["Tue", "nine crowns"], "<w:del w:id=\"1\"/>") + row(["Wed", "5"], "<w:ins/>")
      + "</w:tbl>"
    let document = try Self.read(parts: ["word/document.xml": Self.body(body)])
    #expect(document.text == "Day | Fee\nMon | 4\nWed | 5")
    #expect(document.warnings == ["left out: 3 words of text deleted by tracked changes"])
    #expect(document.tables == [ExtractedTable(header: 0..<9, byteRange: 0..<25)])
  }

  @Test func mergedCellsStandInEveryRowAndColumn() throws {
    func cell(_ text: String, _ properties: String = "") -> String {
      "<w:tc><w:tcPr>\(properties)</w:tcPr>\(Self.paragraph(text))</w:tc>"
    }
    let body =
      "<w:tbl><w:tr>" + cell("Day") + cell("Class", "<w:gridSpan w:val=\"2\"/>") + "</w:tr><w:tr>"
      + cell("Mon", "<w:vMerge w:val=\"restart\"/>") + cell("9") + cell("Yoga") + "</w:tr><w:tr>"
      + cell("", "<w:vMerge/>") + cell("10") + cell("Choir") + "</w:tr></w:tbl>"
    let document = try Self.read(parts: ["word/document.xml": Self.body(body)])
    #expect(document.text == "Day | Class | Class\nMon | 9 | Yoga\nMon | 10 | Choir")
  }

  @Test func aTextBoxFollowsItsParagraph() throws {
    let box = "<w:r><w:txbxContent>" + Self.paragraph("Page note") + "</w:txbxContent></w:r>"
    let body =
      "<w:p><w:pPr><w:outlineLvl w:val=\"0\"/></w:pPr>" + Self.run("Main") + box
      + Self.run("tenance") + "</w:p>" + Self.paragraph("Oil it.")
    let document = try Self.read(parts: ["word/document.xml": Self.body(body)])
    #expect(document.text == "Maintenance\n\nPage note\n\nOil it.")
    #expect(document.headings.map(\.title) == ["Maintenance"])
  }

  @Test func embeddedDocumentsAreRead() throws {
    func relation(_ id: String, _ type: String, _ target: String) -> String {
      "<Relationship Id=\"\(id)\" Type=\"http://x/\(type)\" Target=\"\(target)\"/>"
    }
    let relationships =
      "<Relationships>" + relation("r1", "aFChunk", "a.html") + relation("r2", "aFChunk", "b.txt")
      + relation("r3", "aFChunk", "c.docx") + relation("r4", "header", "header1.xml")
      + relation("r5", "footnotes", "notes/f.xml") + "</Relationships>"
    let body =
      Self.paragraph("before") + "<w:altChunk r:id=\"r1\"/><w:altChunk r:id=\"r2\"/>"
      + "<w:altChunk r:id=\"r3\"/><w:p>" + Self.run("after")
      + "<w:r><w:footnoteReference w:id=\"1\"/></w:r></w:p>"
    let document = try Self.read(parts: [
      "word/document.xml": Self.body(body), "word/_rels/document.xml.rels": relationships,
      "word/a.html": "<html><h2>Part</h2><p>inside", "word/b.txt": "plain text",
      "word/c.docx": "PK\u{3}\u{4}", "word/header1.xml": Self.part("hdr", Self.paragraph("a b")),
      "word/notes/f.xml": Self.part(
        "footnotes", "<w:footnote w:id=\"1\">" + Self.paragraph("note") + "</w:footnote>"),
    ])
    #expect(document.text == "before\n\nPart\n\ninside\n\nplain text\n\nafter ¹\n\n¹ note")
    #expect(document.headings.map { DocumentFixture.slice(document, $0.byteRange) } == ["Part"])
    #expect(document.warnings.count == 1 && document.warnings[0].contains("word/c.docx"))
    #expect(document.leftOut.description == "2 words of headers and footers")
  }

  @Test func theMainPartIsTheOneThatThePackageNames() {
    let root = Array(
      "<Relationships><Relationship Id=\"r1\" Type=\"http://x/officeDocument\" Target=\"/doc/main.xml\"/></Relationships>"
        .utf8)
    #expect(
      DOCXPackage.mainPart(["doc/main.xml", "word/document.xml"], root: root) == "doc/main.xml")
    #expect(DOCXPackage.mainPart(["word/document.xml"], root: root) == "word/document.xml")
    #expect(DOCXPackage.mainPart(["word/document.xml"], root: [1]) == "word/document.xml")
  }

  /// A skipped element has no end, so it must not count as an open one.
  @Test func deletedDrawingsDoNotHideTheRest() throws {
    let fallback = "<mc:Fallback><w:pict/></mc:Fallback>"
    let drawing =
      "<mc:AlternateContent xmlns:mc=\"\(Self.compatibility)\"><mc:Choice/>\(fallback)"
      + "</mc:AlternateContent>"
    let deleted = "<w:del><w:r><w:delText>gone</w:delText>\(drawing)</w:r></w:del>"
    let document = try Self.read(
      Self.body("<w:p>\(deleted)\(Self.run("kept"))</w:p>" + Self.paragraph("End.")))
    #expect(document.text == "kept\n\nEnd.")
    #expect(document.leftOut.counts == [.deleted: 1])
  }

  private static let compatibility = "http://schemas.openxmlformats.org/markup-compatibility/2006"

  /// Numbers at the ends of `Int` and levels without end, which no program writes.
  @Test(.timeLimit(.minutes(1))) func hostileNumbersEnd() throws {
    for number in ["9223372036854775807", "-9223372036854775808", "1000000000000"] {
      let outline = "<w:outlineLvl w:val=\"\(number)\"/>"
      let use = "<w:numPr><w:ilvl w:val=\"\(number)\"/><w:numId w:val=\"1\"/></w:numPr>"
      let levels = ["0", "1", number].map { level in
        "<w:lvl w:ilvl=\"\(level)\"><w:start w:val=\"\(number)\"/><w:numFmt w:val=\"chicago\"/>"
          + "<w:lvlText w:val=\"%1\"/><w:lvlRestart w:val=\"\(number)\"/></w:lvl>"
      }
      let numbering = Self.part(
        "numbering",
        "<w:abstractNum w:abstractNumId=\"0\">\(levels.joined())</w:abstractNum>"
          + "<w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num>")
      let first = "<w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr>"
      let body = Self.body(
        Self.paragraph("One.", outline) + Self.paragraph("Two.", use)
          + Self.paragraph("Three.", first) + Self.paragraph("Four.", first)
          + Self.paragraph("Five.", "<w:pStyle w:val=\"X\"/>"))
      let styles = Self.part(
        "styles", "<w:style w:styleId=\"X\"><w:pPr>\(outline)</w:pPr></w:style>")
      let document = try Self.read(parts: [
        "word/document.xml": body, "word/numbering.xml": numbering, "word/styles.xml": styles,
      ])
      for word in ["One.", "Two.", "Three.", "Four.", "Five."] {
        #expect(document.text.contains(word))
      }
    }
  }
}
