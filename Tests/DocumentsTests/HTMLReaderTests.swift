import Testing

@testable import Documents

struct HTMLReaderTests {
  static func read(_ body: String) throws -> ExtractedDocument {
    try DocumentFixture.read("<!DOCTYPE html><html><body>\(body)</body></html>", "a.html")
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let html: String
    let text: String
    var testDescription: String { html }
  }

  @Test(arguments: [
    Row(html: "<p>One   two\n three</p><p>Four", text: "One two three\n\nFour"),
    Row(html: "A<br>B<br/>C", text: "A\nB\nC"),
    Row(html: "<b>bo</b>ld <i>it</i>alic", text: "bold italic"),
    Row(
      html: "5&nbsp;km &amp; &lt;3 &#8364; &euro; &#150; &unknown;",
      text: "5 km & <3 € € – &unknown;"),
    Row(html: "<ul><li>a<li>b</ul><p>c", text: "- a\n- b\n\nc"),
    Row(html: "<ol start=3><li>a<li><p>b</p></ol>", text: "3. a\n4. b"),
    Row(html: "<ul><li>a<ul><li>b</ul><li>c</ul>", text: "- a\n  - b\n- c"),
    Row(
      html:
        "<table><tr><th>Day<th>Price</tr><tr><td>Mon<br>Tue<td>5</tr><tr><td><td>7</tr></table>",
      text: "Day | Price\nMon Tue | 5\n| 7"),
    Row(
      html: "<table><tr><td><h2>Menu</h2>text<td><table><tr><td>a<td>b</table></table>",
      text: "Menu\n\ntext\n\na | b"),
    Row(html: "<pre>\nif x:\n    y\n\nz\n</pre>after", text: "if x:\n    y\n\nz\n\nafter"),
    Row(html: "a<script>alert(1)</script><style>p{}</style><nav>Home</nav>b", text: "ab"),
    Row(
      html: "<p>seen<p hidden>no<p style='DISPLAY : none'>no<p>also",
      text: "seen\n\nalso"),
    Row(html: "<dl><dt>Term<dd>Meaning</dl>", text: "Term\nMeaning"),
    Row(html: "co\u{AD}oper&shy;ate <!-- hidden --> x", text: "cooperate x"),
    Row(html: "a&#27;[31mb&#x9b;c\u{7}d", text: "a[31mb›cd"),
    Row(html: "<div>a</div><div>b</div><section>c</section>", text: "a\n\nb\n\nc"),
    Row(html: "<textarea>x</textarea><button>y</button>z", text: "z"),
  ])
  func readsAsText(row: Row) throws {
    let document = try Self.read(row.html)
    #expect(document.text == row.text)
    #expect(document.type == .html && document.sourceMap == nil)
  }

  @Test func findsTitleAndHeadings() throws {
    let page = """
      <html><head><title> The  Museum </title><style>h1{}</style></head><body>
      <h1>Ship <em>museum</em></h1><p>Text.</p><h2></h2><h3>Opening
      hours</h3>10 to 5</body></html>
      """
    let document = try DocumentFixture.read(page, "index.htm")
    #expect(document.title == "The Museum")
    #expect(
      document.headings.map { "\($0.level) \($0.title)" } == ["1 Ship museum", "3 Opening hours"])
    #expect(
      document.headings.map { DocumentFixture.slice(document, $0.byteRange) }
        == ["Ship museum", "Opening hours"])
    #expect(document.text == "Ship museum\n\nText.\n\nOpening hours\n\n10 to 5")
  }

  @Test func decodesByMarkContentAndDeclaration() throws {
    let reader = DocumentReader()
    let latin = Array("<html><body>Caf".utf8) + [0xE9] + Array("</body></html>".utf8)
    #expect(try reader.read(contents: latin, path: "a.html").text == "Café")
    let cyrillic =
      Array("<html><meta charset=\"windows-1251\"><body>".utf8)
      + [0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2] + Array("</body></html>".utf8)
    #expect(try reader.read(contents: cyrillic, path: "a.html").text == "Привет")
    // The declaration is wrong, the bytes are UTF-8.
    let wrong = "<html><meta charset='iso-8859-2'><body>Привет</body></html>"
    #expect(try DocumentFixture.read(wrong, "a.html").text == "Привет")
    let wide = TextEncodingTests.utf16(
      "<html><body>Grüße</body></html>", bigEndian: false, mark: true)
    #expect(try reader.read(contents: wide, path: "a.html").text == "Grüße")
  }

  @Test func survivesDeepNestingAndSaysSo() throws {
    let deep = "<p>before</p>" + String(repeating: "<div>", count: 100_000) + "deep"
    let document = try Self.read(deep)
    #expect(document.text.hasPrefix("before"))
    #expect(document.warnings.contains { $0.contains("depth") })
  }

  @Test(.timeLimit(.minutes(1))) func survivesHostilePages() throws {
    let pages = [
      String(repeating: "<a ", count: 50_000),
      String(repeating: "<table><tr><td>", count: 5_000),
      String(repeating: "&#", count: 100_000),
      "<!DOCTYPE html [<!ENTITY a \"" + String(repeating: "ha", count: 1_000) + "\">]><p>&a;&a;",
      "<html><p " + String(repeating: "a=1 ", count: 20_000) + ">x",
      "<p>\u{0}x", "<", "<!", "<!--", "<html", "<html><title>",
      "<!DOCTYPE html><p>&#xFFFFFFFF;&#x110000;&#xD800;&#0;x",
      "<html><body>" + String(repeating: "<b><i>", count: 20_000) + "x",
    ]
    for page in pages { _ = try? DocumentFixture.read(page, "a.html") }
  }

  @Test func loadsNothing() throws {
    let page = """
      <!DOCTYPE html SYSTEM "file:///etc/passwd"><html><body>
      <iframe src="file:///etc/passwd"></iframe><object data="file:///etc/passwd"></object>
      <p>only this</p></body></html>
      """
    #expect(try DocumentFixture.read(page, "a.html").text == "only this")
  }
}
