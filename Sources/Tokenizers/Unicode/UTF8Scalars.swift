// Reading and writing single Unicode scalars in valid UTF-8.

/// Number of bytes of the character that `first` begins in valid UTF-8.
@inline(__always)
func scalarByteCount(_ first: UInt8) -> Int {
  switch first {
  case ..<0xC0: 1
  case ..<0xE0: 2
  case ..<0xF0: 3
  default: 4
  }
}

/// The scalar at `index` and the index of the scalar after it.
///
/// - Precondition: `text` is valid UTF-8 and `index` is the start of a scalar. A truncated scalar at
///   the end yields U+FFFD, and no input yields a number above U+10FFFF.
@inline(__always)
func scalar(in text: [UInt8], at index: Int) -> (scalar: UInt32, next: Int) {
  let first = UInt32(text[index])
  if first < 0x80 { return (first, index + 1) }
  let count = scalarByteCount(text[index])
  guard index + count <= text.count else { return (0xFFFD, text.count) }
  var scalar = first & (0x7F >> UInt32(count))
  for offset in 1..<max(2, count) where offset < count {
    scalar = scalar << 6 | UInt32(text[index + offset] & 0x3F)
  }
  return (min(scalar, 0x10FFFF), index + count)
}

extension [UInt8] {
  /// Appends the UTF-8 encoding of a scalar.
  mutating func append(scalar: UInt32) {
    switch scalar {
    case ..<0x80:
      append(UInt8(scalar))
    case ..<0x800:
      append(UInt8(0xC0 | scalar >> 6))
      append(UInt8(0x80 | scalar & 0x3F))
    case ..<0x1_0000:
      append(UInt8(0xE0 | scalar >> 12))
      append(UInt8(0x80 | scalar >> 6 & 0x3F))
      append(UInt8(0x80 | scalar & 0x3F))
    default:
      append(UInt8(0xF0 | scalar >> 18 & 0x07))
      append(UInt8(0x80 | scalar >> 12 & 0x3F))
      append(UInt8(0x80 | scalar >> 6 & 0x3F))
      append(UInt8(0x80 | scalar & 0x3F))
    }
  }
}
