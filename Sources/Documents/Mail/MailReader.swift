/// Reads messages: one in an EML file, any number in a mailbox (mbox).
///
/// A message is a part under a heading with its subject. Sender, recipients and date precede the
/// text; attachments are named and counted, not read.
struct MailReader {
  private let source: DocumentSource

  init(_ source: DocumentSource) { self.source = source }

  /// Reads one message.
  ///
  /// - Throws: `.damaged` for a file without header fields, `.textTooLarge`.
  func readMessage() throws(DocumentError) -> ExtractedDocument {
    try read([source.contents[...]], as: .eml)
  }

  /// Reads the messages of a mailbox.
  ///
  /// - Throws: as ``readMessage()``.
  func readMailbox() throws(DocumentError) -> ExtractedDocument {
    try read(Mailbox.messages(in: source.contents).map { Mailbox.unquoted($0)[...] }, as: .mbox)
  }

  private func read(
    _ messages: [ArraySlice<UInt8>], as type: DocumentType
  ) throws(DocumentError) -> ExtractedDocument {
    var text = TextAssembler(limits: source.limits)
    var attachmentCount = 0
    var charsets: Set<String> = []
    for bytes in messages {
      let message = MailMessage(bytes)
      guard !message.header.isEmpty else { continue }
      append(message, level: 1, to: &text)
      attachmentCount += message.totalAttachmentCount
      charsets.formUnion(message.unknownCharsets)
    }
    guard !text.isEmpty else {
      throw .damaged(path: source.path, type: type, reason: "it has no header fields")
    }
    if attachmentCount > 0 {
      text.warnings.append(
        "\(attachmentCount) attachment(s) were not read; save them beside the message to add them")
    }
    for charset in charsets.sorted() {
      text.warnings.append("the character set '\(charset)' is not known")
    }
    return try text.document(type: type, path: source.path)
  }

  private func append(_ message: MailMessage, level: Int, to text: inout TextAssembler) {
    let header = message.header
    let subject = header.value("subject") ?? "(no subject)"
    let date = header.value("date").map { MailDate.isoDate(of: $0) ?? $0 }
    if level == 1 { text.beginPart() }
    text.mark(.named, "message '\(Self.shortened(subject))'" + (date.map { " of \($0)" } ?? ""))
    text.appendHeading(subject, level: level)
    var isFirst = true
    for (name, field) in [("From", "from"), ("To", "to"), ("Cc", "cc"), ("Date", "date")] {
      guard let value = header.value(field) else { continue }
      let line = "\(name): \(value)"
      if isFirst { text.appendParagraph(line) } else { text.appendLine(line) }
      isFirst = false
    }
    for body in message.bodies {
      switch body {
      case .plain(let plain): text.appendParagraph(plain)
      case .html(let page): append(page: page, to: &text)
      }
    }
    if !message.attachments.isEmpty {
      text.appendParagraph("Attachments: " + message.attachments.joined(separator: ", "))
    }
    for enclosed in message.enclosed where !enclosed.header.isEmpty {
      append(enclosed, level: level + 1, to: &text)
    }
  }

  private func append(page: [UInt8], to text: inout TextAssembler) {
    let part = DocumentSource(contents: page, path: source.path, limits: source.limits)
    do throws(DocumentError) {
      text.append(try HTMLReader(part).read(), levelOffset: 1)
    } catch {
      text.warnings.append("an HTML text was not read: \(error.reason)")
    }
  }

  private static func shortened(_ subject: String) -> String {
    subject.count > 60 ? subject.prefix(59) + "…" : subject
  }
}

extension MailMessage {
  /// The attachments of the message and of those inside it.
  var totalAttachmentCount: Int {
    enclosed.reduce(attachments.count) { $0 + $1.totalAttachmentCount }
  }
}

/// A mailbox in the mbox format (RFC 4155): messages one after the other, each begun by a line with
/// `From `, an address and a date.
enum Mailbox {
  /// Whether a file begins as a mailbox does.
  static func isPresent(_ bytes: [UInt8]) -> Bool {
    let first = bytes.prefix { $0 != 0x0A }
    guard isSeparator(first) else { return false }
    // A text may begin like a separator; a message goes on with a header field.
    let name = bytes[first.endIndex...].dropFirst().prefix {
      (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ":")
    }
    return !name.isEmpty && name.endIndex < bytes.count
      && bytes[name.endIndex] == UInt8(ascii: ":")
  }

  /// The messages, without their separator lines.
  ///
  /// - Complexity: O(bytes).
  static func messages(in bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var starts: [(line: Int, message: Int)] = []
    var lineStart = 0
    var followsBlank = true
    while lineStart < bytes.count {
      let lineEnd = bytes[lineStart...].firstIndex(of: 0x0A) ?? bytes.count
      let line = bytes[lineStart..<lineEnd]
      if followsBlank, isSeparator(line) {
        starts.append((lineStart, min(lineEnd + 1, bytes.count)))
      }
      followsBlank = line.isEmpty || line.elementsEqual([0x0D])
      lineStart = lineEnd + 1
    }
    guard !starts.isEmpty else { return [bytes[...]] }
    let ends = starts.dropFirst().map(\.line) + [bytes.count]
    return zip(starts, ends).map { bytes[$0.message..<max($0.message, $1)] }
  }

  /// `From ` with a time: text may contain a line that begins with the word.
  private static func isSeparator(_ line: ArraySlice<UInt8>) -> Bool {
    guard line.count > 10, line.count < 500, line.starts(with: Array("From ".utf8)) else {
      return false
    }
    let words = line.split(separator: 0x20)
    return words.count >= 6
      && words.contains { word in
        word.count { $0 == UInt8(ascii: ":") } >= 1
          && word.allSatisfy { (0x30...0x3A).contains($0) }
      }
  }

  /// A message whose lines `>From ` are `From ` again, as they were before they went into the
  /// mailbox.
  static func unquoted(_ message: ArraySlice<UInt8>) -> [UInt8] {
    let mark = Array("From ".utf8)
    var result: [UInt8] = []
    result.reserveCapacity(message.count)
    var lineStart = message.startIndex
    while lineStart < message.endIndex {
      let lineEnd = message[lineStart...].firstIndex(of: 0x0A).map { $0 + 1 } ?? message.endIndex
      let line = message[lineStart..<lineEnd]
      let marks = line.prefix { $0 == UInt8(ascii: ">") }.count
      let isQuoted = marks > 0 && line.dropFirst(marks).starts(with: mark)
      result.append(contentsOf: isQuoted ? line.dropFirst() : line)
      lineStart = lineEnd
    }
    return result
  }
}

/// Dates of messages: `Fri, 1 May 2026 10:00:00 +0200`.
enum MailDate {
  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  /// The date as `2026-05-01`, in the sender's time zone; nil for another form.
  static func isoDate(of value: String) -> String? {
    let words = value.split { $0 == " " || $0 == "," || $0 == "-" }.map(String.init)
    for (index, word) in words.enumerated().dropFirst() {
      guard let month = months.firstIndex(of: word.prefix(3).lowercased()),
        let day = Int(words[index - 1]), (1...31).contains(day), index + 1 < words.count,
        var year = Int(words[index + 1]), year >= 0, year < 10_000
      else { continue }
      // Two digits are years from 1950 to 2049 (RFC 5322, section 4.3).
      if year < 50 { year += 2_000 } else if year < 1_000 { year += 1_900 }
      let twoDigits = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
      return "\(year)-\(twoDigits(month + 1))-\(twoDigits(day))"
    }
    return nil
  }
}
