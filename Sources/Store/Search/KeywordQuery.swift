/// Turns a user's words into an FTS5 expression.
///
/// The words are extracted and quoted, so nothing that a user types is interpreted as FTS5 syntax.
/// They are joined by OR; BM25 ranks passages with more of the rarer words first.
enum KeywordQuery {
  /// Words that are dropped from a query, unless it has no others.
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
  static let maximumWordCount = 64

  /// The expression for a text, or nil if it contains no words.
  static func expression(for text: String) -> String? {
    let all = words(of: text)
    let significant = all.filter { !stopWords.contains($0) }
    let chosen = (significant.isEmpty ? all : significant).prefix(maximumWordCount)
    guard !chosen.isEmpty else { return nil }
    return chosen.map { "\"\($0)\"" }.joined(separator: " OR ")
  }

  /// The distinct words in lower case, in order of appearance: runs of letters, marks and digits,
  /// as the tokenizer `unicode61` defines words.
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
