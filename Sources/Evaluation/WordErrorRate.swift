/// The words that must be changed, inserted or deleted to turn one text into another.
///
/// Texts are compared as words in lower case without punctuation; an apostrophe within a word stays.
/// Numbers, contractions and spellings are compared as they are written, so rates are higher than
/// those of openai-whisper's normaliser, which rewrites them.
package struct WordErrorRate: Sendable, Equatable {
  /// Words that are substituted, inserted or deleted.
  package private(set) var errorCount = 0
  /// Words of the texts that are right.
  package private(set) var wordCount = 0

  package init() {}

  /// Errors per word; 0 where there are no words.
  package var rate: Double { wordCount == 0 ? 0 : Double(errorCount) / Double(wordCount) }

  /// Adds a text.
  ///
  /// - Parameters:
  ///   - hypothesis: what was understood.
  ///   - reference: what was said.
  /// - Complexity: O(words of one × words of the other).
  package mutating func add(hypothesis: String, reference: String) {
    let (heard, said) = (Self.words(hypothesis), Self.words(reference))
    errorCount += Self.distance(heard, said)
    wordCount += said.count
  }

  /// The sum of two.
  package static func + (first: WordErrorRate, second: WordErrorRate) -> WordErrorRate {
    var sum = first
    sum.errorCount += second.errorCount
    sum.wordCount += second.wordCount
    return sum
  }

  /// The words of a text in lower case, without punctuation.
  package static func words(_ text: String) -> [String] {
    text.lowercased().replacing("’", with: "'")
      .split { !($0.isLetter || $0.isNumber || $0 == "'") }
      .map { word in
        String(word.drop { $0 == "'" }.reversed().drop { $0 == "'" }.reversed())
      }
      .filter { !$0.isEmpty }
  }

  /// - Source: Levenshtein 1966; Wagner & Fischer 1974.
  static func distance(_ first: [String], _ second: [String]) -> Int {
    var row = Array(0...second.count)
    for (index, word) in first.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for (column, other) in second.enumerated() {
        let above = row[column + 1]
        row[column + 1] = min(diagonal + (word == other ? 0 : 1), above + 1, row[column] + 1)
        diagonal = above
      }
    }
    return row[second.count]
  }
}
