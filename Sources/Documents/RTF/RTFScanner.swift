/// Splits a Rich Text file into groups, control words and bytes of text (RTF 1.9.1, "Conventions of
/// an RTF Reader").
struct RTFScanner {
  /// A piece of the file.
  enum Token: Equatable {
    case groupStart
    case groupEnd
    /// A control word with its number, as in `\f2`.
    case word(String, Int?)
    /// A control symbol, as in `\~`.
    case symbol(UInt8)
    /// A byte of text, plain or as `\'e9`.
    case byte(UInt8)
  }

  private let bytes: [UInt8]
  private var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next token; nil at the end.
  mutating func next() -> Token? {
    while offset < bytes.count {
      let byte = bytes[offset]
      offset += 1
      switch byte {
      case UInt8(ascii: "{"): return .groupStart
      case UInt8(ascii: "}"): return .groupEnd
      // Line ends are layout of the file.
      case 0x0A, 0x0D, 0x00: continue
      case UInt8(ascii: "\\"):
        guard offset < bytes.count else { return nil }
        return control()
      default: return .byte(byte)
      }
    }
    return nil
  }

  private mutating func control() -> Token {
    let first = bytes[offset]
    guard Self.isLetter(first) else {
      offset += 1
      switch first {
      case UInt8(ascii: "'"):
        guard let value = TransferEncoding.hexadecimal(bytes[...], at: offset) else {
          return .symbol(first)
        }
        offset += 2
        return .byte(value)
      // Escaped line ends are paragraph ends.
      case 0x0A, 0x0D: return .word("par", nil)
      case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "\\"): return .byte(first)
      default: return .symbol(first)
      }
    }
    let start = offset
    // Longer words do not exist (RTF 1.9.1: at most 32 letters).
    while offset < bytes.count, Self.isLetter(bytes[offset]), offset - start < 32 { offset += 1 }
    let name = String(decoding: bytes[start..<offset], as: UTF8.self)
    let numberStart = offset
    if offset < bytes.count, bytes[offset] == UInt8(ascii: "-") { offset += 1 }
    let digitStart = offset
    while offset < bytes.count, (0x30...0x39).contains(bytes[offset]), offset - digitStart < 10 {
      offset += 1
    }
    var number: Int?
    if offset > digitStart {
      number = Int(String(decoding: bytes[numberStart..<offset], as: UTF8.self))
    } else {
      offset = numberStart
    }
    // One space ends a control word and is not text.
    if offset < bytes.count, bytes[offset] == 0x20 { offset += 1 }
    if name == "bin", let number, number > 0 { offset = min(bytes.count, offset + number) }
    return .word(name, number)
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
}
