import Testing

@testable import Documents

/// Source code and reStructuredText: the file's own text, with headings.
@Suite struct SourceTextTests {
  private func titles(_ text: String, _ name: String) throws -> [String] {
    try DocumentFixture.read(text, name).headings.map { "\($0.level) \($0.title)" }
  }

  @Test func declarationsOfSwift() throws {
    let text = """
      import Bytes

      /// A lamp.
      public struct Lamp {
        let height = 3

        /// Lights it.
        @discardableResult
        public static func light(_ hours: Int) -> Bool {
          if hours > 3 { return false }
          return true
        }

        init(height: Int) {}
      }
      """
    #expect(
      try titles(text, "a.swift") == [
        "1 public struct Lamp", "2 public static func light(_ hours: Int) -> Bool",
        "2 init(height: Int) {}",
      ])
    // The comment belongs to what it describes.
    let document = try DocumentFixture.read(text, "a.swift")
    #expect(
      DocumentFixture.slice(document, document.headings[0].byteRange).hasPrefix("/// A lamp."))
    #expect(document.textIsSourceBytes)
  }

  @Test func declarationsOfOtherLanguages() throws {
    #expect(
      try titles(
        "class Boat:\n    # doc\n    async def sail(self):\n        return 1\n\ndef row(n):\n  pass\n",
        "a.py")
        == ["1 class Boat", "2 async def sail(self)", "1 def row(n)"])
    #expect(
      try titles(
        "static int area(struct box b)\n{\n  while (x) {\n  }\n  return f(b);\n}\n\nint decl(void);\n",
        "a.c")
        == ["1 static int area(struct box b)"])
    #expect(
      try titles(
        "export const go = async (x) => {\n  if (x) {\n  }\n};\nfunction stop() {\n}\n", "a.ts")
        == ["1 export const go = async (x) =>", "1 function stop()"])
    #expect(
      try titles("pub(crate) fn go() {}\nimpl<T> Boat {\n    fn row() {}\n}\n", "a.rs")
        == ["1 pub(crate) fn go() {}", "1 impl<T> Boat", "2 fn row() {}"])
    #expect(
      try titles("func (b *Boat) Sail() {\n}\ntype Boat struct {\n}\n", "a.go")
        == ["1 func (b *Boat) Sail()", "1 type Boat struct"])
    #expect(
      try titles("-- boats\nCREATE TABLE boat (id INT);\n", "a.sql") == [
        "1 CREATE TABLE boat (id INT);"
      ])
    #expect(try titles("greet() {\n  echo hi\n}\nif [ x ]; then\nfi\n", "a.sh") == ["1 greet()"])
  }

  @Test func functionsStayTogether() throws {
    let body = (0..<12).map { "    total = total + values[\($0)] * \($0)\n" }.joined()
    let functions = (0..<6).map {
      "# Adds part \($0).\ndef part\($0)(values):\n    total = 0\n" + body
    }
    let document = try DocumentFixture.read(functions.joined(separator: "\n"), "a.py")
    let chunks = Chunker(maximumTokenCount: 300, measure: ChunkerTests.words).chunks(of: document)
    #expect(chunks.count == 6)
    for (index, chunk) in chunks.enumerated() {
      #expect(chunk.text.hasPrefix("# Adds part \(index)."))
      #expect(chunk.heading == "def part\(index)(values)")
    }
  }

  @Test func titlesOfReStructuredText() throws {
    let text = """
      ===========
      The manual
      ===========

      Intro.

      Lamps
      -----

      Text. ::

          not a title
          -----------

      Wicks
      ~~~~~

      More
      -----
      """
    #expect(try titles(text, "a.rst") == ["1 The manual", "2 Lamps", "3 Wicks", "2 More"])
    #expect(try DocumentFixture.read(text, "a.rst").title == "The manual")
  }
}
