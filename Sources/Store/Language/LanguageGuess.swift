/// Recognises the language of a text in Latin letters by its most frequent function words.
///
/// Function words make up a third to a half of running text in each of these languages. A text with
/// too few of them has no language here, and its words are not stemmed.
package enum LanguageGuess {
  /// The language of a text.
  package enum Result: Sendable, Equatable {
    /// English, whose stemmer treats every text.
    case english
    case other(Language)
    /// Too few function words, or as many of two languages.
    case unknown
  }

  /// The most words of a text that are looked at.
  private static let wordLimit = 200

  /// The language with the most function words.
  ///
  /// - Parameters:
  ///   - words: in lower case.
  ///   - leastCount: how many words of a language are needed.
  /// - Returns: `unknown` if no language has that many, or two have equally many.
  package static func language(
    of words: some Sequence<String>, leastCount: Int
  ) -> Result {
    var counts = [Int](repeating: 0, count: languages.count)
    for word in words.prefix(wordLimit) {
      for index in languagesOfWord[word] ?? [] { counts[index] += 1 }
    }
    guard let most = counts.max(), most >= leastCount,
      counts.lazy.filter({ $0 == most }).count == 1, let index = counts.firstIndex(of: most)
    else { return .unknown }
    return languages[index].map(Result.other) ?? .english
  }

  /// nil is English.
  private static let languages: [Language?] = [nil] + Language.latin.map(Optional.some)

  private static let languagesOfWord: [String: [Int]] = {
    var table: [String: [Int]] = [:]
    for (index, language) in languages.enumerated() {
      let words = language.flatMap { functionWords[$0] } ?? english
      for word in words.split(separator: " ") { table[String(word), default: []].append(index) }
    }
    return table
  }()

  /// The function words of a language, question words included, as `SearchForms` folds them; empty
  /// for one that has no list.
  package static func stopWords(of language: Language) -> Set<String> {
    stopWordSets[language] ?? []
  }

  private static let stopWordSets = functionWords.merging(scriptFunctionWords) { own, _ in own }
    .mapValues { Set(SearchForms.words(of: $0)) }

  /// Function words of languages that are recognised by their script.
  private static let scriptFunctionWords: [Language: String] = [
    .arabic: """
    في من على إلى ما ماذا هو هي متى أين كيف كم لماذا هل هذا هذه التي الذي عن مع أو و أن كان كانت لا يتم
    """,
    .greek: """
    ο η το οι τα του της των τον την τους τις και να είναι ήταν σε με από για τι ποιος ποια ποιο ποιες \
    πότε πού πώς γιατί πόσο πόσα πόσοι που στο στη στην στον έχει θα δεν
    """,
    .hindi: """
    का की के है हैं था थे में से को ने क्या कब कहाँ कहां कौन कैसे कितना कितने कितनी क्यों और पर यह वह किस किसने
    """,
    .russian: """
    и в во на не что как где когда кто какой какая какое какие каком сколько почему зачем чем это с \
    со по из за для от до о об у к ли есть был была было были его её их он она они а но или же
    """,
  ]

  private static let english = """
    the of and to in is that it was for on with as are this be by at have not from or an but what \
    which when where who how why does did has were been can will would there their they you
    """

  /// Articles, pronouns, prepositions, conjunctions, auxiliaries and question words, by their rank in
  /// the frequency lists of the languages' Wikipedias and of Snowball's stop words; written for this
  /// table.
  static let functionWords: [Language: String] = [
    .danish: """
    og i jeg det at en den til er som på de med han af for ikke der var mig sig men et har om vi \
    hvad hvor hvornår hvem hvordan hvorfor kan skal vil blev efter denne eller fra ved mange
    """,
    .dutch: """
    de en van ik te dat die in een hij het niet zijn is was op aan met als voor had er maar om hem \
    dan zou of wat mijn wie waar wanneer hoe waarom welke kan deze worden wordt heeft bij ook naar \
    door werd hoeveel
    """,
    .finnish: """
    olla on ja se että hän ei oli joka mitä mikä missä milloin kuka miten miksi kuinka ovat niin \
    kun mutta myös tai jos sen hänen sekä ole onko paljonko monta
    """,
    .french: """
    le la les de des du un une et à en est que qui dans pour pas sur plus par avec au aux ce cette \
    il elle sont ne se quel quelle quels quelles quand où comment pourquoi combien quoi a été dont \
    ou mais leur nous vous son sa ses
    """,
    .german: """
    der die das und ist in den von zu mit sich auf für nicht ein eine einer einem einen des dem im \
    es auch als an nach wie wird bei aus sind was wer wo wann warum welche welcher welches wem wen \
    wieviel viel viele hat haben wurde werden kann muss oder aber zum zur um über ich wir sie er
    """,
    .hungarian: """
    a az és hogy nem is egy ez de van volt meg csak mint ha mi ki hol mikor miért hogyan mennyi \
    melyik milyen ezt azt vagy már lehet kell minden által
    """,
    .italian: """
    il lo la i gli le di e che un una in è per non con del della dei delle al alla da dal si come \
    sono più ha quale quali quando dove chi perché quanto quanta quanti cosa nel nella o ma anche \
    questo questa essere stato era
    """,
    .norwegian: """
    og i jeg det at en et den til er som på de med han av ikke der var meg seg men har om vi hva \
    hvor når hvem hvordan hvorfor kan skal vil ble etter denne eller fra ved mange dette
    """,
    .portuguese: """
    o a os as de e que um uma em é para não com do da dos das no na nos nas por se mais ao como \
    foi são qual quais quando onde quem porque quanto quantos quantas ou mas também seu sua pelo \
    pela ter está
    """,
    .romanian: """
    și în de la cu nu este un o pe că care din a se pentru mai sunt fi au al ale ce cine unde când \
    cum câte cât câți sau dar prin ca fost acest această sa lui
    """,
    .spanish: """
    el la los las de y que en un una es por con no para su se del al lo como más pero sus le ya o \
    qué cuál cuáles cuándo dónde quién quiénes cómo cuánto cuántos cuánta cuántas porque fue son \
    está hay este esta también era sobre
    """,
    .swedish: """
    och i att det som en på är av för med den till inte var han om ett har de vi men så sig från \
    vad när vem hur varför vilken vilket kan ska eller efter detta denna blev många
    """,
    .turkish: """
    ve bir bu da de için ile çok daha ne o en gibi kadar olan olarak var mı mi mu mü nedir kim \
    nerede zaman nasıl neden niçin kaç hangi ama veya değil sonra her tarafından
    """,
  ]
}
