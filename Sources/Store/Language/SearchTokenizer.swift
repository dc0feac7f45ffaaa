internal import Foundation
internal import GRDB

/// The tokenizer of the text index: folded text (``SearchForms``) through FTS5's own Porter stemmer,
/// and beside each word its stem in the language of the text, and beside the last part of a hyphenated
/// word the word without its hyphens (``HyphenatedWords``).
///
/// A text in ASCII without hyphens goes to FTS5's tokenizer untouched, and only texts in another language
/// than English get further stems, so English is searched as it was without this class.
final class SearchTokenizer: FTS5CustomTokenizer {
  static let name = "swiftrag"

  /// Porter over words of letters, digits and marks; without diacritics.
  ///
  /// Unlike the default categories, marks are part of words: in Indic scripts they are vowels.
  private let base: any FTS5Tokenizer

  /// Words of a language that a text needs before its words are stemmed.
  private static let leastFunctionWords = 3

  init(db: Database, arguments: [String]) throws {
    base = try db.makeTokenizer(
      FTS5TokenizerDescriptor(components: [
        "porter", "unicode61", "remove_diacritics", "2", "categories", "L* N* Co M*",
      ]))
  }

  func tokenize(
    context: UnsafeMutableRawPointer?, tokenization: FTS5Tokenization,
    pText: UnsafePointer<CChar>?, nText: CInt, tokenCallback: @escaping FTS5TokenCallback
  ) -> CInt {
    func passOn(_ pointer: UnsafePointer<CChar>?, _ count: Int) -> CInt {
      base.tokenize(
        context: context, tokenization: tokenization, pText: pointer, nText: CInt(count),
        tokenCallback: tokenCallback)
    }
    guard let pText, nText > 0 else { return passOn(pText, 0) }
    let bytes = UnsafeRawBufferPointer(start: pText, count: Int(nText))
    let isQuery = tokenization.contains(.query)
    let isASCII = bytes.allSatisfy { $0 < 0x80 }
    if isQuery, isASCII { return passOn(pText, bytes.count) }
    let text = String(decoding: bytes, as: UTF8.self)
    if isQuery, let first = text.unicodeScalars.first, Language.isMark(first) {
      // A stem, which `KeywordQuery` has made as it is stored.
      return text.utf8CString.withUnsafeBufferPointer {
        tokenCallback(context, 0, $0.baseAddress, nText, 0, nText)
      }
    }
    let folded = isASCII ? text : SearchForms.folded(text, end: isQuery ? .isNone : .isGroup)
    let language = isQuery ? nil : Self.language(of: folded)
    let foldedBytes = isQuery ? [] : Array(folded.utf8)
    let joined = HyphenatedWords.joined(in: foldedBytes)
    guard
      language != nil || !joined.isEmpty || (!isQuery && !isASCII && Self.hasStemmedScript(folded))
    else {
      return isASCII
        ? passOn(pText, bytes.count)
        : folded.utf8CString.withUnsafeBufferPointer { passOn($0.baseAddress, $0.count - 1) }
    }
    let relay = TokenRelay(
      text: foldedBytes, language: language, joined: joined,
      target: TokenRelay.Target(context: context, callback: tokenCallback), base: base)
    return relay.run(tokenization)
  }

  /// The language of a text in Latin letters, other than English.
  private static func language(of text: String) -> Language? {
    let words = text.lowercased().split { !$0.isLetter }.lazy.map(String.init)
    guard
      case .other(let language) = LanguageGuess.language(
        of: words, leastCount: leastFunctionWords)
    else { return nil }
    return language
  }

  private static func hasStemmedScript(_ text: String) -> Bool {
    text.unicodeScalars.contains { Language.ofScript($0) != nil }
  }
}

/// The stem of a word as the text index stores it: with the mark of its language before it.
enum MarkedStem {
  /// The stem in the language of the word's script, or else of the text.
  ///
  /// - Parameters:
  ///   - word: folded, in lower case.
  ///   - textLanguage: the language of words in Latin letters; nil leaves them without a stem.
  /// - Returns: nil for a word without a stemmer, or with a digit.
  static func stem(of word: String, textLanguage: Language?) -> String? {
    guard let first = word.unicodeScalars.first, SearchForms.groupLength(of: first) == 0,
      word.unicodeScalars.count > 2
    else { return nil }
    let script = Language.ofScript(first)
    guard let language = script ?? (isLatin(first) ? textLanguage : nil) else { return nil }
    return String(language.mark) + Stemmer.stem(word, language)
  }

  private static func isLatin(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic && scalar.value < 0x250
      || (0x1E00...0x1EFF).contains(scalar.value)
  }
}
