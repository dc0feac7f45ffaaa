/// The kind of answer that the question words of a question call for.
package enum QuestionKind: String, Sendable, CaseIterable {
  /// A number or a measure: "how many", "how much", "how long".
  case amount
  /// A date, a year, a time of the day: "when", "which year".
  case time
  /// "who", "whose".
  case person
  /// "where", "in which city".
  case place
  /// "why".
  case reason
  /// A command, an option, a file name: "which command".
  case code
  /// Anything else, and questions in other languages.
  case other

  /// The kind of a question in English, German, French, Spanish or Italian.
  package init(of question: String) {
    let words = question.lowercased().split { !$0.isLetter && $0 != "'" }
    let text = " " + words.joined(separator: " ") + " "
    for (kind, phrases) in Self.phrases where phrases.contains(where: { text.contains(" \($0) ") })
    {
      self = kind
      return
    }
    self = .other
  }

  /// The phrases of each kind; the first kind with a phrase in the question counts.
  private static let phrases: [(QuestionKind, [String])] = [
    (
      .amount,
      [
        "how many", "how much", "how long", "how old", "how far", "how tall", "how high", "how big",
        "how large", "how fast", "how deep", "how wide", "how often", "how heavy",
        "what percentage", "what percent", "what number", "what amount", "what fraction",
        "what portion", "what proportion", "what size", "what length", "what distance",
        "what population", "what rate", "what ratio", "what score", "what share", "what price",
        "what is the price", "what is the fare", "what temperature", "wie viel", "wie viele",
        "wie lange", "wie hoch", "wie alt", "wie groß", "wie weit", "was kostet", "combien",
        "cuánto", "cuántos", "cuánta", "cuántas", "quanto", "quanti", "quanta",
        "quante",
      ]
    ),
    (
      .time,
      [
        "when", "what year", "which year", "what date", "which date", "what day", "which day",
        "what month", "which month", "what century", "which century", "what decade", "which decade",
        "what time", "what hour", "which hour", "what period", "which period", "wann", "seit wann",
        "welchem jahr", "um wie viel uhr", "quand", "quelle année", "cuándo", "quando",
      ]
    ),
    (
      .code,
      [
        "what command", "which command", "what option", "which option", "what flag",
        "which flag", "what setting", "which setting", "which function", "what function",
        "which file", "what file", "which key", "welcher befehl", "welche option",
      ]
    ),
    (.person, ["who", "whom", "whose", "wer", "wen", "wem", "wessen", "qui", "quién", "chi"]),
    (
      .place,
      [
        "where", "what city", "which city", "what country", "which country", "what state",
        "which state", "what place", "which place", "what town", "which town", "what location",
        "which location", "what region", "which region", "wo", "woher", "wohin", "où", "dónde",
        "dove",
      ]
    ),
    (.reason, ["why", "what reason", "which reason", "warum", "weshalb", "wieso", "pourquoi"]),
    (.amount, ["cost", "costs", "kostet", "kosten", "coûte", "cuesta", "costa"]),
  ]
}
