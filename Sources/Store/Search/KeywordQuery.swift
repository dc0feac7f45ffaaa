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
    let guess = LanguageGuess.language(of: all, leastCount: 1)
    var dropped = stopWords
    if case .other(let language) = guess {
      dropped.formUnion(LanguageGuess.stopWords(of: language))
    }
    let significant = all.filter { word in
      let own = Language.ofScript(of: word).map(LanguageGuess.stopWords)
      return !dropped.contains(word) && own?.contains(word) != true
    }
    let chosen = limited(significant.isEmpty ? all : significant)
    guard !chosen.isEmpty else { return nil }
    let languages: [Language]
    switch guess {
    case .english: languages = []
    case .other(let language): languages = [language]
    case .unknown: languages = try indexLanguages()
    }
    return chosen.flatMap { terms(of: $0, languages) }.joined(separator: " OR ")
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
