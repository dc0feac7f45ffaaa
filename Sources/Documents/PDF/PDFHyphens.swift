/// Decides which hyphens at line ends were inserted by a typesetter, by the words of the document.
///
/// A divided word that the document also has as one word ("information") is joined; one that it has
/// with a hyphen ("well-known") keeps it. Of words that occur only once most are divided by a
/// typesetter, so these are joined. No dictionary is needed, and any language with letters works.
struct PDFHyphens {
  private let bytes: [UInt8]
  private let candidates: [Int]

  /// - Parameters:
  ///   - bytes: the text.
  ///   - candidates: offsets of the hyphens that stood at a line end, in text order.
  init(_ bytes: [UInt8], candidates: [Int]) {
    self.bytes = bytes
    self.candidates = candidates
  }

  /// The offsets of the hyphens to remove, in text order.
  ///
  /// - Complexity: O(bytes).
  func inserted() -> [Int] {
    guard !candidates.isEmpty else { return [] }
    let forms = candidates.map { self.forms(of: $0) }
    let counts = self.counts(of: Set(forms.flatMap { [$0.joined, $0.hyphenated] }))
    return zip(candidates, forms).filter { _, form in
      counts[form.joined, default: 0] >= counts[form.hyphenated, default: 0]
    }.map(\.0)
  }

  /// The two ways to write the word around a hyphen, as hashes.
  private func forms(of hyphen: Int) -> (joined: UInt64, hyphenated: UInt64) {
    var start = hyphen
    while start > 0, Self.isLetter(bytes[start - 1]) { start -= 1 }
    var end = hyphen + 1
    while end < bytes.count, Self.isLetter(bytes[end]) { end += 1 }
    var joined = WordHash()
    for byte in bytes[start..<hyphen] { joined.add(byte) }
    var hyphenated = joined
    hyphenated.add(UInt8(ascii: "-"))
    for byte in bytes[(hyphen + 1)..<end] {
      joined.add(byte)
      hyphenated.add(byte)
    }
    return (joined.value, hyphenated.value)
  }

  /// The numbers of other occurrences of words, and of pairs of words with a hyphen between them.
  private func counts(of wanted: Set<UInt64>) -> [UInt64: Int] {
    var counts: [UInt64: Int] = [:]
    func count(_ hash: WordHash) {
      if wanted.contains(hash.value) { counts[hash.value, default: 0] += 1 }
    }
    let ownHyphens = Set(candidates)
    var pair: WordHash?
    var isOwn = false
    var offset = 0
    while offset < bytes.count {
      guard Self.isLetter(bytes[offset]) else {
        if bytes[offset] != UInt8(ascii: "-") { pair = nil }
        isOwn = ownHyphens.contains(offset)
        if isOwn { pair = nil }
        offset += 1
        continue
      }
      var word = WordHash()
      while offset < bytes.count, Self.isLetter(bytes[offset]) {
        word.add(bytes[offset])
        pair?.add(bytes[offset])
        offset += 1
      }
      // Half of a divided word says nothing about the whole.
      let isHalf = isOwn || ownHyphens.contains(offset)
      if !isHalf { count(word) }
      if !isHalf, let pair { count(pair) }
      isOwn = false
      pair = isHalf ? nil : word
      if offset < bytes.count, bytes[offset] == UInt8(ascii: "-") {
        pair?.add(UInt8(ascii: "-"))
      } else {
        pair = nil
      }
    }
    return counts
  }

  /// ASCII letters and every byte of other characters.
  private static func isLetter(_ byte: UInt8) -> Bool {
    byte >= 0x80 || (0x61...0x7A).contains(byte | 0x20)
  }
}

/// FNV-1a of a word, with ASCII letters in lower case (Fowler, Noll, Vo; 64 bits).
///
/// Two words with one hash are too rare to matter: the worst is a hyphen too many.
private struct WordHash {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ byte: UInt8) {
    let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    value = (value ^ UInt64(lower)) &* 0x100_0000_01B3
  }
}
