extension WhisperTokenizer {
  /// Tokens that a transcript does not begin or continue with, because they annotate: brackets,
  /// quotation marks, notes of music.
  ///
  /// A symbol of several tokens counts only where it is a note: those share their first token with
  /// other signs between U+2640 and U+267F.
  ///
  /// - Source: openai-whisper 20250625 `tokenizer.py`, `non_speech_tokens`.
  package var nonSpeechTokens: [Int32] {
    let notes = ["♩", "♪", "♫", "♬", "♭", "♮", "♯"]
    let single = "\"#()*+/:;<=>@[\\]^_`{|}~「」『』".map(String.init)
    let several = [
      "<<", ">>", "<<<", ">>>", "--", "---", "-(", "-[", "('", "(\"", "((", "))", "(((", ")))",
      "[[",
      "]]", "{{", "}}", "♪♪", "♪♪♪",
    ]
    // Hyphens and apostrophes are allowed within words and not before them.
    var tokens: Set<Int32> = []
    for mark in [" -", " '"] { tokens.formUnion(encode(mark).prefix(1)) }
    for symbol in single + several + notes {
      for ids in [encode(symbol), encode(" " + symbol)]
      where ids.count == 1 || notes.contains(symbol) {
        tokens.formUnion(ids.prefix(1))
      }
    }
    return tokens.sorted()
  }
}
