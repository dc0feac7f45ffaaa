internal import Foundation

/// Turns the bytes of a terminal into characters and pasted texts.
///
/// A terminal that was asked for bracketed paste puts `ESC [ 200 ~` before a pasted text and
/// `ESC [ 201 ~` after it, so that its line ends can be told from the Enter key.
///
/// - Source: "Bracketed Paste Mode" of xterm's ctlseqs.
struct KeyReader {
  /// A character that was typed, or a text that was pasted.
  enum Key: Equatable {
    case character(Unicode.Scalar)
    /// On one line, without control characters.
    case paste(String)
  }

  /// The time to wait for a byte.
  enum Patience {
    case forever
    /// The bytes of one key arrive together: 50 ms suffice over a network, and are not felt after
    /// the Escape key.
    case sameKey
    /// A paste may be slow, but one whose end is lost must not swallow the keys for ever.
    case samePaste

    /// For `poll`.
    var milliseconds: Int32 {
      switch self {
      case .forever: -1
      case .sameKey: 50
      case .samePaste: 1_000
      }
    }
  }

  static let pasteStart = Array("\u{1B}[200~".utf8)
  static let pasteEnd = Array("\u{1B}[201~".utf8)

  /// Bytes of a paste that are kept, 100 times as many as a long question has; the rest is dropped.
  static let pasteByteLimit = 1 << 18

  /// Bytes that were read and belong to the next key.
  private var pending: ArraySlice<UInt8> = []

  /// The next key.
  ///
  /// - Parameter read: the next byte; nil at the end of the input, or when no byte arrived in time.
  /// - Returns: the key; U+FFFD for bytes that are not UTF-8; nil at the end of the input.
  mutating func next(_ read: (Patience) -> UInt8?) -> Key? {
    guard let first = take(read, .forever) else { return nil }
    if first == Self.pasteStart[0] { return escape(read) }
    guard first >= 0x80 else { return .character(Unicode.Scalar(first)) }
    let count = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 1
    var bytes = [first]
    while bytes.count < count, let byte = take(read, .sameKey) {
      guard byte & 0xC0 == 0x80 else {
        pending = [byte] + pending
        break
      }
      bytes.append(byte)
    }
    return .character(String(decoding: bytes, as: UTF8.self).unicodeScalars.first ?? "\u{FFFD}")
  }

  private mutating func take(_ read: (Patience) -> UInt8?, _ patience: Patience) -> UInt8? {
    pending.popFirst() ?? read(patience)
  }

  /// The key that begins with an escape character: a paste, or the character itself.
  private mutating func escape(_ read: (Patience) -> UInt8?) -> Key {
    var bytes = [Self.pasteStart[0]]
    while bytes.count < Self.pasteStart.count, bytes == Array(Self.pasteStart[..<bytes.count]),
      let byte = take(read, .sameKey)
    {
      bytes.append(byte)
    }
    guard bytes == Self.pasteStart else {
      pending = bytes.dropFirst() + pending
      return .character("\u{1B}")
    }
    return .paste(paste(read))
  }

  private mutating func paste(_ read: (Patience) -> UInt8?) -> String {
    var bytes: [UInt8] = []
    // The last bytes, which may be the end.
    var tail: [UInt8] = []
    while tail != Self.pasteEnd, let byte = take(read, .samePaste) {
      tail.append(byte)
      if tail.count > Self.pasteEnd.count {
        let oldest = tail.removeFirst()
        if bytes.count < Self.pasteByteLimit { bytes.append(oldest) }
      }
    }
    if tail != Self.pasteEnd { bytes += tail }
    return Self.onOneLine(String(decoding: bytes, as: UTF8.self))
  }

  /// A pasted text with its lines joined by spaces, composed letters and no control characters.
  ///
  /// libedit gives each scalar a column of its own, so decomposed letters would displace the cursor.
  static func onOneLine(_ text: String) -> String {
    let lines = text.split { $0.isNewline || $0 == "\t" }
    return droppingControls(lines.joined(separator: " ")).precomposedStringWithCanonicalMapping
  }
}
