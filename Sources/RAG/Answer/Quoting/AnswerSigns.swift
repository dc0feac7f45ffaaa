/// Signs that a sentence holds an answer of the right kind, such as a year for "when".
///
/// They are hints of 0 to 1 that break ties among sentences about the same thing: a sentence with a
/// year for "when", with a name for "who". What the question itself contains does not count.
struct AnswerSigns {
  private let kind: QuestionKind
  /// The words of the question, in lower case.
  private let questionWords: Set<String>

  init(question: String) {
    kind = QuestionKind(of: question)
    questionWords = Set(Self.words(question).map { $0.lowercased() })
  }

  /// The strength of the signs in a sentence, 0 to 1; 0 for questions of no known kind.
  func value(of sentence: String) -> Double {
    switch kind {
    case .amount: amount(sentence)
    case .time: time(sentence)
    case .person: person(sentence)
    case .place: place(sentence)
    case .reason: reason(sentence)
    case .code: code(sentence)
    case .other: 0
    }
  }

  /// The runs of letters and digits of a text, with the marks inside of figures and names.
  private static func words(_ text: String) -> [Substring] {
    text.split(whereSeparator: \.isWhitespace).map { word -> Substring in
      let start = word.drop { !$0.isLetter && !$0.isNumber }
      guard let end = start.lastIndex(where: { $0.isLetter || $0.isNumber }) else { return "" }
      return start[...end]
    }.filter { !$0.isEmpty }
  }

  private func isNew(_ word: Substring) -> Bool { !questionWords.contains(word.lowercased()) }

  private func amount(_ sentence: String) -> Double {
    let words = Self.words(sentence).filter(isNew)
    if words.contains(where: { $0.contains(where: \.isNumber) }) { return 1 }
    // A number in words may be part of "one of them", so it counts a little less.
    return words.contains { NumberWords.isNumber($0.lowercased()) } ? 0.8 : 0
  }

  private func time(_ sentence: String) -> Double {
    let words = Self.words(sentence).filter(isNew).map { $0.lowercased() }
    if words.contains(where: Self.isYearOrClock) { return 1 }
    if words.contains(where: { CalendarWords.all.contains($0) || Self.isDecade($0) }) { return 0.8 }
    let isVague = words.contains { word in
      word.contains(where: \.isNumber) || Self.vagueTimes.contains(word)
    }
    return isVague ? 0.4 : 0
  }

  /// `1931`, `21:30`, `9.15`.
  private static func isYearOrClock(_ word: String) -> Bool {
    if let year = Int(word) { return (1000...2100).contains(year) }
    let parts = word.split(separator: ":")
    return parts.count == 2 && parts.allSatisfy { Int($0) != nil }
  }

  /// `1930s`.
  private static func isDecade(_ word: String) -> Bool {
    word.hasSuffix("0s") && Int(word.dropLast()) != nil
  }

  private static let vagueTimes: Set<String> = [
    "during", "after", "before", "until", "since", "spring", "summer", "autumn", "winter", "today",
    "night", "noon", "midnight", "century", "centuries", "decade", "daily", "weekly", "yearly",
    "every", "frühling", "sommer", "herbst", "jahrhundert", "täglich", "jeden", "bis", "seit",
  ]

  /// The number of capitalised words that the question does not contain; the first word of a sentence
  /// counts a half.
  private func nameCount(_ sentence: String) -> Double {
    var count = 0.0
    for (index, word) in Self.words(sentence).enumerated()
    where word.first?.isUppercase == true && isNew(word) {
      if index > 0 {
        count += 1
      } else if !ContentWords.stopWords.contains(word.lowercased()) {
        count += 0.5
      }
    }
    return count
  }

  private func person(_ sentence: String) -> Double { min(1, nameCount(sentence)) }

  private func place(_ sentence: String) -> Double {
    let words = Self.words(sentence)
    let hasPreposition = words.contains { Self.prepositions.contains($0.lowercased()) }
    let followsPreposition = zip(words, words.dropFirst()).contains { first, second in
      Self.prepositions.contains(first.lowercased()) && second.first?.isUppercase == true
    }
    if followsPreposition, nameCount(sentence) >= 1 { return 1 }
    return hasPreposition ? 0.3 : 0
  }

  private static let prepositions: Set<String> = [
    "in", "at", "near", "from", "to", "of", "on", "into", "across", "behind", "beside", "under",
    "im", "am", "bei", "nach", "aus", "auf", "hinter", "neben", "à", "en", "dans", "chez", "a",
  ]

  private func reason(_ sentence: String) -> Double {
    let text = " " + Self.words(sentence).joined(separator: " ").lowercased() + " "
    return Self.reasons.contains { text.contains(" \($0) ") } ? 1 : 0
  }

  private static let reasons = [
    "because", "since", "due to", "so that", "in order", "therefore", "as a result", "cause",
    "caused", "causes", "reason", "owing to", "to avoid", "to prevent", "to protect", "to keep",
    "weil", "damit", "wegen", "deshalb", "parce que", "porque", "perché",
  ]

  /// Marks of commands, options, settings and paths.
  private func code(_ sentence: String) -> Double {
    if sentence.contains("`") { return 1 }
    return sentence.split(whereSeparator: \.isWhitespace).contains { word in
      word.hasPrefix("--") || (word.hasPrefix("-") && word.count == 2) || word.contains("_")
        || word.contains("=") || (word.contains("/") && word.count > 3)
    } ? 1 : 0
  }
}
