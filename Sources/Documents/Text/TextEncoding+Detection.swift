extension TextEncoding {
  /// A zero byte among this many first bytes makes a file binary, as in git (`buffer_is_binary`,
  /// FIRST_FEW_BYTES in xdiff-interface.c).
  static let zeroByteWindow = 8_000

  /// A file with a larger share of control characters is binary.
  ///
  /// Random bytes have 10 % of them and terminal logs, whose escape and backspace characters are
  /// not counted, well under 1 %.
  static let maximumControlPercent = 2

  /// Up to this many control characters do not make a short note binary.
  static let minimumControlCount = 4

  /// Finds the encoding of a file's content.
  ///
  /// A byte order mark decides; else the rules of UTF-16, ISO-2022-JP and UTF-8, which other bytes
  /// hardly ever keep; else ``LegacyEncoding`` guesses.
  ///
  /// - Parameters:
  ///   - bytes: the whole content.
  ///   - declared: the encoding that the content itself names, which counts before a guess.
  /// - Returns: the encoding and the byte count of its byte order mark.
  /// - Throws: `NotText` with the reason and byte offset for a binary file.
  /// - Complexity: O(bytes).
  static func detect(
    _ bytes: [UInt8], declared: TextEncoding? = nil
  ) throws(NotText) -> DetectedEncoding {
    if let marked = byteOrderMark(bytes) { return marked }
    if let wide = UnmarkedUTF16.find(in: bytes) {
      return DetectedEncoding(encoding: wide, markByteCount: 0)
    }
    if let zero = bytes.prefix(zeroByteWindow).firstIndex(of: 0) {
      throw NotText(reason: "zero byte at offset \(zero)")
    }
    let controls = bytes.count { isSuspicious($0) }
    if controls >= minimumControlCount, controls * 100 > bytes.count * maximumControlPercent {
      throw NotText(reason: "\(controls) control characters in \(bytes.count) bytes")
    }
    if hasJapaneseEscape(bytes) {
      return DetectedEncoding(encoding: .iso2022JP, markByteCount: 0)
    }
    let sequences = utf8Sequences(in: bytes)
    // UTF-8, or UTF-8 with a few errors.
    if sequences.invalid == 0 || sequences.valid > sequences.invalid * 4 {
      let isTwice = DoubleEncoding.isPresent(in: bytes)
      return DetectedEncoding(encoding: isTwice ? .doubleUTF8 : .utf8, markByteCount: 0)
    }
    // A page that is labelled UTF-8 and has next to no UTF-8 in it carries the wrong label.
    if let declared, declared != .utf8 || sequences.valid > sequences.invalid {
      return DetectedEncoding(encoding: declared, markByteCount: 0)
    }
    return LegacyEncoding(bytes).guess()
  }

  /// The encoding that a byte order mark denotes.
  static func byteOrderMark(_ bytes: [UInt8]) -> DetectedEncoding? {
    // UTF-32LE before UTF-16LE: its mark begins with the other's.
    let marks: [([UInt8], TextEncoding)] = [
      ([0xEF, 0xBB, 0xBF], .utf8),
      ([0xFF, 0xFE, 0x00, 0x00], .utf32LittleEndian),
      ([0x00, 0x00, 0xFE, 0xFF], .utf32BigEndian),
      ([0xFF, 0xFE], .utf16LittleEndian),
      ([0xFE, 0xFF], .utf16BigEndian),
      ([0x84, 0x31, 0x95, 0x33], .gb18030),
    ]
    for (mark, encoding) in marks where bytes.starts(with: mark) {
      return DetectedEncoding(encoding: encoding, markByteCount: mark.count)
    }
    return nil
  }

  /// Whether a byte is a C0 control character that text does not contain; escape, backspace, form
  /// feed and vertical tab occur in logs and old manuals.
  static func isSuspicious(_ byte: UInt8) -> Bool {
    byte < 0x20 && !(0x08...0x0D).contains(byte) && byte != 0x1B
  }

  /// Whether ASCII bytes contain the sequences that begin Japanese characters in ISO-2022-JP
  /// (RFC 1468).
  private static func hasJapaneseEscape(_ bytes: [UInt8]) -> Bool {
    guard let first = bytes.firstIndex(of: 0x1B), !bytes.contains(where: { $0 >= 0x80 }) else {
      return false
    }
    return bytes.indices[first...].dropLast(2).contains {
      bytes[$0] == 0x1B && bytes[$0 + 1] == UInt8(ascii: "$")
        && (bytes[$0 + 2] == UInt8(ascii: "B") || bytes[$0 + 2] == UInt8(ascii: "@"))
    }
  }

  /// Counts the multi-byte sequences of UTF-8 that are valid, and those that are not.
  private static func utf8Sequences(in bytes: [UInt8]) -> (valid: Int, invalid: Int) {
    var valid = 0
    var invalid = 0
    var offset = 0
    while offset < bytes.count {
      if bytes[offset] < 0x80 {
        offset += 1
        continue
      }
      switch UTF8Sequence.decode(bytes, at: offset) {
      case .scalar(_, let byteCount):
        valid += 1
        offset += byteCount
      case .invalid(let byteCount):
        invalid += 1
        offset += byteCount
      }
    }
    return (valid, invalid)
  }
}
