internal import Bytes

/// The status and the header fields of an HTTP response, as curl prints them with `include`.
struct ResponseHead: Equatable {
  /// The status code, such as 206.
  let status: Int
  /// Names in lower case, in the order of the response.
  let fields: [Field]

  /// One header field.
  struct Field: Equatable {
    let name: String
    let value: String
  }

  /// The last field of a name; nil where there is none.
  ///
  /// - Parameter name: in lower case.
  subscript(name: String) -> String? { fields.last { $0.name == name }?.value }

  /// The size of the body; nil where the response does not say it.
  var contentLength: Int? { self["content-length"].flatMap(Self.count) }

  /// The range of a response with status 206 or 416: `bytes 10-99/100` or `bytes */100`.
  var contentRange: (first: Int?, total: Int?)? {
    guard let value = self["content-range"], value.hasPrefix("bytes ") else { return nil }
    let parts = value.dropFirst(6).split(separator: "/", maxSplits: 1)
    guard parts.count == 2 else { return nil }
    return (
      first: parts[0].split(separator: "-").first.flatMap { Self.count(String($0)) },
      total: Self.count(String(parts[1]))
    )
  }

  /// A validator for `If-Range`: a strong entity tag, or else the time of the last change.
  ///
  /// - Source: RFC 9110, 13.1.5: a weak entity tag must not be sent in `If-Range`.
  var validator: String? {
    if let tag = self["etag"] { return tag.hasPrefix("\"") ? tag : nil }
    return self["last-modified"]
  }

  /// The seconds of `Retry-After`; nil where there are none or where it is a date.
  var retryAfterSeconds: Int? { self["retry-after"].flatMap(Self.count) }

  /// A number of at most 18 digits.
  static func count(_ text: String) -> Int? {
    guard !text.isEmpty, text.utf8.count <= 18,
      text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    return Int(text)
  }

  /// Parses one head, without its empty line.
  ///
  /// - Returns: nil for bytes that are not the head of an HTTP response.
  init?(_ bytes: ArraySlice<UInt8>) {
    let lines = bytes.split(separator: UInt8(ascii: "\n")).map { line in
      String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
    }
    guard let words = lines.first?.split(separator: " "), words.count >= 2,
      words[0].hasPrefix("HTTP/"), let status = Self.count(String(words[1]))
    else { return nil }
    self.status = status
    fields = lines.dropFirst().compactMap { line in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let value = line[line.index(after: colon)...]
      return Field(
        name: line[..<colon].lowercased(),
        value: String(value.drop { $0 == " " || $0 == "\t" }))
    }
  }
}

/// Collects the head of a response from pieces of any size.
struct ResponseHeadReader {
  /// The longest accepted head in bytes; hubs send 2 to 6 KiB.
  static let byteLimit = 64 << 10

  private var collected: [UInt8] = []

  /// The result of appending a piece.
  enum Result: Equatable {
    /// The head is not complete.
    case incomplete
    /// The head, and the first bytes of the body.
    case complete(ResponseHead, body: [UInt8])
    /// The bytes are not a response, or the head is too long.
    case malformed
  }

  /// Appends a piece; interim responses (status 1xx) are skipped.
  mutating func append(_ piece: ArraySlice<UInt8>) -> Result {
    collected += piece
    while let end = Self.endOfHead(collected) {
      guard let head = ResponseHead(collected[..<end.lowerBound]) else { return .malformed }
      let body = Array(collected[end.upperBound...])
      guard (100..<200).contains(head.status) else { return .complete(head, body: body) }
      collected = body
    }
    return collected.count > Self.byteLimit ? .malformed : .incomplete
  }

  /// The empty line after a head.
  private static func endOfHead(_ bytes: [UInt8]) -> Range<Int>? {
    for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") {
      let rest = bytes[(index + 1)...].prefix(2)
      if rest.first == UInt8(ascii: "\n") { return index..<(index + 2) }
      if rest.elementsEqual("\r\n".utf8) { return index..<(index + 3) }
    }
    return nil
  }
}
