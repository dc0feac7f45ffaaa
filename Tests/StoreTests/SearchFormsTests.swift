import Foundation
import Testing

@testable import Store

/// Words in other scripts and in other forms are found by keyword.
@Suite struct SearchFormsTests {
  @Test(arguments: [
    ("plain ASCII text", "plain ASCII text"),
    ("co\u{AD}opera\u{AD}tive zero\u{200B}width \u{FEFF}mark", "cooperative zerowidth mark"),
    ("The \u{FB01}nance o\u{FB03}ce, \u{FB02}oor", "The finance office, floor"),
    ("ＡＢＣ１２３ ｶﾞ", "ABC123  ガ "), ("Cafe\u{301} m² H₂O", "Caf\u{E9} m2 H2O"),
    ("Straße", "Strasse"), ("مُحَمَّد ـــ إدارة", "محمد  ادارة"),
    ("图书馆", " 图书 书馆 馆 "), ("在a馆", " 在 a 馆 "), ("도서관은", " 도서 서관 관은 은 "),
    ("ไทย", " ไทย ทย ย "), ("、図書。", "、 図書 書 。"),
    // A mark of a language means nothing in a text.
    ("\u{F704}haus", " haus"),
  ])
  func foldsForms(text: String, folded: String) {
    #expect(Array(SearchForms.folded(text).unicodeScalars) == Array(folded.unicodeScalars))
  }

  @Test func encodersGetPlainLetters() {
    let text = "The \u{FB01}nance o\u{FB03}ce, co\u{AD}operative ＡＢ"
    #expect(SearchForms.plainLetters(text) == "The finance office, cooperative AB")
    let kept = "Straße, naïve e\u{301}, 2² — “quoted” 图书馆"
    #expect(Array(SearchForms.plainLetters(kept).utf8) == Array(kept.utf8))
  }

  @Test func groupsOfAQueryHaveNoEnd() {
    #expect(SearchForms.words(of: "图书馆 opens, Ünï") == ["图书", "书馆", "opens", "ünï"])
    #expect(SearchForms.words(of: "药") == ["药"])
  }

  @Test(arguments: [
    ("der die das ist nicht", LanguageGuess.Result.other(.german)),
    ("the of and is", .english), ("le la les des est", .other(.french)),
    ("el los que una por", .other(.spanish)), ("invoice number 7", .unknown), ("", .unknown),
  ])
  func guessesLanguages(text: String, expected: LanguageGuess.Result) {
    let words = text.split(separator: " ").map(String.init)
    #expect(LanguageGuess.language(of: words, leastCount: 2) == expected)
  }

  @Test(arguments: [
    ("häuser", Language.german, "haus"), ("книгами", .russian, "книг"),
    ("maisons", .french, "maison"), ("casas", .spanish, "cas"), ("", .german, ""),
  ])
  func stemsWords(word: String, language: Language, stem: String) {
    #expect(Stemmer.stem(word, language) == stem)
  }

  /// Every language has a stemmer in the library: otherwise `stem` returns the word itself.
  @Test func everyLanguageHasAStemmer() {
    for language in Language.allCases { #expect(Stemmer.isAvailable(language)) }
  }

  private static let texts = [
    "/en": "The opening hours of the library are posted at the door.",
    "/lig": "The \u{FB01}nance o\u{FB03}ce is on the second \u{FB02}oor.",
    "/shy": "The co\u{AD}opera\u{AD}tive sells eggs on Fridays.",
    "/zh": "图书馆每周一关闭。借书期限为三个星期。这种药每天吃两次。",
    "/ja": "図書館は月曜日に休みです。", "/ko": "도서관은 월요일에 문을 닫습니다.",
    "/th": "ห้องสมุดปิดทุกวันจันทร์",
    "/de": "Die Wohnungen in den alten Häusern sind für die Mieter nicht zu teuer.",
    "/fr": "Les locataires des maisons ne sont pas dans la ville pour les vacances.",
    "/ru": "Библиотека закрыта по понедельникам, читатели возвращают книги в ящик.",
    "/ar": "المكتبة مغلقة يوم الاثنين والكتب تعاد إلى الصندوق.",
    "/nfd": "Der Cafe\u{301}-Besitzer heißt Mu\u{308}ller.", "/wide": "Ｔｏｔａｌ　４２ ﾃﾞｰﾀ",
  ]

  @Test(arguments: [
    ("library", "/en"), ("finance", "/lig"), ("office", "/lig"), ("floor", "/lig"),
    ("cooperative", "/shy"), ("co\u{AD}operative", "/shy"), ("图书馆几点开门", "/zh"), ("借书", "/zh"),
    ("药", "/zh"), ("次", "/zh"), ("図書館", "/ja"), ("도서관", "/ko"), ("월요일", "/ko"),
    ("ห้องสมุด", "/th"), ("วันจันทร์", "/th"), ("Wohnung", "/de"), ("Haus", "/de"),
    ("Wie teuer ist ein Haus?", "/de"), ("locataire", "/fr"), ("une maison", "/fr"),
    ("понедельник", "/ru"), ("книга", "/ru"), ("مكتبة", "/ar"),
    ("caf\u{E9}", "/nfd"),
    ("Müller", "/nfd"), ("heisst", "/nfd"), ("total", "/wide"), ("42", "/wide"), ("データ", "/wide"),
  ])
  func findsWords(question: String, path: String) throws {
    let folder = try TemporaryFolder()
    let index = try IndexStore.create(path: folder.file("i.db"), identity: smallIdentity)
    for (path, text) in Self.texts.sorted(by: { $0.key < $1.key }) {
      try store([text], at: path, in: index)
    }
    let found = try index.search(SearchQuery(text: question, mode: .keyword, limit: 3))
    #expect(found.first?.citation.path == path)
    // Deletion finds all entries of the text index again.
    try index.removeDocuments(paths: [path])
    #expect(try index.verify().problems == [])
    let left = try index.search(SearchQuery(text: question, mode: .keyword, limit: 3))
    #expect(!left.contains { $0.citation.path == path })
  }

  /// English passages have no tokens that FTS5's own tokenizer would not make.
  @Test func englishIsSearchedAsBefore() throws {
    let folder = try TemporaryFolder()
    let index = try IndexStore.create(path: folder.file("i.db"), identity: smallIdentity)
    let text = "The cats were running over the roofs, and nobody stopped them; it cost 3.50 crowns."
    try store([text], at: "/a", in: index)
    try index.executeForTesting(
      """
      CREATE VIRTUAL TABLE plain USING fts5(text, tokenize='porter unicode61 remove_diacritics 2');
      CREATE VIRTUAL TABLE plainTerms USING fts5vocab('plain', 'row');
      CREATE VIRTUAL TABLE terms USING fts5vocab('chunkText', 'row');
      INSERT INTO plain(text) VALUES ('\(text)'), ('Part 0');
      """)
    let sql = "SELECT term || ' ' || cnt FROM "
    #expect(
      try index.rowsForTesting(sql + "terms ORDER BY term")
        == index.rowsForTesting(sql + "plainTerms ORDER BY term"))
  }

  /// An index of schema 3 has the old tokenizer; after its migration it finds the same as a new one.
  @Test func anIndexOfSchema3FindsThemAfterItsMigration() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("i.db")
    do {
      let index = try IndexStore.create(path: path, identity: smallIdentity)
      for (path, text) in Self.texts { try store([text], at: path, in: index) }
      try index.executeForTesting(
        """
        DROP TABLE chunkText;
        CREATE VIRTUAL TABLE chunkText USING fts5(
          title, heading, text, content='searchableChunk', content_rowid='id',
          tokenize='porter unicode61 remove_diacritics 2');
        INSERT INTO chunkText(chunkText) VALUES ('rebuild');
        DROP TABLE recording;
        DROP TABLE transcript;
        ALTER TABLE chunk DROP COLUMN place;
        PRAGMA user_version = 3;
        """)
      #expect(try index.search(SearchQuery(text: "借书", mode: .keyword)).isEmpty)
      try index.close()
    }
    let index = try IndexStore.open(path: path, mode: .readWrite)
    #expect(try index.search(SearchQuery(text: "借书", mode: .keyword)).count == 1)
    #expect(try index.verify().problems == [])
  }
}
