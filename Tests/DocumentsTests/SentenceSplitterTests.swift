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
    ["It carries nine tonnes.¹", "It was painted in 1988.²ⁱ", "And so on."],
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

  /// Abbreviations, ordinals and numbers, by language.
  ///
  /// The kinds of cases are those of the public golden
  /// rules of pragmatic_segmenter; the sentences are our own.
  @Test(arguments: [
    // English
    ["The bridge was opened by Gov. Ada Lund in June 1931.", "It is 400 m long."],
    ["Sen. Holt and Rep. Marsh met Lt. Col. Reed on Mt. Egmont."],
    ["See No. 7 on p. 12 and fig. 3.", "The rest is in vol. 2."],
    ["Did he say no?", "He said no.", "They left."],
    ["She lives on Oak St.", "Her brother does not."],
    ["He works for the U.S. Coast Guard.", "They pay well."],
    ["The firm is Dockside Ltd.", "The yard closed in Jan. 1980."],
    ["The boat sat.", "Everyone looked at the sun.", "Nobody moved."],
    ["Bring rope, lamps, etc. and a map.", "Then go."],
    ["The price rose to $3.50.", "It fell in 1931.", "Rooms 12 and 14."],
    ["We turn left at 12.", "The next stop is far."],
    // German
    ["Die Miete ist jeweils am 3. Mai fällig und beträgt 900 Euro.", "Sie steigt nie."],
    ["Sie ist am 3. Werktag fällig.", "Er kam am 12.", "Danach ging er."],
    ["Der Neubau kostete 14,5 Mio. Euro.", "Er dauerte im 19. Jahrhundert lange."],
    ["Der Weg dauert 20 Min. Gehzeit bzw. 2 Std. Fahrt, d. h. nicht lang."],
    ["Das steht in Art. 5 Abs. 2 und auf S. 7.", "Mehr nicht."],
    ["Frau Dr. Weiß wohnt in der 2. Etage.", "Die 3. Tür ist es."],
    // French, Spanish, Italian, Portuguese
    ["M. Roux et Mme. Petit arrivent env. à midi.", "Ils partent tard."],
    ["Voir p. 5 et chap. 3.", "C'est tout."],
    ["El Sr. Ruiz vive en la Avda. Norte núm. 5.", "La Sra. Gil no."],
    ["Il sig. Rossi vive qui.", "La dott.ssa Bianchi no."],
    ["O Exmo. Silva mora aqui.", "A Sra. Costa não."],
    // Dutch, Danish, Swedish, Polish, Czech, Russian
    ["Dhr. Bakker woont op blz. 5, bijv. hier.", "Mevr. Smit niet."],
    ["Mødet er den 3. Maj kl. 14.", "Det er gratis."],
    ["Mötet hålls den 5. Juni, t.ex. ute.", "Alla får komma."],
    ["Cena to 5 tys. Zł, np. tutaj.", "Ul. Długa 5 jest daleko."],
    ["Sejdeme se 3. Května v Praze.", "Bude hezky."],
    ["Население 5 млн. Человек, т.е. много.", "Это всё."],
  ])
  func abbreviationsAndOrdinals(sentences: [String]) {
    #expect(Self.split(sentences.joined(separator: " ")) == sentences)
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
