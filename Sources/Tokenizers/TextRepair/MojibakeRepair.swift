/// Repairs text that was decoded in a wrong encoding, such as "sÃ³" for "só".
///
/// Text with a suspicious sequence is encoded in the encodings that it may have been read in; the
/// first one whose bytes are UTF-8 gives the text. Where none is, the parts that look like UTF-8 are
/// repaired alone. All of it is repeated until nothing changes, since mistakes are made twice, too.
///
/// - Source: ftfy 6.3.1, `fix_encoding`. Parity: the ids of CLIP's tokenizer, which cleans its text
///   with ftfy, in `Tests/Reference/clip_token_ids.py`.
enum MojibakeRepair {
  private static let suspicious = SetSequences(MojibakeTables.suspicious)
  private static let altered = SetSequences(MojibakeTables.alteredBytes)
  private static let lossy = SetSequences(MojibakeTables.lossyBytes)
  private static let detector = EmbeddedUTF8Detector()

  /// The repaired text.
  static func repaired(_ text: [UInt32]) -> [UInt32] {
    var text = text
    while let next = step(text), next != text { text = next }
    return text
  }

  /// Replaces C1 control characters by those of Windows-1252, as browsers do.
  static func replacingControls(_ text: [UInt32]) -> [UInt32] {
    text.map { isControl($0) ? SingleByteEncoding.windows1252.decode(UInt8($0)) : $0 }
  }

  private static func isControl(_ scalar: UInt32) -> Bool { (0x80...0x9F).contains(scalar) }

  private static func isSuspicious(_ text: [UInt32]) -> Bool {
    text.contains { $0 >= 0x80 } && suspicious.occur(in: text)
  }

  /// One repair; nil where there is nothing to do.
  private static func step(_ text: [UInt32]) -> [UInt32]? {
    guard isSuspicious(text) else { return nil }
    for encoding in SingleByteEncoding.candidates {
      if let bytes = encoding.encode(text), let fixed = decoded(bytes, from: encoding) {
        return fixed
      }
    }
    let inParts = detector.replacing(in: text) { part in
      part.count < text.count && isSuspicious(Array(part)) ? repaired(Array(part)) : Array(part)
    }
    if inParts != text { return inParts }
    // Latin-1 without UTF-8 was meant as Windows-1252, unless that leaves a byte open.
    let isLatin1 = text.allSatisfy { $0 < 0x100 }
    if isLatin1, !text.contains(where: openBytes.contains) {
      let fixed = replacingControls(text)
      if fixed != text { return fixed }
    }
    return text.contains(where: isControl) ? replacingControls(text) : nil
  }

  /// The bytes to which Windows-1252 gives no character.
  private static let openBytes: Set<UInt32> = [0x81, 0x8D, 0x8F, 0x90, 0x9D]

  /// The text of bytes that are UTF-8, or are after a repair of single bytes; else nil.
  private static func decoded(_ bytes: [UInt8], from encoding: SingleByteEncoding) -> [UInt32]? {
    var values = bytes.map(UInt32.init)
    if encoding.restoresSpaces, altered.occur(in: values) {
      values = altered.replacing(in: restoringGraveA(values)) {
        $0.map { $0 == 0x20 ? 0xA0 : $0 }
      }
    }
    if encoding.isSloppy {
      // The bytes of U+FFFD.
      values = lossy.replacing(in: values) { _ in [0xEF, 0xBF, 0xBD] }
    }
    return UTF8Variants.decode(values.map { UInt8(truncatingIfNeeded: $0) })
  }

  /// Bytes C3 20 as "à" and a space, where C3 A0 20 lost its A0: "voilÃ le travail".
  ///
  /// Portuguese contractions with "à" keep their single word: "Ã s", "Ã quela".
  private static func restoringGraveA(_ bytes: [UInt32]) -> [UInt32] {
    let contractions = [" ", "quele", "quela", "quilo", "s "].map { $0.utf8.map(UInt32.init) }
    var result: [UInt32] = []
    for (index, byte) in bytes.enumerated() {
      result.append(byte)
      guard byte == 0xC3, index + 1 < bytes.count, bytes[index + 1] == 0x20 else { continue }
      let rest = bytes[(index + 2)...]
      if !contractions.contains(where: { rest.starts(with: $0) }) { result.append(0xA0) }
    }
    return result
  }
}

/// Finds runs that look like UTF-8 read as one byte a character.
private struct EmbeddedUTF8Detector {
  /// First characters of sequences of 2, 3 and 4 bytes, as bits of `CharacterSets`.
  private let firsts: [UInt128]
  private let continuation: UInt128
  /// Without the space, which may precede a run.
  private let strictContinuation: UInt128

  init() {
    let bits = MojibakeTables.detector.split(separator: " ").map {
      UInt128(1) << (Int($0) ?? 127)
    }
    firsts = Array(bits[..<3])
    continuation = bits[3]
    strictContinuation = bits[4]
  }

  /// The text with each run replaced; a run does not begin after a continuation.
  func replacing(
    in text: [UInt32], with replacement: (ArraySlice<UInt32>) -> [UInt32]
  ) -> [UInt32] {
    let memberships = text.map(CharacterSets.shared.membership(of:))
    return text.replacingMatches { index in
      let isInside = index > 0 && memberships[index - 1] & strictContinuation != 0
      let end = isInside ? index : runEnd(memberships, from: index)
      return end > index ? (replacement(text[index..<end]), end) : nil
    }
  }

  private func runEnd(_ memberships: [UInt128], from start: Int) -> Int {
    var index = start
    search: while index < memberships.count {
      for (number, first) in firsts.enumerated() where memberships[index] & first != 0 {
        let end = index + number + 2
        if end <= memberships.count,
          memberships[(index + 1)..<end].allSatisfy({ $0 & continuation != 0 })
        {
          index = end
          continue search
        }
      }
      break
    }
    return index
  }
}
