internal import Store

/// The content words of a text in any language, in the forms under which they are compared.
///
/// - English, and words of unknown language: a light English stem.
/// - Languages that ``LanguageGuess`` knows, and the scripts that have a stemmer: Snowball's stem.
/// - Scripts without spaces, and Korean: groups of two or three characters between function words.
enum ContentForms {
  /// The content words of a question or statement, each in one form.
  ///
  /// - Returns: forms in the order of the text; equal words repeat.
  static func words(of text: String) -> [String] { written(in: text).map(\.form) }

  /// The forms of ``words(of:)``, each with its word in lower case as the text index has it.
  static func written(in text: String) -> [(form: String, word: String)] {
    let all = SearchForms.words(of: text)
    let guess = LanguageGuess.language(of: all, leastCount: 2)
    let content = SearchForms.words(of: FunctionGroups.cut(text))
    // A question of function words alone is still a question.
    return (content.isEmpty ? all : content).compactMap { word in
      form(of: word, guess).map { (form: $0, word: word) }
    }
  }

  /// Every form of the words of a passage: those of ``words(of:)``, the stems in other languages that
  /// the passage may be in, hyphenated words in one piece, and single characters of scripts without
  /// spaces.
  static func all(of text: String) -> Set<String> {
    let words = SearchForms.words(of: text)
    let guess = LanguageGuess.language(of: words, leastCount: 2)
    var languages: [Language] = []
    switch guess {
    case .english: break
    case .other(let language): languages = [language]
    // A label or a line of a table has no function words; its language may be any.
    case .unknown: if words.count <= shortTextWordCount { languages = Language.latin }
    }
    var forms: Set<String> = []
    for word in words + HyphenatedWords.words(in: text) {
      forms.insert(ContentWords.stem(word))
      if let first = word.unicodeScalars.first, SearchForms.isGrouped(first) {
        for scalar in word.unicodeScalars { forms.insert(String(scalar)) }
      } else if let language = Language.ofScript(of: word) {
        forms.insert(Stemmer.stem(word, language))
      } else {
        for language in languages { forms.insert(Stemmer.stem(word, language)) }
      }
    }
    return forms
  }

  /// The most words of a text whose words are compared in every language.
  private static let shortTextWordCount = 60

  /// The form of a word; nil for a function word.
  private static func form(of word: String, _ guess: LanguageGuess.Result) -> String? {
    if let language = Language.ofScript(of: word) {
      return LanguageGuess.stopWords(of: language).contains(word)
        ? nil : Stemmer.stem(word, language)
    }
    if case .other(let language) = guess {
      if LanguageGuess.stopWords(of: language).contains(word) { return nil }
      return word.unicodeScalars.first.map(SearchForms.isGrouped) == true
        ? word : Stemmer.stem(word, language)
    }
    return ContentWords.stopWords.contains(word) ? nil : ContentWords.stem(word)
  }
}
