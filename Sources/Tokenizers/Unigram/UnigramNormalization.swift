internal import Foundation

/// The changes to a text before a unigram tokenizer splits it.
///
/// They are the normalisers of Hugging Face's `tokenizer.json` that files of SentencePiece models
/// have, in the order of this list, and the pre-tokenizer `WhitespaceSplit`.
struct UnigramNormalization: Sendable, Equatable {
  /// `Nmt`: some control characters are deleted, others and marks of direction become spaces.
  var appliesNMT = false
  /// `NFKC`: compatibility decomposition, then composition.
  var appliesNFKC = false
  /// `Precompiled`.
  var charsmap: PrecompiledCharsmap?
  /// `Strip`, at the start of the text.
  var stripsStart = false
  /// `Strip`, at the end of the text.
  var stripsEnd = false
  /// `Replace`: two or more spaces become one.
  var collapsesSpaces = false
  /// `WhitespaceSplit`: white space of all kinds separates words, and is dropped.
  var splitsWhiteSpace = false

  /// SentencePiece's own: white space at both ends is dropped, and runs of it count once.
  static func sentencePiece(_ charsmap: PrecompiledCharsmap?) -> UnigramNormalization {
    UnigramNormalization(charsmap: charsmap, splitsWhiteSpace: true)
  }

  /// The normalised text, UTF-8.
  func normalized(_ text: String) -> [UInt8] {
    var text = text
    if appliesNMT { text = Self.nmt(text) }
    if appliesNFKC { text = text.decomposedStringWithCompatibilityMapping }
    var bytes = Array(text.utf8)
    // Foundation's own composition leaves decomposed what only the mapping brings together.
    if appliesNFKC { bytes = CanonicalComposition.shared.normalized(bytes) }
    if let charsmap { bytes = Self.mapped(bytes, charsmap) }
    if stripsStart || stripsEnd { bytes = stripped(bytes) }
    if collapsesSpaces { bytes = Self.collapsed(bytes) }
    return bytes
  }

  /// - Source: `tokenizers` 0.23.3, `normalizers/unicode.rs`, `do_nmt`.
  private static func nmt(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: continue
      case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD:
        result.append(" ")
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// Replaces characters by the map.
  ///
  /// As Hugging Face's `Precompiled` does: a grapheme of up to five bytes that begins with a sequence
  /// of the map is replaced as a whole; otherwise each of its scalars is looked up. In a grapheme
  /// such as a full-width letter with an accent this loses the accent, which sentencepiece keeps; the
  /// models' own vectors were made that way.
  ///
  /// - Source: `tokenizers` 0.23.3, `normalizers/precompiled.rs`.
  private static func mapped(_ text: [UInt8], _ map: PrecompiledCharsmap) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      // An ASCII character that another follows is a grapheme, except CR before LF.
      if text[index] < 0x80, index + 1 == text.count || text[index + 1] < 0x80,
        text[index] != 0x0D
      {
        append(text, index..<index + 1, map, to: &result)
        index += 1
        continue
      }
      let end = endOfMixedRun(text, from: index)
      for grapheme in String(decoding: text[index..<end], as: UTF8.self) {
        let next = index + grapheme.utf8.count
        appendGrapheme(text, index..<next, map, to: &result)
        index = next
      }
    }
    return result
  }

  /// The end of a run that is cut before two ASCII characters in a row, where a grapheme begins.
  private static func endOfMixedRun(_ text: [UInt8], from start: Int) -> Int {
    var end = start + 1
    while end < text.count {
      if text[end] < 0x80, text[end] != 0x0A, end + 1 == text.count || text[end + 1] < 0x80 {
        return end
      }
      end += 1
    }
    return end
  }

  private static func appendGrapheme(
    _ text: [UInt8], _ range: Range<Int>, _ map: PrecompiledCharsmap, to result: inout [UInt8]
  ) {
    if range.count < 6, let replacement = map.replacement(of: text, range) {
      result += replacement
      return
    }
    var index = range.lowerBound
    while index < range.upperBound {
      let next = min(index + scalarByteCount(text[index]), range.upperBound)
      append(text, index..<next, map, to: &result)
      index = next
    }
  }

  private static func append(
    _ text: [UInt8], _ range: Range<Int>, _ map: PrecompiledCharsmap, to result: inout [UInt8]
  ) {
    if let replacement = map.replacement(of: text, range) {
      result += replacement
    } else {
      result += text[range]
    }
  }

  private func stripped(_ text: [UInt8]) -> [UInt8] {
    var scalars = Substring(decoding: text, as: UTF8.self).unicodeScalars
    if stripsStart { scalars = scalars.drop(while: \.properties.isWhitespace) }
    if stripsEnd { while scalars.last?.properties.isWhitespace == true { scalars.removeLast() } }
    return Array(String(scalars).utf8)
  }

  private static func collapsed(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    for byte in text where byte != 0x20 || result.last != 0x20 { result.append(byte) }
    return result
  }
}
