/// The tokens of JSON: a strict forward cursor over text in memory or in a mapped file.
///
/// It reads one token at a time and builds nothing, so two kinds of reader can share it:
/// `JSONValue` makes a tree of a small file, and the safetensors reader consumes a header of up to
/// 100 MB in place. It accepts nothing beyond the grammar: no comments, no NaN, no trailing commas,
/// no raw control characters, no half surrogate pairs.
///
/// - Source: RFC 8259.
@safe
package struct JSONLexer {
  /// Keeps the memory behind `base` alive.
  let owner: MappedFile
  private let base: UnsafeRawPointer?
  private let endOffset: Int

  /// The offset of the next byte, counted from the start of the file.
  package internal(set) var byteOffset: Int

  /// A cursor over `range` of `file`.
  ///
  /// - Precondition: the range is inside the file.
  package init(file: MappedFile, range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= file.byteCount)
    owner = file
    unsafe base = file.bytes.baseAddress
    byteOffset = range.lowerBound
    endOffset = range.upperBound
  }

  /// A cursor over a copy of `bytes`.
  package init(_ bytes: [UInt8]) {
    self.init(file: MappedFile(bytes: bytes, name: "JSON"), range: 0..<bytes.count)
  }

  /// The next byte, or nil at the end.
  package var next: UInt8? { byteOffset < endOffset ? byte(at: byteOffset) : nil }

  /// - Precondition: `offset` is inside the range.
  private func byte(at offset: Int) -> UInt8? {
    unsafe base?.load(fromByteOffset: offset, as: UInt8.self)
  }

  // MARK: Structure

  /// Skips spaces, tabs and line ends.
  package mutating func skipWhitespace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      byteOffset += 1
    }
  }

  /// Skips spaces only.
  package mutating func skipSpaces() {
    while next == 0x20 { byteOffset += 1 }
  }

  /// Consumes `byte` where it is next after white space, and says whether it did.
  package mutating func skip(_ byte: Unicode.Scalar) -> Bool {
    skipWhitespace()
    return skipByte(byte)
  }

  /// Consumes `byte`, which must be next after white space.
  package mutating func expect(_ byte: Unicode.Scalar) throws(JSONError) {
    if !skip(byte) { throw unexpected("'\(byte)'") }
  }

  /// Consumes `true`, `false` or `null`.
  package mutating func word(_ word: StaticString) throws(JSONError) {
    for (index, byte) in "\(word)".utf8.enumerated() {
      guard byteOffset + index < endOffset, self.byte(at: byteOffset + index) == byte else {
        throw unexpected("\(word)")
      }
    }
    byteOffset += word.utf8CodeUnitCount
  }

  mutating func skipByte(_ byte: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: byte) else { return false }
    byteOffset += 1
    return true
  }

  /// The error that something other than `expected` is next.
  package func unexpected(_ expected: String) -> JSONError {
    let found = next.map {
      (0x21...0x7E).contains($0)
        ? "'\(Unicode.Scalar($0))'" : "byte 0x" + String($0, radix: 16)
    }
    return .unexpected(byteOffset: byteOffset, expected: expected, found: found ?? "the end")
  }

  // MARK: Numbers

  /// Reads a number as Float64.
  package mutating func number() throws(JSONError) -> Double {
    let start = byteOffset
    _ = skipByte("-")
    try wholePart()
    if skipByte(".") { try requireDigits() }
    if skipByte("e") || skipByte("E") {
      if !skipByte("+") { _ = skipByte("-") }
      try requireDigits()
    }
    let text = unsafe String(decoding: owner.bytes[start..<byteOffset], as: UTF8.self)
    guard let number = Double(text) else { throw unexpected("a number") }
    return number
  }

  /// Reads a number without sign, fraction or exponent.
  ///
  /// - Throws: `JSONError.tooLarge` from 2^64 on.
  package mutating func wholeNumber() throws(JSONError) -> UInt64 {
    skipWhitespace()
    let start = byteOffset
    try wholePart()
    var number: UInt64 = 0
    for offset in start..<byteOffset {
      let digit = UInt64((byte(at: offset) ?? 0x30) - 0x30)
      let (product, overflow) = number.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(digit)
      if overflow || carry { throw .tooLarge(byteOffset: start) }
      number = sum
    }
    if let byte = next, byte == 0x2E || byte == 0x65 || byte == 0x45 {
      throw unexpected("a whole number")
    }
    return number
  }

  /// Consumes digits without leading zeros.
  private mutating func wholePart() throws(JSONError) {
    let start = byteOffset
    skipDigits()
    if byteOffset == start { throw unexpected("a value") }
    if byteOffset - start > 1, byte(at: start) == 0x30 {
      throw .unexpected(
        byteOffset: start, expected: "a number without leading zeros", found: "'0'")
    }
  }

  private mutating func skipDigits() {
    while let byte = next, (0x30...0x39).contains(byte) { byteOffset += 1 }
  }

  private mutating func requireDigits() throws(JSONError) {
    let start = byteOffset
    skipDigits()
    if byteOffset == start { throw unexpected("a digit") }
  }
}
