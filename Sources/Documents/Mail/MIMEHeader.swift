/// The header of a message or of one of its parts (RFC 5322 section 2.2, RFC 2045).
struct MIMEHeader {
  private var fields: [(name: String, value: [UInt8])] = []
  /// The offset of the first byte after the header and the blank line.
  let bodyOffset: Int

  /// Bytes of a header that are read; servers refuse longer ones.
  static let byteLimit = 1 << 20

  /// Reads the fields at the start of a message, with continued lines joined.
  init(_ message: ArraySlice<UInt8>) {
    var offset = message.startIndex
    let limit = min(message.endIndex, offset + Self.byteLimit)
    while offset < limit {
      let lineEnd = message[offset..<limit].firstIndex(of: 0x0A) ?? limit
      var content = message[offset..<lineEnd]
      if content.last == 0x0D { content = content.dropLast() }
      offset = min(lineEnd + 1, message.endIndex)
      if content.isEmpty { break }
      if let first = content.first, first == 0x20 || first == 0x09, let last = fields.indices.last {
        fields[last].value.append(contentsOf: content)
      } else if let colon = content.firstIndex(of: UInt8(ascii: ":")) {
        let name = String(decoding: content[..<colon], as: UTF8.self).trimmedOfSpace.lowercased()
        fields.append((name, Array(content[(colon + 1)...])))
      } else if fields.isEmpty, content.starts(with: Array("From ".utf8)) {
        // The separator line of a mailbox.
        continue
      } else {
        // Not a field: the body has begun without a blank line.
        offset = content.startIndex
        break
      }
    }
    bodyOffset = offset
  }

  var isEmpty: Bool { fields.isEmpty }

  /// The value of a field as it is written, without encoded words resolved; nil if it is missing.
  func raw(_ name: String) -> String? {
    guard let value = fields.first(where: { $0.name == name })?.value else { return nil }
    return Self.text(value).trimmedOfSpace
  }

  /// The value of a field in Unicode, on one line.
  func value(_ name: String) -> String? {
    raw(name).map { TextAssembler.singleLine(EncodedWords.decode($0)) }
      .flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Header bytes beyond ASCII are UTF-8 (RFC 6532) or, from old programs, Windows-1252.
  private static func text(_ bytes: [UInt8]) -> String {
    String(validating: bytes, as: UTF8.self)
      ?? CharsetDecoder.decode(bytes, charset: "windows-1252")
      ?? String(decoding: bytes, as: UTF8.self)
  }

  /// A parameter of a field such as `charset` of `content-type`; also in the form of RFC 2231.
  func parameter(_ name: String, of field: String) -> String? {
    guard let value = raw(field) else { return nil }
    let parameters = HeaderParameters(value)
    return parameters.value(name)
  }

  /// The value of a field before its parameters, in lower case.
  func token(_ field: String) -> String? {
    raw(field).map { String($0.prefix { $0 != ";" }).trimmedOfSpace.lowercased() }
  }
}

/// The parameters after a value: `; name=value`, quoted, continued (`name*0`) or encoded (`name*`).
struct HeaderParameters {
  private var values: [String: String] = [:]

  init(_ value: String) {
    for part in Self.split(value).dropFirst() {
      guard let equals = part.firstIndex(of: "=") else { continue }
      let name = String(part[..<equals]).trimmedOfSpace.lowercased()
      values[name] = Self.unquoted(String(part[part.index(after: equals)...]).trimmedOfSpace)
    }
  }

  func value(_ name: String) -> String? {
    if let plain = values[name] { return EncodedWords.decode(plain) }
    if let encoded = values[name + "*"] { return Self.decoded(encoded) }
    // Continuations, of which the first says the character set (RFC 2231, section 4.1).
    var joined = ""
    var isEncoded = false
    for index in 0..<100 {
      if let part = values["\(name)*\(index)"] {
        joined += part
      } else if let part = values["\(name)*\(index)*"] {
        joined += part
        isEncoded = true
      } else {
        break
      }
    }
    guard !joined.isEmpty else { return nil }
    return isEncoded ? Self.decoded(joined) : joined
  }

  /// Splits at semicolons outside of quotation marks.
  private static func split(_ value: String) -> [String] {
    var parts = [""]
    var isQuoted = false
    var isEscaped = false
    for character in value {
      if character == ";", !isQuoted {
        parts.append("")
        continue
      }
      if character == "\"", !isEscaped { isQuoted.toggle() }
      isEscaped = character == "\\" && !isEscaped
      parts[parts.count - 1].append(character)
    }
    return parts
  }

  private static func unquoted(_ text: String) -> String {
    guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
    var result = ""
    var isEscaped = false
    for character in text.dropFirst().dropLast() {
      if character == "\\", !isEscaped {
        isEscaped = true
        continue
      }
      isEscaped = false
      result.append(character)
    }
    return result
  }

  /// `charset'language'percent-escaped`.
  private static func decoded(_ text: String) -> String {
    let parts = text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else {
      return String(decoding: TransferEncoding.percentDecoded(Array(text.utf8)), as: UTF8.self)
    }
    let bytes = TransferEncoding.percentDecoded(Array(parts[2].utf8))
    return CharsetDecoder.decode(bytes, charset: String(parts[0]))
      ?? String(decoding: bytes, as: UTF8.self)
  }
}
