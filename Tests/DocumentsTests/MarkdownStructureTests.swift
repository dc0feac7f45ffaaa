import Testing

@testable import Documents

struct MarkdownStructureTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let source: String
    let headings: [String]
    var testDescription: String { source.debugDescription }
  }

  @Test(arguments: [
    Row(source: "# One\ntext\n## Two ##\n### Three#\n", headings: ["1 One", "2 Two", "3 Three#"]),
    Row(source: "#One\n####### Seven\n    # code\n#\n# \n", headings: []),
    Row(source: "   # Indented\n###### Six\n", headings: ["1 Indented", "6 Six"]),
    Row(source: "```\n# code\n~~~\n# code\n```\n# After", headings: ["1 After"]),
    Row(source: "~~~~\n# code\n~~~\n# code\n~~~~\n# After", headings: ["1 After"]),
    Row(source: "Title\n=====\n\nPart\n---\ntext", headings: ["1 Title", "2 Part"]),
    Row(source: "a paragraph\nof two lines\n---\ntext", headings: []),
    Row(source: "---\n\ntext\n\n---\n", headings: []),
    Row(source: "# Unclosed\n```\n# code\n", headings: ["1 Unclosed"]),
  ])
  func findsHeadings(row: Row) throws {
    let document = try DocumentFixture.read(row.source, "a.md")
    #expect(document.type == .markdown)
    #expect(document.headings.map { "\($0.level) \($0.title)" } == row.headings)
    for heading in document.headings {
      #expect(DocumentFixture.slice(document, heading.byteRange).contains(heading.title))
    }
  }

  @Test func titleComesFromFrontMatterThenHeading() throws {
    let front = try DocumentFixture.read(
      "---\ntitle: \"The Weir\"\ndate: 2025\n---\n# Heading\n", "a.md")
    #expect(front.title == "The Weir")
    #expect(front.headings.map(\.title) == ["Heading"])
    #expect(try DocumentFixture.read("## Two\n# One\n", "a.md").title == "One")
    #expect(try DocumentFixture.read("---\nno front matter\n", "a.md").title == nil)
  }

  @Test func plainTextKnowsOnlyUnderlinedHeadings() throws {
    let source = "House rules\n===========\n\n# not a heading\n\nshort\n--------------------\n"
    let document = try DocumentFixture.read(source, "a.txt")
    #expect(document.headings.map(\.title) == ["House rules"])
    #expect(document.type == .text)
  }

  @Test func plainTextHeadingsByPlace() throws {
    let prose = "A paragraph that is long enough to be one, with a full stop at its end.\nSo.\n"
    let source = """
      ASPER HUT: PLAN

      1. Radio

      \(prose)
      2.1 Spare battery

      \(prose)
      Dear Mr. Hale,

      \(prose)
      later life

      \(prose)
      This is a sentence.

      \(prose)
      Edda Halvorsen
      """
    let document = try DocumentFixture.read(source, "a.txt")
    #expect(
      document.headings.map { "\($0.level) \($0.title)" }
        == ["1 ASPER HUT: PLAN", "2 1. Radio", "3 2.1 Spare battery"])
    #expect(document.title == "ASPER HUT: PLAN")
  }
}
