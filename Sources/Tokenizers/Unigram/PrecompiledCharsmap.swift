/// The character map of a SentencePiece normaliser: sequences of characters and their replacements.
///
/// The file holds a double-array trie over the UTF-8 bytes of the sequences, and the replacements,
/// each ended by a zero byte. The trie's units have the label of the edge that leads to them in bits 0
/// to 7, bit 8 for a sequence that ends here, and the offset of their children in bits 10 to 30,
/// times 256 where bit 9 is set. The value of a sequence is the position of its replacement.
///
/// - Source: sentencepiece `normalizer.cc`, `DecodePrecompiledCharsMap`; darts-clone `darts.h`,
///   `DoubleArrayUnit`.
struct PrecompiledCharsmap: Sendable, Equatable {
  /// The map as the file has it, which a GGUF file repeats.
  let bytes: [UInt8]
  private let units: [UInt32]
  /// The replacements, each ended by a zero byte.
  private let replacements: [UInt8]

  /// Reads a map.
  ///
  /// - Parameters:
  ///   - bytes: the number of bytes of the trie as UInt32 in little-endian order, the trie, the
  ///     replacements.
  ///   - entry: the name of the entry, for errors.
  ///   - source: the file's name, for errors.
  /// - Throws: `TokenizerError.invalid` for sizes that do not fit, and replacements that are not UTF-8.
  init(_ bytes: [UInt8], entry: String, source: String) throws(TokenizerError) {
    func word(at index: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(bytes[index + $1]) << (8 * UInt32($1)) }
    }
    guard bytes.count >= 4 else {
      throw .invalid(entry: entry, reason: "has \(bytes.count) bytes, not 4", source: source)
    }
    let trieByteCount = Int(word(at: 0))
    guard trieByteCount % 4 == 0, trieByteCount > 0, trieByteCount <= bytes.count - 4 else {
      throw .invalid(
        entry: entry, reason: "a trie of \(trieByteCount) bytes in \(bytes.count) bytes",
        source: source)
    }
    let texts = bytes[(4 + trieByteCount)...]
    guard String(validating: texts, as: UTF8.self) != nil else {
      throw .invalid(entry: entry, reason: "a replacement is not UTF-8", source: source)
    }
    self.bytes = bytes
    units = stride(from: 4, to: 4 + trieByteCount, by: 4).map(word)
    replacements = Array(texts)
  }

  /// The replacement of the shortest sequence with which `text[range]` begins; nil where there is none.
  ///
  /// - Parameters:
  ///   - text: UTF-8.
  ///   - range: the bytes to look at.
  /// - Returns: the bytes of the replacement, which may be empty.
  func replacement(of text: [UInt8], _ range: Range<Int>) -> ArraySlice<UInt8>? {
    var node = Int(Self.offset(units[0]))
    for index in range {
      let byte = text[index]
      if byte == 0 { return nil }
      node ^= Int(byte)
      guard node < units.count else { return nil }
      let unit = units[node]
      // Bit 31 marks a value, which has no label.
      guard unit & 0x8000_00FF == UInt32(byte) else { return nil }
      node ^= Int(Self.offset(unit))
      guard node < units.count else { return nil }
      if unit & 0x100 != 0 { return self.text(at: Int(units[node] & 0x7FFF_FFFF)) }
    }
    return nil
  }

  private func text(at start: Int) -> ArraySlice<UInt8>? {
    guard start < replacements.count else { return nil }
    return replacements[start...].prefix { $0 != 0 }
  }

  private static func offset(_ unit: UInt32) -> UInt32 {
    (unit >> 10) << ((unit & 0x200) >> 6)
  }
}
