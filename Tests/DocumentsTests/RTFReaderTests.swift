import Testing

@testable import Documents

/// Rich Text: styles, code pages, lists, tables, notes, and what is not shown.
@Suite struct RTFReaderTests {
  @Test func theTextIsThatOfTheProgram() throws {
    let document = try DocumentReader().read(path: DocumentFixture.path("lease.rtf"))
    #expect(document.type == .rtf)
    #expect(document.title == "The lease of the mill")
    #expect(
      document.text == """
        The lease

        The rent is 900 € a month, due on the 3rd. Café.

        Note: Paid to the bank.

        Repairs

        1. The landlord repairs the roof.
        2. The tenant repairs the windows.

        Klíč ключ 🙂 link

        Room: Mill | Area: 120 m²

        The end.
        """)
    #expect(document.headings.map(\.level) == [1, 2])
    #expect(document.warnings == ["left out: 2 words of hidden text"])
  }

  @Test(arguments: [
    (#"{\rtf1 a\'e9b}"#, "aéb"), (#"{\rtf1\ansicpg1251 \'e0}"#, "а"),
    (#"{\rtf1\uc0\u233 x}"#, "éx"),
    (#"{\rtf1\uc2\u233??x}"#, "éx"), (#"{\rtf1 a\~b\_c\-d}"#, "a b\u{2011}cd"),
    (#"{\rtf1 \{x\}\\}"#, #"{x}\"#), (#"{\rtf1 a\b0 b}"#, "ab"),
    (#"{\rtf1{\v x}y\v z\v0 w}"#, "yw"),
    (#"{\rtf1 \ldblquote a\rdblquote\emdash b}"#, "“a”—b"), (#"{\rtf1\mac \'8e}"#, "é"),
    (#"{\rtf1{\fonttbl{\f1\fcharset128 M;}}\f1 \'93\'fa\'96\'7b}"#, "日本"),
    (#"{\rtf1 a{\*\x b{c}}d}"#, "ad"), (#"{\rtf1 a\line b}"#, "a b"),
    ("{\\rtf1 one\\\ntwo}", "one\n\ntwo"),
    (#"{\rtf1 open"#, "open"),
    (#"{\rtf1 10{\super 6} H{\sub 2}O 10\super -3\nosupersub m}"#, "10^6 H₂O 10^-3m"),
    (#"{\rtf1 a{\strike b}\strike c\strike0 d}"#, "ad"),
    (#"{\rtf1 a}}}b"#, "ab"),
    // Fragments of tables, as clipboards have them, without \row.
    (#"{\rtf1 Fax\cell Phone\cell }"#, "Fax | Phone"),
    (#"{\rtf1\trowd\intbl Fax\cell 12"#, "Fax | 12"),
    (#"{\rtf1\trowd\intbl Fax\cell 12\cell\pard After.\par}"#, "Fax | 12\n\nAfter."),
  ])
  func piecesOfTheGrammar(file: String, text: String) throws {
    #expect(try DocumentFixture.read(file, "a.rtf").text == text)
  }

  @Test func endlessGroupsAreRefused() {
    let file = "{\\rtf1 " + String(repeating: "{", count: 50_000)
    #expect(throws: DocumentError.self) { try DocumentFixture.read(file, "a.rtf") }
  }
}
