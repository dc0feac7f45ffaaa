/// Recognises UTF-16 without a byte order mark.
///
/// Text of one language uses few scripts, so the high bytes of its units fall into few ranges, and
/// it contains spaces or line ends. Bytes of anything else, read as UTF-16, scatter over all scripts
/// and hit places without a character.
enum UnmarkedUTF16 {
  /// The byte order, or nil for other content.
  ///
  /// - Complexity: O(1): only the first bytes are examined.
  static func find(in bytes: [UInt8]) -> TextEncoding? {
    let window = bytes.prefix(TextEncoding.zeroByteWindow)
    // Every common character below U+0800 has a unit with a byte that text in other encodings does
    // not contain, and texts in higher scripts have line ends, spaces or full stops of that kind.
    guard bytes.count >= 4, window.contains(where: TextEncoding.isSuspicious) else { return nil }
    let little = Reading(window, highByte: 1)
    let big = Reading(window, highByte: 0)
    if little.isText, !big.isText || little.separatorCount >= big.separatorCount {
      return .utf16LittleEndian
    }
    return big.isText ? .utf16BigEndian : nil
  }

  /// The kinds of the units, read in one byte order.
  private struct Reading {
    private(set) var unitCount = 0
    private(set) var separatorCount = 0
    private var strangeCount = 0
    private var neutralCount = 0
    private var scriptCounts: [Int: Int] = [:]

    init(_ bytes: ArraySlice<UInt8>, highByte: Int) {
      var offset = bytes.startIndex
      while offset + 1 < bytes.endIndex {
        let unit = UInt16(bytes[offset + highByte]) << 8 | UInt16(bytes[offset + 1 - highByte])
        add(unit)
        offset += 2
      }
    }

    private mutating func add(_ unit: UInt16) {
      unitCount += 1
      if Self.separators.contains(unit) { separatorCount += 1 }
      switch unit {
      case 0x09, 0x0A, 0x0D: neutralCount += 1
      // Two surrogates are a character beyond 16 bits; any text may have pictographs.
      case 0xD83C...0xD83E, 0xDC00...0xDFFF: neutralCount += 1
      default:
        guard let scalar = Unicode.Scalar(UInt32(unit)) else { return strangeCount += 1 }
        switch scalar.properties.generalCategory {
        case .control, .unassigned, .privateUse, .surrogate: strangeCount += 1
        default:
          let script = Self.script(unit)
          if script == 0 { neutralCount += 1 } else { scriptCounts[script, default: 0] += 1 }
        }
      }
    }

    /// Whether nearly all characters are of one script, apart from digits and punctuation.
    var isText: Bool {
      let largest = scriptCounts.values.max() ?? 0
      // Texts of every script contain Latin names.
      let latin = scriptCounts[1] ?? 0
      let coherent = largest == latin ? largest : largest + latin
      // Two bytes of ASCII are a Chinese character, too, but a text of those has punctuation.
      return unitCount > 1 && (separatorCount > 0 || (largest == latin && latin > 0))
        && strangeCount * 100 <= unitCount
        && (coherent + neutralCount) * 100 >= 95 * unitCount
        && largest * 2 >= unitCount - neutralCount
    }

    /// Space, line feed, and the space, comma and full stops of Chinese and Japanese.
    private static let separators: Set<UInt16> = [0x20, 0x0A, 0x3000, 0x3001, 0x3002, 0xFF0C]

    /// A number for the script: 0 for marks and digits of any script, 1 for Latin.
    private static func script(_ unit: UInt16) -> Int {
      switch unit {
      case ..<0x41, 0x5B..<0x61, 0x7B..<0xC0: 0
      case ..<0x300, 0x1E00..<0x1F00: 1
      case 0x2000..<0x2070, 0x20A0..<0x20D0, 0x3000..<0x3040, 0xFF00..<0xFFF0: 0
      // Japanese and Korean mix their own letters with Chinese ones.
      case 0x3040..<0xA000, 0xF900..<0xFB00: 2
      case 0xAC00..<0xD800, 0x1100..<0x1200: 3
      case 0x400..<0x530: 4
      default: Int(unit >> 7) + 8
      }
    }
  }
}
