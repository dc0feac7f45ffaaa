/// The words of a text that say what it is about, in lower case and without common endings.
package enum ContentWords {
  /// English words that say nothing about the subject: articles, pronouns, auxiliaries, question
  /// words.
  static let stopWords: Set<String> = [
    "a", "about", "after", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "been",
    "before", "being", "between", "both", "but", "by", "can", "could", "did", "do", "does", "doing",
    "during", "each", "for", "from", "had", "has", "have", "having", "he", "her", "him", "his",
    "how",
    "i", "if", "in", "into", "is", "it", "its", "me", "more", "most", "much", "many", "must", "my",
    "no", "not", "of", "on", "or", "other", "our", "out", "over", "should", "so", "some", "such",
    "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "to",
    "under", "up", "us", "was", "we", "were", "what", "when", "where", "which", "while", "who",
    "whom", "whose", "why", "will", "with", "would", "you", "your",
  ]

  /// The distinct content words of `text`, stemmed; ``ContentForms`` says how for each language.
  package static func of(_ text: String) -> Set<String> { Set(ContentForms.words(of: text)) }

  /// The share of `words` that `text` contains, 0 to 1; 0 if `words` is empty.
  package static func coverage(of words: Set<String>, in text: String) -> Double {
    WordWeights.even.coverage(of: words, in: ContentForms.all(of: text))
  }

  /// Removes common English endings, so that "tickets" matches "ticket" and "opened" matches
  /// "opening".
  ///
  /// This is similar to step 1 of Porter 1980. The later steps are left out: in short questions
  /// they merge more words than they should.
  static func stem(_ word: String) -> String {
    guard word.utf8.count > 3, word.utf8.allSatisfy({ $0 < 0x80 }) else { return word }
    for (ending, replacement) in [
      ("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", ""),
    ] where word.hasSuffix(ending) {
      let root = word.dropLast(ending.count)
      if ending == "s" && root.hasSuffix("s") { return word }
      guard root.utf8.count >= 3 else { return word }
      return withoutFinalE(root + replacement)
    }
    return withoutFinalE(word[...])
  }

  /// Removes a final "e", so that "close" and "closed" both become "clos".
  private static func withoutFinalE(_ word: Substring) -> String {
    word.hasSuffix("e") && word.utf8.count > 3 ? String(word.dropLast()) : String(word)
  }

  private static func withoutFinalE(_ word: String) -> String { withoutFinalE(word[...]) }
}
