internal import Tokenizers

/// Cuts the tokens of a text into words.
///
/// - Source: openai-whisper 20250625 `tokenizer.py`, `split_to_word_tokens`.
struct WordSplitter {
  /// A word with its tokens.
  struct Word: Equatable {
    var text: String
    var tokens: [Int32]
  }

  let tokenizer: WhisperTokenizer
  /// Code of the language; some are written without spaces.
  let language: String

  private static let languagesWithoutSpaces: Set<String> = ["zh", "ja", "th", "lo", "my", "yue"]
  /// Python's `string.punctuation`.
  private static let punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

  /// - Parameter tokens: of text, and the end of the text, which is a word of its own.
  /// - Returns: in order.
  func words(_ tokens: [Int32]) -> [Word] {
    let pieces = pieces(tokens)
    if Self.languagesWithoutSpaces.contains(language) { return pieces }
    var words: [Word] = []
    for piece in pieces {
      let isSpecial = (piece.tokens.first ?? 0) >= tokenizer.endOfText
      if isSpecial || piece.text.hasPrefix(" ") || words.isEmpty
        || Self.punctuation.containsPart(WhisperTokenizer.strip(piece.text))
      {
        words.append(piece)
      } else {
        words[words.count - 1].text += piece.text
        words[words.count - 1].tokens += piece.tokens
      }
    }
    return words
  }

  /// The shortest runs of tokens that are whole characters.
  private func pieces(_ tokens: [Int32]) -> [Word] {
    let replacement: Unicode.Scalar = "\u{FFFD}"
    let all = Array(text(tokens[...]).unicodeScalars)
    var pieces: [Word] = []
    var (start, offset) = (0, 0)
    for end in tokens.indices.map({ $0 + 1 }) {
      let text = text(tokens[start..<end])
      let scalars = Array(text.unicodeScalars)
      // A replacement that is in the whole text as well is a character that the model wrote.
      let place = scalars.firstIndex(of: replacement).map { $0 + offset }
      guard place.map({ all.indices.contains($0) && all[$0] == replacement }) ?? true else {
        continue
      }
      pieces.append(Word(text: text, tokens: Array(tokens[start..<end])))
      start = end
      offset += scalars.count
    }
    return pieces
  }

  private func text(_ tokens: ArraySlice<Int32>) -> String {
    tokens.last == tokenizer.endOfText
      ? tokenizer.decode(tokens.dropLast()) + "<|endoftext|>" : tokenizer.decode(tokens)
  }
}

extension String {
  /// Whether `part` occurs in the string; the empty string does, as in Python.
  func containsPart(_ part: String) -> Bool {
    let (all, part) = (Array(unicodeScalars), Array(part.unicodeScalars))
    guard part.count <= all.count else { return false }
    return (0...(all.count - part.count)).contains { all[$0...].starts(with: part) }
  }
}
