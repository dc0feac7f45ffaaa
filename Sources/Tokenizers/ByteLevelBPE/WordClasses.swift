/// The class of a character in the regular expressions of pre-tokenizers.
enum WordClass: UInt8, Sendable {
  /// None of the classes below.
  case other = 0
  /// `\p{L}`
  case letter = 1
  /// `\p{N}`
  case number = 2
  /// `\s`: White_Space
  case space = 3
  /// `\p{P}`; only the pre-tokenizer `default` distinguishes it from `other`.
  case punctuation = 4
}

/// The class of every scalar.
///
/// The properties are those of Hugging Face's regular expressions (`WordClassTables`, generated), not
/// Swift's: editions of Unicode differ, and models were trained with that edition or an older one.
enum WordClasses {
  /// The class of each scalar, in about 130 pages.
  static let table: ScalarTable<WordClass> = {
    var all = [WordClass](repeating: .other, count: 0x110000)
    for (text, value) in [
      (WordClassTables.letter, WordClass.letter), (WordClassTables.number, .number),
      (WordClassTables.space, .space), (WordClassTables.punctuation, .punctuation),
    ] {
      for run in UnicodeRanges.runs(text) {
        for scalar in Int(run.first)...Int(run.last) { all[scalar] = value }
      }
    }
    return ScalarTable(all)
  }()
}
