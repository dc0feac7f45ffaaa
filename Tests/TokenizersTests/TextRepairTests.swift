import Testing

@testable import Tokenizers

/// The repairs of `ftfy.fix_text`, one example each; clip_token_ids.py compares thousands.
@Suite struct TextRepairTests {
  private func repaired(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for value in TextRepair.repaired(text.unicodeScalars.map(\.value)) {
      if let scalar = Unicode.Scalar(value) { result.append(scalar) }
    }
    return String(result)
  }

  /// Most are ftfy's own examples.
  @Test(arguments: [
    ("âœ” No problems", "✔ No problems"), ("sÃ³", "só"), ("voilÃ le travail", "voilà le travail"),
    ("Ã quele", "àquele"), ("â€œ like this â€\u{FFFD}", "\" like this \u{FFFD}"),
    ("&macr;\\_(ã\u{83}\u{84})_/&macr;", "¯\\_(ツ)_/¯"),
    ("Broken text&hellip; it&#x2019;s ﬂubberiﬁc!", "Broken text… it's flubberific!"),
    ("ＬＯＵＤ　ＮＯＩＳＥＳ", "LOUD NOISES"), ("Ｕﾀｰﾝ", "Uターン"), ("P&EACUTE;REZ", "PÉREZ"),
    ("BUNDESSTRA&SZLIG;E", "BUNDESSTRASSE"), ("&nTILDE;", "&nTILDE;"), ("&#12a;", "&#12a;"),
    ("<b> &amp;", "<b> &amp;"), ("\u{1B}[36;44mblue\u{1B}[0m", "blue"), ("a\r\nb\rc", "a\nb\nc"),
    ("a\u{0}b\u{FEFF}", "ab"), ("e\u{301}", "é"), ("plain text stays", "plain text stays"),
    ("naïve café – “quoted”", "naïve café – \"quoted\""),
  ])
  func examples(_ text: String, _ expected: String) {
    #expect(repaired(text).unicodeScalars.elementsEqual(expected.unicodeScalars))
  }

  /// A reference after a line with markup is left alone as well.
  @Test func markupEndsTheUnescaping() {
    #expect(repaired("&amp;\n<p>\n&amp;") == "&\n<p>\n&amp;")
  }

  /// A cost that grows with the square of the text would take minutes here.
  @Test func hostileTextTakesLinearTime() {
    let text = String(repeating: "Ã©&amp;amp;", count: 20_000)
    #expect(repaired(text).unicodeScalars.count == 40_000)
  }
}
