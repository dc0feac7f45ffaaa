internal import GRDB

/// Passes FTS5's tokens on, each followed by what else its word is found by, at the same position: the
/// stem in the language of the text, and the hyphenated word that it ends.
final class TokenRelay {
  /// Who receives the tokens.
  struct Target {
    let context: UnsafeMutableRawPointer?
    let callback: FTS5TokenCallback
  }

  private let text: [UInt8]
  private let language: Language?
  private var joined: ArraySlice<HyphenatedWords.Joined>
  private let target: Target
  private let base: any FTS5Tokenizer
  /// The place of all tokens, as alternatives to the token before; nil for the text's own places.
  private let place: Range<CInt>?

  /// - Parameters:
  ///   - text: UTF-8, folded.
  ///   - language: of words in Latin letters; nil leaves them without a stem.
  ///   - joined: the hyphenated words of the text, by ascending ends.
  ///   - target: receives the tokens.
  ///   - base: finds the words.
  ///   - place: of all tokens, where the text is not the indexed one.
  init(
    text: [UInt8], language: Language?, joined: [HyphenatedWords.Joined] = [], target: Target,
    base: any FTS5Tokenizer, place: Range<CInt>? = nil
  ) {
    self.text = text
    self.language = language
    self.joined = joined[...]
    self.target = target
    self.base = base
    self.place = place
  }

  /// Tokenises the text.
  ///
  /// - Returns: SQLite's code.
  func run(_ tokenization: FTS5Tokenization) -> CInt {
    text.withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) { characters in
        withExtendedLifetime(self) {
          base.tokenize(
            context: Unmanaged.passUnretained(self).toOpaque(), tokenization: tokenization,
            pText: characters.baseAddress, nText: CInt(characters.count),
            tokenCallback: receiveToken)
        }
      }
    }
  }

  fileprivate func pass(
    _ flags: CInt, _ token: UnsafePointer<CChar>?, _ count: CInt, _ start: CInt, _ end: CInt
  ) -> CInt {
    let code = send(flags, token, count, start..<max(start, end))
    guard code == ResultCode.SQLITE_OK.rawValue, start >= 0, start < end, Int(end) <= text.count
    else {
      return code
    }
    let stemCode = sendStem(of: Int(start)..<Int(end))
    guard stemCode == ResultCode.SQLITE_OK.rawValue, place == nil else { return stemCode }
    while let word = joined.first, word.end <= Int(end) {
      joined.removeFirst()
      guard word.end > Int(start) else { continue }
      let code = TokenRelay(
        text: Array(word.word.utf8), language: language, target: target, base: base,
        place: start..<end
      ).run(.document)
      guard code == ResultCode.SQLITE_OK.rawValue else { return code }
    }
    return code
  }

  private func sendStem(of range: Range<Int>) -> CInt {
    let word = String(decoding: text[range], as: UTF8.self)
    guard let stem = MarkedStem.stem(of: word.lowercased(), textLanguage: language) else {
      return ResultCode.SQLITE_OK.rawValue
    }
    return stem.utf8CString.withUnsafeBufferPointer {
      send(
        FTS5TokenFlags.colocated.rawValue, $0.baseAddress, CInt($0.count - 1),
        CInt(range.lowerBound)..<CInt(range.upperBound))
    }
  }

  private func send(
    _ flags: CInt, _ token: UnsafePointer<CChar>?, _ count: CInt, _ range: Range<CInt>
  ) -> CInt {
    let range = place ?? range
    let flags = place == nil ? flags : flags | FTS5TokenFlags.colocated.rawValue
    return target.callback(
      target.context, flags, token, count, range.lowerBound, range.upperBound)
  }
}

/// The callback of FTS5's tokenizer, whose context is a ``TokenRelay``.
private func receiveToken(
  _ context: UnsafeMutableRawPointer?, _ flags: CInt, _ token: UnsafePointer<CChar>?,
  _ count: CInt, _ start: CInt, _ end: CInt
) -> CInt {
  guard let context else { return ResultCode.SQLITE_ERROR.rawValue }
  return Unmanaged<TokenRelay>.fromOpaque(context).takeUnretainedValue()
    .pass(flags, token, count, start, end)
}
