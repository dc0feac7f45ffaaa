import Testing

@testable import Documents

/// Encodings are detected, decoded, and mapped back to the file's bytes.
struct TextEncodingTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let encoding: TextEncoding
    let text: String
    var testDescription: String { name }
  }

  static func utf16(_ text: String, bigEndian: Bool, mark: Bool) -> [UInt8] {
    let units = (mark ? [0xFEFF] : []) + Array(text.utf16)
    return units.flatMap { unit in
      let pair = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
      return bigEndian ? pair : pair.reversed()
    }
  }

  static func utf32(_ text: String, bigEndian: Bool) -> [UInt8] {
    ([0xFEFF] + text.unicodeScalars.map(\.value)).flatMap { value in
      let bytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
      return bigEndian ? bytes : bytes.reversed()
    }
  }

  static let sample = "Grüße, 値段は€5 😀\nzweite Zeile\n"

  static let rows: [Row] = [
    Row(name: "UTF-8", bytes: Array(sample.utf8), encoding: .utf8, text: sample),
    Row(
      name: "UTF-8 with mark", bytes: [0xEF, 0xBB, 0xBF] + Array(sample.utf8), encoding: .utf8,
      text: sample),
    Row(
      name: "UTF-16LE with mark", bytes: utf16(sample, bigEndian: false, mark: true),
      encoding: .utf16LittleEndian, text: sample),
    Row(
      name: "UTF-16BE with mark", bytes: utf16(sample, bigEndian: true, mark: true),
      encoding: .utf16BigEndian, text: sample),
    Row(
      name: "UTF-16LE without mark", bytes: utf16("plain words\n", bigEndian: false, mark: false),
      encoding: .utf16LittleEndian, text: "plain words\n"),
    Row(
      name: "UTF-16BE without mark", bytes: utf16("plain words\n", bigEndian: true, mark: false),
      encoding: .utf16BigEndian, text: "plain words\n"),
    Row(
      name: "UTF-32LE", bytes: utf32(sample, bigEndian: false), encoding: .utf32LittleEndian,
      text: sample),
    Row(
      name: "UTF-32BE", bytes: utf32(sample, bigEndian: true), encoding: .utf32BigEndian,
      text: sample),
    Row(
      name: "Windows-1252", bytes: [0x93, 0x47, 0x72, 0xFC, 0xDF, 0x65, 0x94, 0x20, 0x80, 0x35],
      encoding: .windows1252, text: "“Grüße” €5"),
    Row(
      name: "UTF-8 with one bad byte among many good ones",
      bytes: Array("äöüäöüäöü".utf8) + [0xFF] + Array("end".utf8), encoding: .utf8,
      text: "äöüäöüäöü\u{FFFD}end"),
    Row(
      name: "UTF-16LE with a lone surrogate and an odd byte",
      bytes: utf16("ab", bigEndian: false, mark: true) + [0x00, 0xD8, 0x63, 0x00, 0x64],
      encoding: .utf16LittleEndian, text: "ab\u{FFFD}c\u{FFFD}"),
  ]

  @Test(arguments: rows)
  func decodes(row: Row) throws {
    let document = try DocumentReader().read(contents: row.bytes, path: "a.txt")
    #expect(document.encoding == row.encoding)
    #expect(document.text.utf8.elementsEqual(row.text.utf8))
    #expect(document.warnings.isEmpty == !row.text.contains("\u{FFFD}"))
    #expect(document.textIsSourceBytes == (row.bytes == Array(row.text.utf8)))
  }

  /// Each character of the text maps to the bytes that decode to it.
  @Test(arguments: rows)
  func mapsBackToTheFile(row: Row) throws {
    let document = try DocumentReader().read(contents: row.bytes, path: "a.txt")
    var offset = 0
    var previousEnd = 0
    for scalar in document.text.unicodeScalars {
      let byteCount = UTF8.width(scalar)
      let source = try #require(document.sourceByteRange(of: offset..<offset + byteCount))
      #expect(!source.isEmpty && source.upperBound <= row.bytes.count)
      #expect(source.lowerBound >= previousEnd)
      previousEnd = source.upperBound
      if scalar != "\u{FFFD}" {
        let decoded = TextDecoder.decode(
          Array(row.bytes[source]),
          as: DetectedEncoding(encoding: row.encoding, markByteCount: 0))
        #expect(decoded.text.unicodeScalars.elementsEqual([scalar]))
      }
      offset += byteCount
    }
    #expect(previousEnd == row.bytes.count)
  }

  @Test func lineEndsAndControlCharacters() throws {
    let source = "one\r\ntwo\rthree\n\u{1B}[31mred\u{1B}[0m\u{7}\u{85}four\u{B}five\u{C}\u{7F}six"
    let document = try DocumentFixture.read(source, "a.txt")
    #expect(document.text == "one\ntwo\nthree\n[31mred[0m four five six")
    #expect(document.removedControlCount == 7)
    #expect(!document.textIsSourceBytes)
    let bytes = Array(source.utf8)
    let three = try #require(document.sourceByteRange(of: 8..<13))
    #expect(bytes[three].elementsEqual("three".utf8))
    // From "two" to the end, the carriage return and all controls inside.
    let rest = try #require(document.sourceByteRange(of: 4..<document.text.utf8.count))
    #expect(rest == 5..<bytes.count)
  }

  @Test func refusesBinaryFiles() throws {
    let reader = DocumentReader()
    let random = (0..<4_096).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 >> 3) }
    #expect(throws: DocumentError.binary(path: "a.txt", reason: "zero byte at offset 3")) {
      try reader.read(contents: [65, 66, 67, 0, 68], path: "a.txt")
    }
    #expect(throws: DocumentError.self) { try reader.read(contents: random, path: "a.txt") }
    let bells = [UInt8](repeating: 7, count: 5) + Array(repeating: 65, count: 95)
    #expect(throws: DocumentError.binary(path: "a", reason: "5 control characters in 100 bytes")) {
      try reader.read(contents: bells, path: "a")
    }
    #expect(throws: DocumentError.empty(path: "a.txt")) {
      try reader.read(contents: [], path: "a.txt")
    }
    #expect(throws: DocumentError.empty(path: "a.txt")) {
      try reader.read(contents: Array(" \n\t\r\n".utf8), path: "a.txt")
    }
  }

  /// Compares the one-step decoder with the standard library on all short sequences of boundary
  /// bytes.
  @Test func sequencesMatchTheStandardLibrary() {
    let edges: [UInt8] = [
      0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1,
      0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
    ]
    for a in edges {
      for b in edges {
        for c in edges {
          for d in edges where d == 0x80 || d == 0x41 || a >= 0xF0 {
            let bytes = [a, b, c, d]
            var decoded = ""
            var offset = 0
            while offset < bytes.count {
              switch UTF8Sequence.decode(bytes, at: offset) {
              case .scalar(let scalar, let byteCount):
                decoded.unicodeScalars.append(scalar)
                offset += byteCount
              case .invalid(let byteCount):
                decoded.unicodeScalars.append("\u{FFFD}")
                offset += byteCount
              }
            }
            if !decoded.utf8.elementsEqual(String(decoding: bytes, as: UTF8.self).utf8) {
              Issue.record("\(bytes)")
            }
          }
        }
      }
    }
  }
}
