internal import Documents

/// The part of a question that says what it is about.
enum QuestionSubject {
  /// The question without the words that only say what kind of thing is asked, such as "how long" and
  /// "which year".
  ///
  /// An answer gives a length or a year without repeating those words.
  static func of(_ question: String) -> String {
    let words = question.split(whereSeparator: \.isWhitespace)
    var kept: [Substring] = []
    var index = 0
    while index < words.count {
      let isPair = index + 1 < words.count && asks(words[index], words[index + 1])
      if !isPair { kept.append(words[index]) }
      index += isPair ? 2 : 1
    }
    let subject = kept.joined(separator: " ")
    return ContentWords.of(subject).isEmpty ? question : subject
  }

  /// Whether two words only say what kind of thing is asked.
  private static func asks(_ first: Substring, _ second: Substring) -> Bool {
    let second = second.lowercased().filter { $0.isLetter }
    switch first.lowercased() {
    case "how", "wie": return degrees.contains(second)
    case "what", "which", "welchem", "welches", "welcher", "welchen": return times.contains(second)
    default: return false
    }
  }

  /// Adjectives of questions for a measure, in English and German.
  private static let degrees: Set<String> = [
    "long", "old", "far", "tall", "high", "big", "large", "fast", "deep", "wide", "often", "heavy",
    "late", "early", "soon", "lang", "lange", "alt", "weit", "hoch", "groß", "schnell", "tief",
    "breit", "oft", "schwer", "spät", "früh", "bald",
  ]

  /// Nouns of questions for a time, in English and German.
  private static let times: Set<String> = [
    "year", "years", "day", "days", "date", "month", "time", "century", "decade", "jahr", "tag",
    "datum", "monat", "uhrzeit", "jahrhundert",
  ]

  /// The most words of a text that is searched as a whole, half as many as a keyword search uses.
  private static let maximumWordCount = 64

  /// The questions in a long text, which are its sentences with a question mark; the text itself if it
  /// is short or has none.
  ///
  /// A search uses the first words of a text and the encoder its first tokens. In a letter that ends
  /// with a question, they do not contain the question.
  ///
  /// - Parameter text: what a person typed or pasted.
  /// - Returns: the questions in it, the last ones if they are many.
  static func point(of text: String) -> String {
    let wordCount = text.split(whereSeparator: \.isWhitespace).count
    guard wordCount > maximumWordCount else { return text }
    let bytes = Array(text.utf8)
    let sentences = Sentences.ranges(in: text).map {
      String(decoding: bytes[$0], as: UTF8.self).onOneLine
    }
    var chosen: [String] = []
    var chosenWordCount = 0
    for (index, sentence) in sentences.enumerated().reversed() where sentence.isQuestion {
      var part = sentence
      // "When will it arrive?" needs the sentence before it.
      if index > 0, ContentWords.of(sentence).count < Conversation.standaloneWordCount {
        part = sentences[index - 1] + " " + sentence
      }
      chosenWordCount += part.split(separator: " ").count
      guard chosen.isEmpty || chosenWordCount <= maximumWordCount else { break }
      chosen.append(part)
    }
    return chosen.isEmpty ? text : chosen.reversed().joined(separator: " ")
  }
}

extension StringProtocol {
  /// Whether the text ends with a question mark, quotation marks and brackets after it aside.
  var isQuestion: Bool {
    let end = reversed().first { !$0.isWhitespace && !"\"'”’»)]*_".contains($0) }
    return end.map { "?？؟⁇".contains($0) } ?? false
  }
}
