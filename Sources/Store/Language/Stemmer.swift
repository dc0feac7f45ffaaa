internal import CStemmer
internal import Synchronization

/// Snowball's stemmers, one for each language, opened when they are first needed.
///
/// - Source: snowballstem.org; Debian's libstemmer.
package enum Stemmer {
  /// A stemmer of the library, which works on one word at a time.
  private struct Opened: @unchecked Sendable {
    // The lock that holds it is held for every call.
    let pointer: OpaquePointer?
  }

  /// Whether the library has a stemmer of the language.
  static func isAvailable(_ language: Language) -> Bool {
    guard let stemmer = sb_stemmer_new(language.stemmerName, "UTF_8") else { return false }
    sb_stemmer_delete(stemmer)
    return true
  }

  private static let opened = Mutex<[Language: Opened]>([:])

  /// The stem of a word; the word itself where the library has no such stemmer.
  ///
  /// - Parameters:
  ///   - word: in lower case, with its diacritics.
  ///   - language: the word's language.
  /// - Returns: the stem.
  package static func stem(_ word: String, _ language: Language) -> String {
    guard !word.isEmpty else { return word }
    return opened.withLock { opened in
      let stemmer: Opened
      if let found = opened[language] {
        stemmer = found
      } else {
        stemmer = Opened(pointer: sb_stemmer_new(language.stemmerName, "UTF_8"))
        opened[language] = stemmer
      }
      guard let pointer = stemmer.pointer else { return word }
      var word = word
      return word.withUTF8 { bytes in
        guard let stem = sb_stemmer_stem(pointer, bytes.baseAddress, Int32(bytes.count)) else {
          return String(decoding: bytes, as: UTF8.self)
        }
        let count = Int(sb_stemmer_length(pointer))
        return String(decoding: UnsafeBufferPointer(start: stem, count: count), as: UTF8.self)
      }
    }
  }
}
