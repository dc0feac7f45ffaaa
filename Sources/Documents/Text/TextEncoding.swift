/// The encodings of text files, by their names in the WHATWG Encoding Standard where it has one.
package enum TextEncoding: String, Sendable, CaseIterable {
  case utf8 = "UTF-8"
  case utf16LittleEndian = "UTF-16LE"
  case utf16BigEndian = "UTF-16BE"
  case utf32LittleEndian = "UTF-32LE"
  case utf32BigEndian = "UTF-32BE"
  /// UTF-8 that a program read as Windows-1252 and wrote as UTF-8 again: `Ã©` in place of `é`.
  case doubleUTF8 = "UTF-8 encoded twice"
  /// ISO-8859-1 with printable characters at 0x80 to 0x9F, as browsers read "Latin-1".
  case windows1252 = "windows-1252"

  case windows1250 = "windows-1250"
  case windows1251 = "windows-1251"
  case windows1253 = "windows-1253"
  case windows1254 = "windows-1254"
  case windows1255 = "windows-1255"
  case windows1256 = "windows-1256"
  case windows1257 = "windows-1257"
  case windows1258 = "windows-1258"
  case windows874 = "windows-874"
  case iso8859Part2 = "ISO-8859-2"
  case iso8859Part3 = "ISO-8859-3"
  case iso8859Part4 = "ISO-8859-4"
  case iso8859Part5 = "ISO-8859-5"
  case iso8859Part6 = "ISO-8859-6"
  case iso8859Part7 = "ISO-8859-7"
  case iso8859Part8 = "ISO-8859-8"
  case iso8859Part10 = "ISO-8859-10"
  case iso8859Part13 = "ISO-8859-13"
  case iso8859Part14 = "ISO-8859-14"
  case iso8859Part15 = "ISO-8859-15"
  case iso8859Part16 = "ISO-8859-16"
  case koi8R = "KOI8-R"
  case koi8U = "KOI8-U"
  case ibm850 = "IBM850"
  case ibm852 = "IBM852"
  case ibm866 = "IBM866"
  case macintosh = "macintosh"
  case macCyrillic = "x-mac-cyrillic"
  case gb18030 = "gb18030"
  case big5 = "Big5"
  case shiftJIS = "Shift_JIS"
  case eucJP = "EUC-JP"
  case iso2022JP = "ISO-2022-JP"
  case eucKR = "EUC-KR"

  /// The name under which the C library's `iconv` converts it; nil for the encodings that
  /// `TextDecoder` reads itself.
  ///
  /// Of several versions it is the largest, as in browsers: "Shift_JIS" has Windows' characters, and
  /// "EUC-KR" all syllables.
  var converterName: String? {
    switch self {
    case .utf8, .utf16LittleEndian, .utf16BigEndian, .utf32LittleEndian, .utf32BigEndian,
      .doubleUTF8, .windows1252:
      nil
    case .windows874: "CP874"
    case .macCyrillic: "MAC-CYRILLIC"
    case .macintosh: "MACINTOSH"
    case .big5: "BIG5-HKSCS"
    case .shiftJIS: "CP932"
    case .eucKR: "CP949"
    case .windows1250, .windows1251, .windows1253, .windows1254, .windows1255, .windows1256,
      .windows1257, .windows1258:
      "CP" + rawValue.suffix(4)
    default: rawValue.uppercased()
    }
  }
}

extension TextEncoding {
  /// Whether it is one of the encodings with a byte for each character.
  var hasSingleBytes: Bool {
    switch self {
    case .utf8, .utf16LittleEndian, .utf16BigEndian, .utf32LittleEndian, .utf32BigEndian,
      .doubleUTF8, .gb18030, .big5, .shiftJIS, .eucJP, .iso2022JP, .eucKR:
      false
    default: true
    }
  }

  /// Whether it is for languages with Latin letters, in which most bytes are ASCII.
  var isLatin: Bool {
    switch self {
    case .windows1250, .windows1252, .windows1254, .windows1257, .windows1258, .iso8859Part2,
      .iso8859Part3, .iso8859Part4, .iso8859Part10, .iso8859Part13, .iso8859Part14,
      .iso8859Part15, .iso8859Part16, .ibm850, .ibm852, .macintosh:
      true
    default: false
    }
  }
}

/// The result of the detection.
struct DetectedEncoding: Equatable {
  let encoding: TextEncoding
  /// Byte count of the byte order mark, which is skipped.
  let markByteCount: Int
  /// Whether the bytes fit another encoding nearly as well.
  var isDoubtful = false

  /// Messages about a guessed encoding, and about bytes that were replaced in the decoded text.
  func warnings(about text: TextBuilder) -> [String] {
    var warnings: [String] = []
    if isDoubtful {
      warnings.append(
        "the encoding is a guess, \(encoding.rawValue); if the text is garbled,"
          + " save the file as UTF-8")
    }
    if text.replacedCount > 0 {
      warnings.append(
        "\(text.replacedCount) place(s) that are not valid \(encoding.rawValue)"
          + " were replaced by U+FFFD")
    }
    return warnings
  }
}

/// The error for content that is not text.
struct NotText: Error, Equatable {
  let reason: String
}
