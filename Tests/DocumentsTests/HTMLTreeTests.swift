import Foundation
import Testing

@testable import Documents

/// Tree construction against cases of the public html5lib tests.
///
/// The fixture is made by Tests/Reference/html5lib_cases.py. Comments, document types and attributes
/// are not compared, because the tree does not keep them.
struct HTMLTreeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let input: String
    let tree: [String]
    var testDescription: String { input }
  }

  static let cases: [Case] = {
    let path = DocumentFixture.path("html5lib.json")
    guard let data = FileManager.default.contents(atPath: path),
      let rows = try? JSONDecoder().decode([[String]].self, from: data)
    else { return [] }
    return rows.map { Case(input: $0[0], tree: Array($0.dropFirst())) }
  }()

  @Test func hasCases() { #expect(Self.cases.count > 500) }

  @Test(arguments: cases)
  func buildsTheTreeOfBrowsers(_ case: Case) {
    #expect(Self.lines(of: `case`.input) == `case`.tree)
  }

  /// The tree as html5lib prints it: an element or a text a line, two spaces for each level.
  static func lines(of input: String) -> [String] {
    let page = HTMLPage(Array(input.utf8))
    var lines: [String] = []
    var depth = -1
    var node = 0
    var text: [UInt8]?
    func flush() {
      if let text {
        lines.append(
          String(repeating: "  ", count: depth) + "\"\(String(decoding: text, as: UTF8.self))\"")
      }
      text = nil
    }
    while true {
      let current = page.nodes[node]
      if current.kind == .text {
        text = (text ?? []) + page.text[page.nodes.range(node)]
      } else if current.kind == .element {
        flush()
        let prefix = ["", "svg ", "math "][Int(current.namespace.rawValue)]
        lines.append(
          String(repeating: "  ", count: depth) + "<\(prefix)\(page.nodes.name(node))>")
      }
      if let child = page.nodes.firstChild(node) {
        depth += 1
        node = child
        continue
      }
      while page.nodes.next(node) == nil {
        flush()
        guard let parent = page.nodes.parent(node) else { return lines }
        depth -= 1
        node = parent
      }
      guard let next = page.nodes.next(node) else { return lines }
      node = next
    }
  }

  /// Every page ends, in time and memory that grow with its size.
  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      "<div>", "<b>", "<b><p>", "<a>", "<table>", "<table><tr><td>", "<i><table>", "</p>", "<svg>",
      "<template>", "<li>", "<select>", "<ruby><rt>", "<!--", "<script>", "&", "<math><mi><b>",
      "<table><b>x", "<form><button>", "</br>", "<nobr>", "<dd><dt>",
    ])
  func hostileRepetitionsEnd(piece: String) {
    let page = HTMLPage(Array(String(repeating: piece, count: 20_000).utf8))
    #expect(page.nodes.count < 3_000_000)
  }

  @Test func distinctFormattingElementsDoNotMultiply() {
    let page = (0..<20_000).map { "<font size=\($0)><p>" }.joined()
    #expect(HTMLPage(Array(page.utf8)).nodes.count < 3_000_000)
  }

  @Test func textKnowsItsLine() throws {
    let page = "<p>one\ntwo</p>\n\n<!-- a\nb -->\n<p>three <b>four</b>"
    let document = try DocumentFixture.read("<html>" + page, "a.html")
    #expect(document.text == "one two\n\nthree four")
    let offsets = [0, 4, 9, 15].map { document.sourceLines?.line(at: $0) }
    #expect(offsets == [1, 2, 6, 6])
  }
}
