import Testing

@testable import Documents

struct SentenceSplitterTests {
  static func split(_ text: String) -> [String] {
    let bytes = Array(text.utf8)
    return SentenceSplitter(bytes).sentences(in: 0..<bytes.count).map {
      String(decoding: bytes[$0], as: UTF8.self)
    }
  }

  @Test(arguments: [
    ["One ends here.", "Two begins."],
    ["Is it?", "Yes!", "Good…", "Then go."],
    ["She said \"Stop.\"", "He stopped (at last.)", "Fine."],
    ["Mr. Hale met Dr. J. R. Brook at 3.5 km, e.g. near St. Anne."],
    ["Open from 9 a.m. to 5 p.m. daily, incl. Sunday."],
    ["It closes at 5 p.m.", "Then the gate is locked."],
    ["Version 2.14.1 of example.org is out."],
    ["1. Turn the key.", "2. Wait ten seconds."],
    ["Das kostet ca. 5 Euro, z.B. im Laden.", "Ja."],
    ["これは文です。", "次の文です！", "本当？", "はい"],
    ["यह पहला है।", "यह दूसरा है।"],
    ["Nothing ends here and nothing begins"],
    ["wait... what happened?!", "Nobody knows."],
  ])
  func splits(sentences: [String]) {
    let separator = sentences.count > 1 && sentences[0].hasSuffix("。") ? "" : " "
    #expect(Self.split(sentences.joined(separator: separator)) == sentences)
  }

  @Test func keepsEveryVisibleCharacter() {
    var random = SeededGenerator(seed: 11)
    let pieces = [
      "a", "B", ". ", "! ", "。", "…", "\"", ")", " ", "\n", "é", "3", ".", "Dr", "e.g.",
    ]
    for _ in 0..<2_000 {
      let text = (0..<Int.random(in: 0...40, using: &random))
        .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      let kept = Self.split(text).joined().filter { !" \n".contains($0) }
      #expect(kept == text.filter { !" \n".contains($0) })
    }
  }
}
