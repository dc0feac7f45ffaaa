internal import Bytes

/// The address of a picture in a page: `photo.jpg`, `../a%20b.png`, `data:image/png;base64,…`.
///
/// Nothing is fetched from the network, and only relative paths are followed: an absolute one in a
/// page from elsewhere means a file on its author's machine.
enum PictureAddress {
  /// The picture that an address names.
  ///
  /// - Parameters:
  ///   - address: as it is written in the page.
  ///   - page: the path of the page.
  /// - Returns: nil for addresses of the network, absolute paths, vector graphics, and files that do
  ///   not exist.
  static func resolve(_ address: String, inPageAt page: String) -> PictureCollector.Content? {
    let address = address.trimmedOfSpace
    if let bytes = dataBytes(address) { return .bytes(bytes) }
    // A scheme such as https: comes before the first slash.
    let beforeSlash = address.prefix { $0 != "/" }
    guard !address.isEmpty, !beforeSlash.contains(":"), !address.hasPrefix("/"),
      !address.hasPrefix("#")
    else { return nil }
    let withoutQuery = String(address.prefix { $0 != "?" && $0 != "#" })
    // A name may contain a literal percent sign, so both spellings are tried.
    for name in [percentDecoded(withoutQuery), withoutQuery, address] {
      guard let name, !name.lowercased().hasSuffix(".svg"), !name.utf8.contains(0) else { continue }
      let folder = Paths.folder(of: page)
      guard let path = Paths.canonical(folder + "/" + name), !Paths.isFolder(path) else { continue }
      return .stored(.linked(path: path))
    }
    return nil
  }

  /// The bytes of a `data:` address of a picture (RFC 2397) in base64; nil for other addresses.
  private static func dataBytes(_ address: String) -> [UInt8]? {
    guard let comma = address.firstIndex(of: ",") else { return nil }
    let head = address[..<comma].lowercased()
    guard head.hasPrefix("data:image/"), head.hasSuffix(";base64"), !head.contains("svg") else {
      return nil
    }
    return Base64.decode(address[address.index(after: comma)...])
  }

  /// The text with `%20` and the like decoded; nil if the result is not UTF-8.
  private static func percentDecoded(_ text: String) -> String? {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return nil }
    return String(
      validating: TransferEncoding.percentDecoded(Array(text.utf8)), as: UTF8.self)
  }
}

/// Base64 (RFC 4648, section 4), with white space and without padding allowed, as browsers read it.
enum Base64 {
  /// The decoded bytes; nil for characters outside of the alphabet and for an impossible length.
  static func decode(_ text: Substring) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count / 4 * 3)
    var (buffer, bitCount): (UInt32, Int) = (0, 0)
    for character in text.utf8 {
      guard let value = value(character) else {
        if character == UInt8(ascii: "=") || character <= 0x20 { continue }
        return nil
      }
      buffer = (buffer << 6 | UInt32(value)) & 0xFFFF
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bitCount)))
      }
    }
    // Six bits are left where a group has a single character.
    return bitCount == 6 ? nil : bytes
  }

  /// The number that a character of the alphabet stands for; nil for other characters.
  static func value(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
