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
    let reader = DOCXReader(path: "a.docx", limits: DocumentLimits()) { name in
      switch name {
      case "word/document.xml": Array(document.utf8)
      case "word/styles.xml": styles.map { Array($0.utf8) }
      default: nil
      }
    }
    return try reader.read(mainPart: "word/document.xml")
  }

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
}
