internal import CUchardet

/// The encoding that Mozilla's detector finds by the frequency of bytes and pairs of bytes
/// (Debian's uchardet, 0.0.7).
enum EncodingDetector {
  /// Bytes that are examined: more make no difference to the frequencies.
  private static let windowByteCount = 1 << 20

  /// The most probable encoding; nil where the detector finds none, or one that is not read here.
  static func find(in bytes: [UInt8]) -> TextEncoding? {
    guard let detector = unsafe uchardet_new() else { return nil }
    defer { unsafe uchardet_delete(detector) }
    let window = bytes.prefix(windowByteCount)
    let status = unsafe window.withUnsafeBytes {
      unsafe uchardet_handle_data(
        detector, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
    }
    guard status == 0 else { return nil }
    unsafe uchardet_data_end(detector)
    guard let name = unsafe uchardet_get_charset(detector) else { return nil }
    return unsafe encoding(String(cString: name))
  }

  /// The detector's names that the WHATWG standard does not list.
  private static let ownNames: [String: TextEncoding] = [
    "UHC": .eucKR, "MAC-CYRILLIC": .macCyrillic, "IBM852": .ibm852, "IBM850": .ibm850,
  ]

  private static func encoding(_ name: String) -> TextEncoding? {
    guard let found = ownNames[name] ?? TextEncoding(label: name),
      found.hasSingleBytes || found.converterName != nil
    else { return nil }
    return found
  }
}
