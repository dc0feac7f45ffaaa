internal import Store

/// The fit of an encoder's vocabulary to a text, from which follows whether the encoder was trained on
/// the language.
///
/// An encoder cuts a language that it knows into few pieces. Measured on one sentence in each of 19
/// languages: r = (pieces + 4 unknown pieces - other characters - 1) / letters, where the other
/// characters are those that are neither letters nor white space, each a piece of its own.
///
/// | r | all-MiniLM-L6-v2 (English) | multilingual-e5-small |
/// |---|---|---|
/// | English | 0.22 | 0.28 |
/// | German, French, Spanish, Italian, Dutch, Polish, Finnish, Turkish, Vietnamese | 0.36 to 0.51 | 0.23 to 0.30 |
/// | Russian, Greek, Arabic, Hebrew, Hindi | 0.92 to 1.04 | 0.30 to 0.41 |
/// | Chinese, Japanese, Korean | 2.3 to 4.0 | 0.68 to 0.70 |
///
/// The largest r of 240 English paragraphs is 0.31 with MiniLM. Short texts vary: "谁？" has 1.0 with e5,
/// and a Japanese question of known characters 0.89 with MiniLM. So for scripts that are searched by
/// groups of characters the vocabulary decides as well: it must have pieces of several characters.
package enum VocabularyFit: Sendable, Equatable {
  /// The number of pieces is that of a language that the encoder knows.
  case good
  /// Words fall into so many pieces that the language was rare in the training.
  case poor
  /// Mostly unknown pieces, or single letters of a foreign script: vectors mean nothing.
  case none

  /// - Parameters:
  ///   - pieceCount: of the text, without the tokens around it.
  ///   - unknownCount: those among them that stand for text without a spelling.
  ///   - text: the text.
  ///   - knowsGroups: whether the vocabulary has pieces of several characters in scripts that are
  ///     searched by groups of them; asked only for a text in such a script, because it may take a
  ///     pass over the vocabulary.
  init(
    pieceCount: Int, unknownCount: Int, of text: String,
    knowsGroups: @autoclosure () -> Bool = true
  ) {
    let letters = LetterCount(text)
    guard pieceCount > 0, letters.all > 0 else {
      self = .good
      return
    }
    let spelled = pieceCount + 4 * unknownCount - letters.others - 1
    let ratio = Double(max(0, spelled)) / Double(letters.all)
    let unknownShare = Double(unknownCount) / Double(pieceCount)
    let isLatin = 2 * letters.latin >= letters.all
    let isGrouped = 2 * letters.grouped >= letters.all
    let limit: Double = isLatin ? .infinity : isGrouped ? 1.2 : 0.7
    if unknownShare >= 0.2 || ratio >= limit || isGrouped && !knowsGroups() {
      self = .none
    } else if isLatin, ratio >= 0.33, letters.all >= 60, !Self.isEnglish(text) {
      // Shorter texts vary too much.
      self = .poor
    } else {
      self = .good
    }
  }

  private static func isEnglish(_ text: String) -> Bool {
    LanguageGuess.language(of: SearchForms.words(of: text), leastCount: 2) == .english
  }

  private struct LetterCount {
    var all = 0
    var latin = 0
    /// In scripts without spaces, and Hangul.
    var grouped = 0
    /// Neither letters nor white space.
    var others = 0

    init(_ text: String) {
      for scalar in text.unicodeScalars {
        guard Self.isLetter(scalar) else {
          if !scalar.properties.isWhitespace { others += 1 }
          continue
        }
        all += 1
        if scalar.value < 0x250 || (0x1E00...0x1EFF).contains(scalar.value) { latin += 1 }
        if SearchForms.isGrouped(scalar) { grouped += 1 }
      }
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
      if scalar.value < 0x80 {
        return (0x41...0x5A).contains(scalar.value) || (0x61...0x7A).contains(scalar.value)
      }
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
        .nonspacingMark, .spacingMark:
        return true
      default: return false
      }
    }
  }
}

extension SentenceEncoder {
  /// The fit of the vocabulary to a text.
  package func fit(of text: String) -> VocabularyFit {
    fit(of: text, ids: tokenIDs(of: text, as: .plain))
  }

  /// The fit of the vocabulary to a text whose token ids are known, special tokens included.
  func fit(of text: String, ids: [Int32]) -> VocabularyFit {
    let unknown = unknownTokenID.map { id in ids.lazy.filter { $0 == id }.count } ?? 0
    return VocabularyFit(
      pieceCount: max(0, ids.count - 2), unknownCount: unknown, of: text,
      knowsGroups: knowsGroups)
  }

  /// The rule of evidence for a question: the encoder's own, or words alone where the encoder does not
  /// know the question's script.
  package func evidenceRule(for question: String) -> EvidenceRule {
    evidenceRule(for: fit(of: question))
  }

  /// The rule of evidence for a question to which the vocabulary has this fit.
  func evidenceRule(for fit: VocabularyFit) -> EvidenceRule {
    fit == .none ? .wordsAlone : evidenceRule
  }
}
