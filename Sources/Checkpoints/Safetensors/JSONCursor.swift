// The part of JSON that a safetensors header needs: objects, strings, arrays of whole numbers. The
// header's structure is fixed, so the reader asks for what must come next instead of building a
// tree; nothing nests by the file's choice, so nothing can overflow a stack.
// JSONValue of Bytes, which builds a tree for any small JSON file, would take a few times the memory
// of a header of up to 100 MB and lose the offsets that errors name.
// Grammar: RFC 8259.

internal import Bytes

/// A strict forward cursor over JSON text in a file.
@safe
struct JSONCursor {
  private let owner: MappedFile
  private let base: UnsafeRawPointer?
  private let endOffset: Int

  /// The next byte's offset in the file.
  private(set) var byteOffset: Int

  /// A cursor over `range` of `file`.
  ///
  /// - Precondition: the caller has checked that the range lies inside the file.
  init(file: MappedFile, range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= file.byteCount)
    owner = file
    unsafe base = file.bytes.baseAddress
    byteOffset = range.lowerBound
    endOffset = range.upperBound
  }

  /// The next byte, or nil at the end.
  var next: UInt8? {
    byteOffset < endOffset ? unsafe base?.load(fromByteOffset: byteOffset, as: UInt8.self) : nil
  }

  /// Steps over one byte.
  private mutating func advance() { byteOffset += 1 }

  /// Steps over spaces, tabs and line ends.
  mutating func skipWhitespace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      advance()
    }
  }

  /// Steps over spaces alone.
  mutating func skipSpaces() {
    while next == 0x20 { advance() }
  }

  /// Steps over `byte` if it comes next, after white space, and says whether it did.
  mutating func skip(_ byte: Unicode.Scalar) -> Bool {
    skipWhitespace()
    guard next == UInt8(ascii: byte) else { return false }
    advance()
    return true
  }

  /// Steps over `byte`, which must come next after white space.
  mutating func expect(
    _ byte: Unicode.Scalar, _ place: @autoclosure () -> String
  ) throws(CheckpointError) {
    if !skip(byte) { throw unexpected("'\(byte)' \(place())") }
  }

  /// Calls `member` for each member of an object, with the cursor behind its colon.
  ///
  /// - Parameters:
  ///   - place: what the object is, for errors.
  ///   - member: receives the key's bytes and where the key began; must consume the value.
  /// - Throws: `CheckpointError.invalidHeader`, or what `member` throws.
  mutating func object(
    _ place: String,
    _ member: (inout JSONCursor, [UInt8], Int) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    try expect("{", "at the start of \(place)")
    if skip("}") { return }
    while true {
      skipWhitespace()
      let keyOffset = byteOffset
      let key = try string("a name in \(place)")
      try expect(":", "after a name in \(place)")
      skipWhitespace()
      try member(&self, key, keyOffset)
      if skip(",") { continue }
      try expect("}", "or ',' in \(place)")
      return
    }
  }

  /// Reads an array of whole numbers, at most `limit` of them.
  mutating func wholeNumbers(
    limit: Int, _ place: String
  ) throws(CheckpointError) -> [UInt64] {
    try expect("[", "at the start of \(place)")
    var numbers: [UInt64] = []
    if skip("]") { return numbers }
    while true {
      if numbers.count == limit {
        throw .limitExceeded(
          what: "count of \(place)", byteOffset: byteOffset, value: UInt64(limit + 1),
          limit: UInt64(limit))
      }
      numbers.append(try wholeNumber(place))
      if skip(",") { continue }
      try expect("]", "or ',' in \(place)")
      return numbers
    }
  }

  private mutating func wholeNumber(_ place: String) throws(CheckpointError) -> UInt64 {
    skipWhitespace()
    let start = byteOffset
    var number: UInt64 = 0
    while let byte = next, (0x30...0x39).contains(byte) {
      let (product, overflow) = number.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(byte - 0x30))
      if overflow || carry { throw .bytes(.overflow(what: place, byteOffset: start)) }
      number = sum
      advance()
    }
    if byteOffset == start { throw unexpected("a whole number in \(place)") }
    if byteOffset - start > 1, unsafe base?.load(fromByteOffset: start, as: UInt8.self) == 0x30 {
      throw .invalidHeader(byteOffset: start, reason: "a number in \(place) has leading zeros")
    }
    if let byte = next, byte == 0x2E || byte == 0x65 || byte == 0x45 {
      throw unexpected("a whole number in \(place)")
    }
    return number
  }

  /// Reads a string; escapes are resolved, the result is UTF-8.
  mutating func string(_ place: String) throws(CheckpointError) -> [UInt8] {
    let start = byteOffset
    try expect("\"", "at the start of \(place)")
    var bytes: [UInt8] = []
    while let byte = next {
      advance()
      switch byte {
      case UInt8(ascii: "\""):
        guard String(validating: bytes, as: UTF8.self) != nil else {
          throw .invalidHeader(byteOffset: start, reason: "\(place) is not UTF-8")
        }
        return bytes
      case UInt8(ascii: "\\"):
        bytes.append(contentsOf: Array(String(try escape(place)).utf8))
      case 0..<0x20:
        throw .invalidHeader(
          byteOffset: byteOffset - 1, reason: "\(place) holds a raw control character")
      default:
        bytes.append(byte)
      }
    }
    throw unexpected("the end of \(place)")
  }

  private mutating func escape(_ place: String) throws(CheckpointError) -> Unicode.Scalar {
    let start = byteOffset
    guard let byte = next else { throw unexpected("an escape in \(place)") }
    advance()
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape(place)
    default:
      throw .invalidHeader(byteOffset: start, reason: "\(place) holds an unknown escape")
    }
  }

  /// The scalar of `\uXXXX`, or of two of them that form a surrogate pair.
  private mutating func unicodeEscape(_ place: String) throws(CheckpointError) -> Unicode.Scalar {
    let start = byteOffset
    let first = try fourHexadecimalDigits(place)
    if let scalar = Unicode.Scalar(first) { return scalar }
    if (0xD800...0xDBFF).contains(first), next == UInt8(ascii: "\\") {
      advance()
      if next == UInt8(ascii: "u") {
        advance()
        let second = try fourHexadecimalDigits(place)
        if (0xDC00...0xDFFF).contains(second),
          let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        {
          return scalar
        }
      }
    }
    throw .invalidHeader(byteOffset: start, reason: "\(place) holds half a surrogate pair")
  }

  private mutating func fourHexadecimalDigits(
    _ place: String
  ) throws(CheckpointError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw unexpected("a hexadecimal digit in \(place)")
      }
      advance()
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  private func unexpected(_ expected: String) -> CheckpointError {
    let found = next.map { byte in
      (0x21...0x7E).contains(byte)
        ? "'\(Unicode.Scalar(byte))'" : "byte 0x\(String(byte, radix: 16))"
    }
    return .invalidHeader(
      byteOffset: byteOffset, reason: "expected \(expected), found \(found ?? "the end")")
  }
}
