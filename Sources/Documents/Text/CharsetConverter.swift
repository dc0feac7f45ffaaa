internal import Glibc
internal import Synchronization

/// Converts text by the C library's `iconv`, one character at a time, so that each character keeps
/// the place of its bytes in the file.
@safe struct CharsetConverter: ~Copyable {
  private let descriptor: iconv_t

  /// The most bytes that are offered for one character: an escape sequence of ISO-2022 with a
  /// character, or a character of GB18030, has up to six.
  private static let inputByteCount = 16
  /// Bytes of a character of the C library, a code point.
  private static let scalarByteCount = 4

  /// - Parameter name: as `iconv -l` lists it; nil for an unknown one.
  init?(_ name: String) {
    let opened = unsafe iconv_open("WCHAR_T", name)
    // The manual: (iconv_t) -1 for an error.
    guard let opened = unsafe opened, Int(bitPattern: opened) != -1 else { return nil }
    unsafe descriptor = opened
  }

  deinit { unsafe iconv_close(descriptor) }

  /// Decodes `bytes` from `start` into a builder; a byte that begins no character becomes U+FFFD.
  ///
  /// - Complexity: O(bytes).
  func decode(_ bytes: [UInt8], from start: Int, into builder: inout TextBuilder) {
    var offset = start
    var pending = start
    while offset < bytes.count {
      let end = min(bytes.count, offset + Self.inputByteCount)
      let step = convert(bytes[offset..<end])
      offset += step.readCount
      if let scalar = step.scalar {
        // The second character of a code for two has no bytes of its own.
        builder.append(scalar, sourceOffset: pending, sourceByteCount: offset - pending)
        pending = offset
      } else if step.readCount == 0 {
        offset += 1
        builder.appendReplacement(sourceOffset: pending, sourceByteCount: offset - pending)
        pending = offset
      }
    }
    // A letter that was held back for an accent after it.
    if let scalar = convert([]).scalar {
      builder.append(scalar, sourceOffset: pending, sourceByteCount: offset - pending)
    }
  }

  /// The tables that were made so far, because a Rich Text file is decoded run by run, and a table
  /// takes 256 converters.
  private static let tables = Mutex<[String: [Unicode.Scalar?]]>([:])

  /// The characters of all bytes of an encoding with one byte for each; nil for bytes without one.
  static func table(_ name: String) -> [Unicode.Scalar?] {
    if let known = tables.withLock({ $0[name] }) { return known }
    let table = makeTable(name)
    tables.withLock { $0[name] = table }
    return table
  }

  private static func makeTable(_ name: String) -> [Unicode.Scalar?] {
    (UInt8.min...UInt8.max).map { byte in
      // Some encodings hold a letter back until they know that no accent follows: a new converter
      // for each byte, which gives it out at the end.
      guard let converter = CharsetConverter(name) else { return nil }
      return converter.convert([byte]).scalar ?? converter.convert([]).scalar
    }
  }

  /// Converts one character.
  ///
  /// - Parameter input: its bytes and more; without any, what is held back is given out.
  /// - Returns: the number of bytes that were read, 0 where they are invalid or incomplete, and the
  ///   character; an escape sequence may be read without one.
  private func convert(_ input: ArraySlice<UInt8>) -> (readCount: Int, scalar: Unicode.Scalar?) {
    var output: UInt32 = 0
    var free = Self.scalarByteCount
    var left = input.count
    unsafe withUnsafeMutableBytes(of: &output) { target in
      var to = unsafe target.baseAddress?.assumingMemoryBound(to: CChar.self)
      unsafe input.withUnsafeBytes { source in
        var from = unsafe UnsafeMutablePointer(
          mutating: source.baseAddress?.assumingMemoryBound(to: CChar.self))
        if unsafe source.isEmpty {
          _ = unsafe iconv(descriptor, nil, nil, &to, &free)
        } else {
          _ = unsafe iconv(descriptor, &from, &left, &to, &free)
        }
      }
    }
    return (input.count - left, free == 0 ? Unicode.Scalar(output) ?? "\u{FFFD}" : nil)
  }
}
