/// Turns a user's words into an FTS5 expression.
///
/// The words are extracted and quoted, so nothing that a user types is interpreted as FTS5 syntax.
/// They are joined by OR; BM25 ranks passages with more of the rarer words first.
enum KeywordQuery {
  /// English words that are dropped from a query, unless it has no others; in a question in another
  /// language, that language's function words are dropped as well.
  ///
  /// They occur in most passages, so they carry little information and cost most of the time of a
  /// search: with 1,000,000 passages, `the` alone means scoring all of them.
  ///
  /// Measured on the English XQuAD questions (recall@1): without a list 0.929, with this list
  /// 0.941, with a list of 67 function words 0.936.
  static let stopWords: Set<String> = [
    "a", "an", "and", "are", "as", "at", "be", "by", "did", "do", "does", "for", "from", "how",
    "in",
    "is", "it", "of", "on", "or", "that", "the", "to", "was", "were", "what", "when", "where",
    "which", "who", "why", "with",
  ]

  /// Maximum number of words, more than any question has: a pasted book must not become an
  /// expression of 100,000 terms.
  ///
  /// Of a longer text the first and the last half of this number are searched, since a question may
  /// precede or follow a long text.
  static let maximumWordCount = 128

  /// The expression for a text, or nil if it contains no words.
  ///
  /// - Parameters:
  ///   - text: a question or words.
  ///   - indexLanguages: the languages in Latin letters whose stems the index has; called only for a
  ///     text whose own language is unclear.
  /// - Returns: quoted words, groups of characters, and stems, joined by OR.
  static func expression(
    for text: String, indexLanguages: () throws -> [Language] = { [] }
  ) rethrows -> String? {
    let all = words(of: text)
    let guess = guess(of: all)
    var dropped = stopWords
    if case .other(let language) = guess {
      dropped.formUnion(LanguageGuess.stopWords(of: language))
    }
    let significant = all.filter { word in
      let own = Language.ofScript(of: word).map(LanguageGuess.stopWords)
      return !dropped.contains(word) && own?.contains(word) != true
    }
    // A text may have a hyphenated word in one piece.
    let joined = HyphenatedWords.words(in: text)
    let chosen = limited((significant.isEmpty ? all : significant) + joined)
    guard !chosen.isEmpty else { return nil }
    let languages = try stemLanguages(guess, indexLanguages)
    return chosen.flatMap { terms(of: $0, languages) }.joined(separator: " OR ")
  }

  /// The expression for each of some words of a text: a word is found under the stems under which a
  /// search for the text finds it.
  ///
  /// - Parameters:
  ///   - words: as ``words(of:)`` gives them.
  ///   - text: the whole question.
  ///   - indexLanguages: as in ``expression(for:indexLanguages:)``.
  /// - Returns: an expression for each word, in order; empty for a word that nothing can match.
  static func expressions(
    forWords words: [String], of text: String, indexLanguages: () throws -> [Language]
  ) rethrows -> [String] {
    let languages = try stemLanguages(guess(of: self.words(of: text)), indexLanguages)
    return words.map { terms(of: $0, languages).joined(separator: " OR ") }
  }

  /// The language of a question; one function word suffices.
  private static func guess(of words: [String]) -> LanguageGuess.Result {
    LanguageGuess.language(of: words, leastCount: 1)
  }

  /// The languages in Latin letters whose stems a question is searched with.
  private static func stemLanguages(
    _ guess: LanguageGuess.Result, _ indexLanguages: () throws -> [Language]
  ) rethrows -> [Language] {
    switch guess {
    case .english: []
    case .other(let language): [language]
    case .unknown: try indexLanguages()
    }
  }

  /// The distinct words in lower case, in order of appearance, as the text index has them.
  static func words(of text: String) -> [String] {
    var seen: Set<String> = []
    return SearchForms.words(of: text).filter { seen.insert($0).inserted }
  }

  private static func limited(_ words: [String]) -> [String] {
    guard words.count > maximumWordCount else { return words }
    return Array(words.prefix(maximumWordCount / 2) + words.suffix(maximumWordCount / 2))
  }

  /// The word itself, and its stem in each language.
  private static func terms(of word: String, _ languages: [Language]) -> [String] {
    guard let first = word.unicodeScalars.first else { return [] }
    let group = SearchForms.groupLength(of: first)
    // Every group that begins with the character.
    if group > 0, word.unicodeScalars.count < group { return ["\"\(word)\" *"] }
    var stems: [String] = []
    for language in Language.ofScript(first) == nil ? languages.map(Optional.some) : [nil] {
      guard let stem = MarkedStem.stem(of: word, textLanguage: language) else { continue }
      stems.append(stem)
    }
    return ([word] + stems).map { "\"\($0)\"" }
  }
}
