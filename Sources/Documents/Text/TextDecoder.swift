/// Decodes the content of a file to text.
enum TextDecoder {
  /// Decodes `bytes`, from the byte after the byte order mark to the end.
  ///
  /// - Returns: a builder with the text, its source map and the counts of removed and replaced
  ///   characters.
  /// - Complexity: O(bytes).
  static func decode(_ bytes: [UInt8], as detected: DetectedEncoding) -> TextBuilder {
    var builder = TextBuilder()
    builder.reserve(bytes.count)
    let start = detected.markByteCount
    switch detected.encoding {
    case .utf8: decodeUTF8(bytes, from: start, to: bytes.count, into: &builder)
    case .utf16LittleEndian: decodeUTF16(bytes, from: start, highByte: 1, into: &builder)
    case .utf16BigEndian: decodeUTF16(bytes, from: start, highByte: 0, into: &builder)
    case .utf32LittleEndian:
      decodeUTF32(bytes, from: start, bigEndian: false, into: &builder)
    case .utf32BigEndian: decodeUTF32(bytes, from: start, bigEndian: true, into: &builder)
    case .windows1252: decodeWindows1252(bytes, from: start, into: &builder)
    case .doubleUTF8: decodeDoubleUTF8(bytes, from: start, into: &builder)
    default: decodeLegacy(bytes, from: start, as: detected.encoding, into: &builder)
    }
    return builder
  }

  /// Decodes an encoding that the C library converts.
  private static func decodeLegacy(
    _ bytes: [UInt8], from start: Int, as encoding: TextEncoding, into builder: inout TextBuilder
  ) {
    guard let name = encoding.converterName, let converter = CharsetConverter(name) else {
      // The library lacks it, which Debian's does not.
      return decodeWindows1252(bytes, from: start, into: &builder)
    }
    guard encoding.hasSingleBytes else {
      return converter.decode(bytes, from: start, into: &builder)
    }
    let table = CharsetConverter.table(name)
    for offset in start..<max(start, bytes.count) {
      if let scalar = table[Int(bytes[offset])] {
        builder.append(scalar, sourceOffset: offset, sourceByteCount: 1)
      } else {
        builder.appendReplacement(sourceOffset: offset, sourceByteCount: 1)
      }
    }
  }

  /// Decodes text that was encoded as UTF-8 twice; a run that was not is decoded once.
  private static func decodeDoubleUTF8(
    _ bytes: [UInt8], from start: Int, into builder: inout TextBuilder
  ) {
    var offset = start
    while offset < bytes.count {
      let end = DoubleEncoding.end(ofRunAt: offset, in: bytes)
      if let characters = DoubleEncoding.decoded(bytes, offset..<end), end > offset {
        for (scalar, source) in characters {
          builder.append(scalar, sourceOffset: source.lowerBound, sourceByteCount: source.count)
        }
        offset = end
      } else {
        // Either ASCII, or characters that were encoded once.
        let next = max(end, bytes[end...].firstIndex { $0 >= 0x80 } ?? bytes.count)
        decodeUTF8(bytes, from: offset, to: next, into: &builder)
        offset = next
      }
    }
  }

  /// Copies runs of printable ASCII at once, and everything else character by character.
  private static func decodeUTF8(
    _ bytes: [UInt8], from start: Int, to end: Int, into builder: inout TextBuilder
  ) {
    var plainStart = start
    var offset = start
    while offset < end {
      let byte = bytes[offset]
      if (byte >= 0x20 && byte < 0x7F) || byte == 0x09 {
        offset += 1
        continue
      }
      builder.appendPlain(bytes[plainStart..<offset])
      switch UTF8Sequence.decode(bytes, at: offset) {
      case .scalar(let scalar, let byteCount):
        builder.append(scalar, sourceOffset: offset, sourceByteCount: byteCount)
        offset += byteCount
      case .invalid(let byteCount):
        builder.appendReplacement(sourceOffset: offset, sourceByteCount: byteCount)
        offset += byteCount
      }
      plainStart = offset
    }
    builder.appendPlain(bytes[plainStart..<offset])
  }

  /// Decodes UTF-16 with the high byte at offset `highByte` of each unit: 0 for big-endian.
  private static func decodeUTF16(
    _ bytes: [UInt8], from start: Int, highByte: Int, into builder: inout TextBuilder
  ) {
    func unit(at offset: Int) -> UInt32? {
      guard offset + 1 < bytes.count else { return nil }
      return UInt32(bytes[offset + highByte]) << 8 | UInt32(bytes[offset + 1 - highByte])
    }
    var offset = start
    while offset < bytes.count {
      guard let first = unit(at: offset) else {
        builder.appendReplacement(sourceOffset: offset, sourceByteCount: 1)
        return
      }
      if let scalar = Unicode.Scalar(first) {
        builder.append(scalar, sourceOffset: offset, sourceByteCount: 2)
        offset += 2
      } else if (0xD800...0xDBFF).contains(first), let second = unit(at: offset + 2),
        (0xDC00...0xDFFF).contains(second),
        let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
      {
        builder.append(scalar, sourceOffset: offset, sourceByteCount: 4)
        offset += 4
      } else {
        builder.appendReplacement(sourceOffset: offset, sourceByteCount: 2)
        offset += 2
      }
    }
  }

  private static func decodeUTF32(
    _ bytes: [UInt8], from start: Int, bigEndian: Bool, into builder: inout TextBuilder
  ) {
    for offset in stride(from: start, to: bytes.count, by: 4) {
      guard offset + 4 <= bytes.count else {
        builder.appendReplacement(
          sourceOffset: offset, sourceByteCount: bytes.count - offset)
        return
      }
      let unit = bytes[offset..<offset + 4]
      let ordered = bigEndian ? Array(unit) : unit.reversed()
      let value = ordered.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      if let scalar = Unicode.Scalar(value) {
        builder.append(scalar, sourceOffset: offset, sourceByteCount: 4)
      } else {
        builder.appendReplacement(sourceOffset: offset, sourceByteCount: 4)
      }
    }
  }

  private static func decodeWindows1252(
    _ bytes: [UInt8], from start: Int, into builder: inout TextBuilder
  ) {
    for offset in start..<max(start, bytes.count) {
      let byte = bytes[offset]
      let scalar = windows1252(Unicode.Scalar(byte))
      builder.append(scalar, sourceOffset: offset, sourceByteCount: 1)
    }
  }

  /// The character that Windows-1252 has in place of a C1 control character.
  static func windows1252(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    guard (0x80...0x9F).contains(scalar.value) else { return scalar }
    return windows1252High[Int(scalar.value) - 0x80]
  }

  /// 0x80 to 0x9F.
  ///
  /// Five bytes are not assigned and keep their Latin-1 control character. Source: WHATWG Encoding
  /// Standard, index-windows-1252.
  private static let windows1252High: [Unicode.Scalar] = [
    "\u{20AC}", "\u{0081}", "\u{201A}", "\u{0192}", "\u{201E}", "\u{2026}", "\u{2020}",
    "\u{2021}", "\u{02C6}", "\u{2030}", "\u{0160}", "\u{2039}", "\u{0152}", "\u{008D}",
    "\u{017D}", "\u{008F}", "\u{0090}", "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}",
    "\u{2022}", "\u{2013}", "\u{2014}", "\u{02DC}", "\u{2122}", "\u{0161}", "\u{203A}",
    "\u{0153}", "\u{009D}", "\u{017E}", "\u{0178}",
  ]
}
