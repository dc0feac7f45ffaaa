/// Numbers that are written in words, in English and German.
enum NumberWords {
  /// The numbers below one hundred that are one word, and larger ones that are not factors.
  static let values: [String: Double] = {
    var values: [String: Double] = ["zero": 0, "null": 0, "dozen": 12, "dutzend": 12]
    for (names, first, step) in lists {
      for (index, name) in names.split(separator: " ").enumerated() {
        values[String(name)] = Double(first + index * step)
      }
    }
    return values
  }()

  private static let lists: [(names: String, first: Int, step: Int)] = [
    ("one two three four five six seven eight nine ten eleven twelve thirteen fourteen", 1, 1),
    ("fifteen sixteen seventeen eighteen nineteen", 15, 1),
    ("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10),
    ("eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn", 1, 1),
    ("fünfzehn sechzehn siebzehn achtzehn neunzehn", 15, 1),
    ("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig", 20, 10),
  ]

  /// Words that multiply the number before them, in words or in digits.
  static let factors: [String: Double] = [
    "hundred": 100, "hundert": 100, "thousand": 1e3, "tausend": 1e3, "tsd": 1e3, "million": 1e6,
    "millions": 1e6, "millionen": 1e6, "mio": 1e6, "billion": 1e9, "billions": 1e9,
    "milliarde": 1e9, "milliarden": 1e9, "mrd": 1e9, "trillion": 1e12,
  ]

  /// Whether a word in lower case is a number or a factor; "twenty-one" is one.
  static func isNumber(_ word: String) -> Bool {
    let parts = word.split(separator: "-").map(String.init)
    return !parts.isEmpty && parts.allSatisfy { values[$0] != nil || factors[$0] != nil }
  }
}
