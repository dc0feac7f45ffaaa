/// The encodings of plain text, and how a file's encoding is detected.
package enum TextEncoding: String, Sendable, CaseIterable {
  case utf8 = "UTF-8"
  case utf16LittleEndian = "UTF-16LE"
  case utf16BigEndian = "UTF-16BE"
  case utf32LittleEndian = "UTF-32LE"
  case utf32BigEndian = "UTF-32BE"
  /// ISO-8859-1 with printable characters at 0x80 to 0x9F, as browsers read "Latin-1".
  case windows1252 = "windows-1252"
}

/// The result of the detection.
struct DetectedEncoding: Equatable {
  let encoding: TextEncoding
  /// Byte count of the byte order mark, which is skipped.
  let markByteCount: Int
}

/// The error for content that is not text.
struct NotText: Error, Equatable {
  let reason: String
}

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
  /// - Parameter bytes: the whole content.
  /// - Returns: the encoding and the byte count of its byte order mark.
  /// - Throws: `NotText` with the reason and byte offset for a binary file.
  /// - Complexity: O(bytes).
  static func detect(_ bytes: [UInt8]) throws(NotText) -> DetectedEncoding {
    if let marked = byteOrderMark(bytes) { return marked }
    if let wide = unmarkedUTF16(bytes) {
      return DetectedEncoding(encoding: wide, markByteCount: 0)
    }
    if let zero = bytes.prefix(zeroByteWindow).firstIndex(of: 0) {
      throw NotText(reason: "zero byte at offset \(zero)")
    }
    let controls = bytes.count { isSuspicious($0) }
    if controls >= minimumControlCount, controls * 100 > bytes.count * maximumControlPercent {
      throw NotText(reason: "\(controls) control characters in \(bytes.count) bytes")
    }
    let encoding: TextEncoding = looksLikeUTF8(bytes) ? .utf8 : .windows1252
    return DetectedEncoding(encoding: encoding, markByteCount: 0)
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
    ]
    for (mark, encoding) in marks where bytes.starts(with: mark) {
      return DetectedEncoding(encoding: encoding, markByteCount: mark.count)
    }
    return nil
  }

  /// UTF-16 without a byte order mark: zero bytes at many odd offsets and at hardly any even one,
  /// or the reverse.
  private static func unmarkedUTF16(_ bytes: [UInt8]) -> TextEncoding? {
    guard bytes.count >= 4, bytes.count.isMultiple(of: 2) else { return nil }
    var zerosAtEven = 0
    var zerosAtOdd = 0
    let window = bytes.prefix(zeroByteWindow)
    for (place, byte) in window.enumerated() where byte == 0 {
      if place.isMultiple(of: 2) { zerosAtEven += 1 } else { zerosAtOdd += 1 }
    }
    // Text in a European language has a zero byte in nearly every unit; a third leaves room for
    // other scripts. On the other side, characters such as U+0100 and U+0200 are rarer than one in
    // fifty.
    let units = window.count / 2
    if zerosAtOdd * 3 >= units && zerosAtEven * 50 <= units { return .utf16LittleEndian }
    if zerosAtEven * 3 >= units && zerosAtOdd * 50 <= units { return .utf16BigEndian }
    return nil
  }

  /// Whether a byte is a C0 control character that text does not contain; escape, backspace, form
  /// feed and vertical tab occur in logs and old manuals.
  private static func isSuspicious(_ byte: UInt8) -> Bool {
    byte < 0x20 && !(0x08...0x0D).contains(byte) && byte != 0x1B
  }

  /// Whether the bytes are valid UTF-8, or UTF-8 with a few errors: most multi-byte sequences are
  /// valid.
  private static func looksLikeUTF8(_ bytes: [UInt8]) -> Bool {
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
    return invalid == 0 || valid > invalid * 4
  }
}
