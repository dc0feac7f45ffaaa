import Bytes

/// Reads JSON and JSON Lines as text: `- server.port: 8080` for a value of an object, and one line
/// `name: Anna | age: 5` for each record of a list.
///
/// Places are lines of the file; in a file of one long line they are paths such as `servers[2]`.
struct JSONReader {
  private let source: DocumentSource

  init(_ source: DocumentSource) { self.source = source }

  /// Reads one JSON text.
  ///
  /// - Returns: a file that is not JSON is read as plain text, with a warning.
  /// - Throws: `.binary`, `.fileTooLarge`, `.textTooLarge`.
  func read() throws(DocumentError) -> ExtractedDocument {
    try source.checkMarkupByteCount()
    let decoded = try SourceText(source)
    var parser = JSONNodeParser(decoded.bytes)
    let node: JSONNode?
    do throws(JSONError) {
      node = try parser.parse()
    } catch {
      // Several texts one after the other, as programs log them.
      if let lines = try records(decoded) { return lines }
      return try asText("it is not valid JSON and was read as plain text: \(error)")
    }
    var writer = JSONTextWriter(TextAssembler(limits: source.limits), file: decoded.bytes)
    writer.text.warnings = decoded.warnings
    if let node { writer.write(node, path: "", level: 1) }
    return try writer.text.document(type: .json, path: source.path, encoding: decoded.encoding)
  }

  /// Reads one JSON text per line (jsonlines.org).
  ///
  /// - Throws: as ``read()``.
  func readLines() throws(DocumentError) -> ExtractedDocument {
    if let records = try records(try SourceText(source)) { return records }
    return try asText("its lines are not JSON, and it was read as plain text")
  }

  /// One record per line; nil if half of the lines are not JSON.
  private func records(_ decoded: SourceText) throws(DocumentError) -> ExtractedDocument? {
    let bytes = decoded.bytes
    var writer = JSONTextWriter(TextAssembler(limits: source.limits), file: bytes)
    writer.text.warnings = decoded.warnings
    var damaged: [Int] = []
    var number = 0
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      number += 1
      if bytes[start..<end].contains(where: { $0 > 0x20 }) {
        var parser = JSONNodeParser(Array(bytes[start..<end]), baseOffset: start)
        if let node = try? parser.parse() {
          writer.write(record: node, level: 1)
        } else if !bytes[start..<end].elementsEqual("null".utf8) {
          damaged.append(number)
        }
      }
      start = end + 1
    }
    guard damaged.count * 2 < max(1, number) else { return nil }
    if let first = damaged.first {
      writer.text.warnings.append(
        "\(damaged.count) line(s) are not JSON and were left out, the first is line \(first)")
    }
    return try writer.text.document(type: .json, path: source.path, encoding: decoded.encoding)
  }

  private func asText(_ warning: String) throws(DocumentError) -> ExtractedDocument {
    try TextReader(source).read(as: .text).retyped(as: .json, warnings: [warning])
  }
}

/// Writes the values of a JSON text as lines of text.
struct JSONTextWriter {
  var text: TextAssembler

  /// Offsets of the line ends of the file.
  private let lineEnds: [Int]
  private let hasLines: Bool

  /// A longer text is a paragraph of its own.
  private static let lineCharacterCount = 300

  init(_ text: TextAssembler, file: [UInt8]) {
    self.text = text
    lineEnds = file.indices.filter { file[$0] == 0x0A }
    hasLines = lineEnds.contains { $0 + 1 < file.count }
  }

  /// Writes a value under its path.
  mutating func write(_ node: JSONNode, path: String, level: Int) {
    switch node {
    case .scalar: put(node, path: path)
    case .object(let members, _):
      for (key, value) in members { write(value, path: joined(path, key), level: level) }
    case .array(let elements, _):
      if let inline = node.inline, inline.count <= Self.lineCharacterCount {
        if !elements.isEmpty { put(node, path: path) }
        return
      }
      if !path.isEmpty {
        mark(node, path)
        text.appendHeading(path, level: level)
      }
      for (index, element) in elements.enumerated() {
        write(record: element, path: "\(path)[\(index)]", level: min(level + 1, 6))
      }
    }
  }

  /// Writes an element of a list: an object of plain values on one line.
  mutating func write(record node: JSONNode, path: String = "", level: Int) {
    guard case .object(let members, _) = node else {
      return write(node, path: node.inline == nil ? path : "", level: level)
    }
    var cells: [String] = []
    var nested: [(key: String, value: JSONNode)] = []
    for (key, value) in members {
      if let inline = value.inline, inline.count <= Self.lineCharacterCount {
        if !inline.isEmpty { cells.append("\(key): \(inline)") }
      } else {
        nested.append((key, value))
      }
    }
    if !cells.isEmpty {
      mark(node, path)
      text.appendParagraph(cells.joined(separator: " | "))
    }
    for (key, value) in nested { write(value, path: joined(path, key), level: level) }
  }

  private mutating func put(_ node: JSONNode, path: String) {
    mark(node, path)
    let words: String
    if case .scalar(let scalar, _) = node { words = scalar } else { words = node.inline ?? "" }
    if path.isEmpty {
      text.appendParagraph(words)
    } else if words.count > Self.lineCharacterCount || words.contains("\n") {
      text.appendParagraph("\(path): \(words)")
    } else {
      text.appendLine("- \(path): \(words)")
    }
  }

  private mutating func mark(_ node: JSONNode, _ path: String) {
    if hasLines {
      text.mark(.line, "\(line(at: node.byteOffset))")
    } else if !path.isEmpty {
      text.mark(.named, path)
    }
  }

  /// The number of the line that contains a byte, from 1.
  private func line(at offset: Int) -> Int {
    lineEnds.sortedIndex { $0 >= offset } + 1
  }

  private func joined(_ path: String, _ key: String) -> String {
    path.isEmpty ? key : path + "." + key
  }
}
