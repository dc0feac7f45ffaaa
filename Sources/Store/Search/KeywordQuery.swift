/// The FTS5 expression for a user's words.
///
/// The words are cut out by this type and quoted, so nothing that a user types is FTS5 syntax.
/// They are joined by OR: BM25 ranks the passages that hold more of the rarer words first.
enum KeywordQuery {
  /// Words that a query drops, unless it has no others.
  ///
  /// They are in most passages, so they say
  /// little and cost most of the time of a search: with 1,000,000 passages `the` alone means to
  /// score them all.
  ///
  /// Measured on the English XQuAD questions (recall@1): without a list 0.929, with this list
  /// 0.941, with a list of 67 function words 0.936.
  static let stopWords: Set<String> = [
    "a", "an", "and", "are", "as", "at", "be", "by", "did", "do", "does", "for", "from", "how",
    "in",
    "is", "it", "of", "on", "or", "that", "the", "to", "was", "were", "what", "when", "where",
    "which", "who", "why", "with",
  ]

  /// More words than any question has; a pasted book must not become an expression of 100,000
  /// terms.
  static let maximumWordCount = 64

  /// The expression, or nil when the text holds no word.
  static func expression(for text: String) -> String? {
    let all = words(of: text)
    let significant = all.filter { !stopWords.contains($0) }
    let chosen = (significant.isEmpty ? all : significant).prefix(maximumWordCount)
    guard !chosen.isEmpty else { return nil }
    return chosen.map { "\"\($0)\"" }.joined(separator: " OR ")
  }

  /// The distinct words in lower case, in their order: runs of letters, marks and digits, which is
  /// what the tokenizer `unicode61` takes as words.
  static func words(of text: String) -> [String] {
    var seen: Set<String> = []
    var words: [String] = []
    var word = String.UnicodeScalarView()
    func finish() {
      let lowercased = String(word).lowercased()
      if !lowercased.isEmpty, seen.insert(lowercased).inserted { words.append(lowercased) }
      word = String.UnicodeScalarView()
    }
    for scalar in text.unicodeScalars {
      if isWordScalar(scalar) { word.append(scalar) } else { finish() }
    }
    finish()
    return words
  }

  private static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber,
      .privateUse:
      true
    default: false
    }
  }
}
