/// A message (RFC 5322) with the text that a mail program shows and the names of its attachments.
struct MailMessage {
  /// A text of the message.
  enum Body {
    case plain(String)
    case html([UInt8])
  }

  let header: MIMEHeader
  private(set) var bodies: [Body] = []
  private(set) var attachments: [String] = []
  /// Messages that are attached or forwarded as a whole.
  private(set) var enclosed: [MailMessage] = []
  /// Character sets that are not known, whose texts were read as Windows-1252.
  private(set) var unknownCharsets: Set<String> = []

  /// Parts inside parts; mail programs nest four or five deep.
  static let maximumDepth = 20
  /// Parts of one message.
  static let maximumPartCount = 1_000

  private var partCount = 0

  init(_ message: ArraySlice<UInt8>, depth: Int = 0) {
    header = MIMEHeader(message)
    take(header, body: message[header.bodyOffset...], depth: depth)
  }

  private mutating func take(_ header: MIMEHeader, body: ArraySlice<UInt8>, depth: Int) {
    partCount += 1
    guard depth <= Self.maximumDepth, partCount <= Self.maximumPartCount else { return }
    let type = header.token("content-type") ?? "text/plain"
    let name =
      header.parameter("filename", of: "content-disposition")
      ?? header.parameter("name", of: "content-type")
    let isAttached = header.token("content-disposition") == "attachment"
    if type.hasPrefix("multipart/"), let boundary = header.parameter("boundary", of: "content-type")
    {
      takeParts(Self.parts(of: body, boundary: boundary), of: type, depth: depth)
    } else if type == "message/rfc822" {
      let content = TransferEncoding.decoded(body, name: header.token("content-transfer-encoding"))
      if depth < Self.maximumDepth {
        enclosed.append(MailMessage(content[...], depth: depth + 1))
      }
    } else if isAttached || !type.hasPrefix("text/") {
      // Delivery reports and signatures without a name are not what a person calls an attachment.
      if let name = name ?? (isAttached ? type : nil) {
        attachments.append(TextAssembler.singleLine(name))
      }
    } else if type == "text/plain" || type == "text/html" || type == "text/enriched" {
      takeText(header, body: body, isHTML: type == "text/html")
    } else if let name {
      attachments.append(TextAssembler.singleLine(name))
    }
  }

  private mutating func takeParts(_ parts: [ArraySlice<UInt8>], of type: String, depth: Int) {
    guard type == "multipart/alternative" else {
      for part in parts {
        let header = MIMEHeader(part)
        take(header, body: part[header.bodyOffset...], depth: depth + 1)
      }
      return
    }
    // Versions of one text: the plain one, or the last that has text.
    let before = bodies
    var best: [Body] = []
    for part in parts {
      bodies = []
      let header = MIMEHeader(part)
      take(header, body: part[header.bodyOffset...], depth: depth + 1)
      let isPlain = bodies.contains { if case .plain = $0 { true } else { false } }
      if !bodies.isEmpty, best.isEmpty || isPlain { best = bodies }
      if isPlain { break }
    }
    bodies = before + best
  }

  private mutating func takeText(_ header: MIMEHeader, body: ArraySlice<UInt8>, isHTML: Bool) {
    let bytes = TransferEncoding.decoded(body, name: header.token("content-transfer-encoding"))
    let charset = header.parameter("charset", of: "content-type") ?? ""
    var text = String(validating: bytes, as: UTF8.self)
    // Bytes beyond ASCII that are UTF-8 are so whatever the label says, except in 7-bit encodings.
    if text == nil || charset.lowercased().hasPrefix("iso-2022")
      || charset.lowercased().hasPrefix("utf-7") || charset.lowercased().hasPrefix("utf-16")
      || charset.lowercased().hasPrefix("hz")
    {
      if let decoded = CharsetDecoder.decode(bytes, charset: charset) {
        text = decoded
      } else {
        unknownCharsets.insert(charset)
        text = text ?? CharsetDecoder.decode(bytes, charset: "windows-1252")
      }
    }
    guard let text, text.utf8.contains(where: { $0 > 0x20 }) else { return }
    if isHTML {
      bodies.append(.html(Array(text.utf8)))
    } else if header.parameter("format", of: "content-type")?.lowercased() == "flowed" {
      bodies.append(.plain(Self.unflowed(text)))
    } else {
      bodies.append(.plain(text))
    }
  }

  /// Joins the lines of `format=flowed`, which end with a space where they go on (RFC 3676).
  static func unflowed(_ text: String) -> String {
    var lines: [Substring] = []
    var joins = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let line = line.last == "\r" ? line.dropLast() : line
      let content = line.first == " " ? line.dropFirst() : line
      if joins, !content.hasPrefix(">"), let last = lines.last {
        lines[lines.count - 1] = last + content
      } else {
        lines.append(content)
      }
      // "-- " begins the signature.
      joins = content.last == " " && content != "-- " && !content.hasPrefix(">")
    }
    return lines.joined(separator: "\n")
  }

  /// The parts between the boundary lines of a multipart body.
  private static func parts(of body: ArraySlice<UInt8>, boundary: String) -> [ArraySlice<UInt8>] {
    let mark = Array("--\(boundary)".utf8)
    guard mark.count > 2 else { return [] }
    var parts: [ArraySlice<UInt8>] = []
    var partStart: Int?
    var lineStart = body.startIndex
    while lineStart < body.endIndex {
      let lineEnd = body[lineStart...].firstIndex(of: 0x0A) ?? body.endIndex
      let line = body[lineStart..<lineEnd]
      if line.starts(with: mark) {
        let rest = line.dropFirst(mark.count).filter { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }
        let closes = rest.elementsEqual("--".utf8)
        if rest.isEmpty || closes {
          if let partStart { parts.append(body[partStart..<lineStart]) }
          partStart = closes ? nil : min(lineEnd + 1, body.endIndex)
          if closes { return parts }
        }
      }
      lineStart = lineEnd + 1
    }
    // A truncated message keeps what has arrived.
    if let partStart { parts.append(body[partStart...]) }
    return parts
  }
}
