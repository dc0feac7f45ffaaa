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
    // Elements left open inside others, and elements that HTML 4 does not know.
    Row(html: "<nav><div><a href=x>Home</a></nav><p>text", text: "text"),
    Row(html: "<button><div>Go</button><p>text", text: "text"),
    Row(html: "<noscript><div>No</noscript><p>text", text: "text"),
    Row(html: "<iframe><p></iframe><p>text", text: "text"),
    Row(html: "<template><div><p>x</template><p>text", text: "text"),
    Row(html: "<textarea><b>x</textarea><p>text", text: "text"),
    Row(html: "<embed src=x>text<p>more", text: "text\n\nmore"),
    Row(html: "<p>a<nav><ul><li><a href=x>b</a></ul><p>c</nav>d", text: "a\n\nd"),
    // Programs and marks for old browsers.
    Row(html: "<script/>var a = \"b\"; </script>text", text: "text"),
    Row(html: "<script><!-- <script> x </script> --></script>text", text: "text"),
    Row(html: "<![if !IE]>a<![endif]><![CDATA[b]]>c", text: "ac"),
    Row(html: "<style><p>x</style/>a<title>t</title>b", text: "ab"),
    // Buttons.
    Row(html: "<h3><button>Is it open?</button></h3><p>Yes.", text: "Is it open?\n\nYes."),
    Row(
      html: "<button aria-expanded=false>Fees</button><div>5 crowns</div>",
      text: "Fees\n\n5 crowns"),
    Row(html: "<form>Name <button>Send the form now</button></form>a", text: "Name\n\na"),
    Row(html: "<summary><button>More</button></summary>b", text: "More\n\nb"),
    // Ruby, struck text, references.
    Row(html: "<ruby>図書館<rp>(<rt>としょかん<rp>)</ruby>は", text: "図書館は"),
    Row(html: "<ruby>開<rtc><rt>あ</rtc></ruby>きます", text: "開きます"),
    Row(html: "Fee <s>9</s> <del>8</del> <strike>7</strike> <ins>6</ins>", text: "Fee 6"),
    Row(html: "<span style='text-decoration:line-through'>9</span>6", text: "6"),
    Row(html: "&hellip;&apos;&nvap;&check;&copy2026 &notit; &lt", text: "…'≍⃒✓©2026 ¬it; <"),
    Row(html: "<a title='a&copy=b'>x</a>&#x1F600;&#128;", text: "x😀€"),
    // Superscripts and subscripts.
    Row(html: "3 × 10<sup>6</sup> cells, 10<sup>-3</sup>", text: "3 × 10^6 cells, 10^-3"),
    Row(html: "H<sub>2</sub>O and x<sub>max</sub>", text: "H₂O and x_max"),
    Row(html: "5 m<sup>2</sup>, 2<sup>n+1</sup>, 1<sup>st</sup>", text: "5 m², 2^(n+1), 1st"),
    Row(
      html: "built in 1988<sup><a href='#f1'>3</a></sup>. Then<sup>[4]</sup>",
      text: "built in 1988 ³. Then ⁴"),
    Row(html: "The end.<sup>12</sup> Next", text: "The end.¹² Next"),
    Row(html: "<p>a<sup>2<p>b", text: "a²\n\nb"),
    Row(
      html: "<math><mfrac><mi>a</mi><mrow><mi>b</mi><mo>+</mo><mn>1</mn></mrow></mfrac></math>!",
      text: "a/(b+1)!"),
    Row(html: "<math><msup><mi>x</mi><mn>2</mn></msup></math> y", text: "x^2 y"),
    // Cells that span rows and columns.
    Row(
      html:
        "<table><tr><th>Day<th>Hour<th>Class<tr><td rowspan=2>Mon<td>9<td>Yoga<tr><td>10<td>Choir"
        + "</table>",
      text: "Day | Hour | Class\nMon | 9 | Yoga\nMon | 10 | Choir"),
    Row(
      html:
        "<table><tr><th>Boat<th colspan=2>Fare<tr><td>A<td>1<td>2<tr><td colspan=3>No dogs</table>",
      text: "Boat | Fare | Fare\nA | 1 | 2\nNo dogs"),
    Row(
      html: "<table><tr><td>a<td rowspan=2>b<tr><td>c<tr><td>d<td>e</table>",
      text: "a | b\nc | b\nd | e"),
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
    #expect(document.text.hasSuffix("deep"))
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

  @Test func hiddenTextIsReadOnlyIfThePageCanShowIt() throws {
    let script = "<script>document.getElementById('rest').style.display = 'block'</script>"
    let shown = [
      "<div id=rest style='display:none'>more</div>" + script,
      "<div id=rest hidden>more</div><a href='#rest'>Read on</a>",
      "<div id=tab1 style='visibility: hidden'>more</div><b aria-controls='tab0 tab1'>1</b>",
      "<div role=tabpanel hidden>more</div>",
      "<div id=rest style='display:none'>more</div><a onclick=\"show('rest')\">Read on</a>",
      "<div class='b more' style='display:none'>more</div><script>$('.more').show()</script>",
    ]
    for body in shown {
      let document = try Self.read("<p>start</p>" + body)
      #expect(document.text.contains("more"), "\(body)")
    }
    let hidden = try Self.read("<p>start<p id=resting hidden>two words</p>" + script)
    #expect(hidden.text == "start")
    #expect(hidden.warnings == ["left out: 2 words of hidden text"])
    #expect(hidden.leftOut.description == "2 words of hidden text")
  }

  @Test func theMainContentIsReadAndTheRestCounted() throws {
    let links = (1...8).map { "<li><a href=\($0)>Other page \($0)</a>" }.joined()
    let prose = String(repeating: "The harbour opens at eight and closes at ten. ", count: 20)
    let page =
      "<nav><ul>\(links)</ul></nav><div class=cookie-banner>We use cookies.</div>"
      + "<main><p>\(prose)</p><ul>\(links)</ul></main>"
      + "<div class=sidebar><ul>\(links)</ul></div><footer>Call 555 0134 or write.</footer>"
    let document = try Self.read(page)
    #expect(document.text.hasPrefix("The harbour"))
    // Links inside the main content stay, and so does a footer with an address.
    #expect(document.text.contains("- Other page 8") && document.text.hasSuffix("or write."))
    #expect(
      document.leftOut.description
        == "24 words of navigation, 27 words of blocks beside the main content")
    // What is left out of most pages is not a warning for each of them.
    #expect(document.warnings.isEmpty)
    // A page that is a list of links by purpose is read.
    let directory = try Self.read("<ul>" + String(repeating: links, count: 10) + "</ul>")
    #expect(directory.text.hasPrefix("- Other page 1"))
  }

  @Test func anUnclosedElementThatSwallowsTextIsSaid() throws {
    for tag in ["iframe", "noscript", "textarea", "!--"] {
      let document = try Self.read(
        "<p>start</p>\n<\(tag)" + (tag == "!--" ? "" : ">") + "the rest of the page <p>and more")
      #expect(document.text == "start")
      let name = tag == "!--" ? "comment" : tag
      #expect(document.warnings.first?.hasPrefix("the \(name) that begins on line 2") == true)
    }
  }

  @Test func citesTheLinesOfTheFile() throws {
    let body = (1...40).map { "<p>Line \($0) says a few words about boats.</p>" }
    let page = "<html><body>\n" + body.joined(separator: "\n\n") + "</body></html>"
    let document = try DocumentFixture.read(page, "a.html")
    let chunks = Chunker(maximumTokenCount: 100, measure: ChunkerTests.words).chunks(of: document)
    #expect(chunks.count > 3)
    for chunk in chunks {
      let numbers = chunk.text.split(separator: "\n").compactMap {
        Int($0.split(separator: " ").dropFirst().first ?? "")
      }
      #expect(chunk.lineRange.lowerBound == 2 * (numbers.first ?? 0))
      #expect(chunk.lineRange.upperBound == 2 * (numbers.last ?? 0))
    }
  }
}
