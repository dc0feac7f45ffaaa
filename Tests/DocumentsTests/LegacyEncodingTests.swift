import Foundation
import Testing

@testable import Documents

/// Encodings before Unicode, by sentences that Python's codecs have encoded (make_encodings.py).
struct LegacyEncodingTests {
  struct Row: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let bytes: Data
    let encoding: String
    var testDescription: String { name }
  }

  static let rows: [Row] = {
    let url = URL(fileURLWithPath: DocumentFixture.path("encodings.json"))
    guard let data = try? Data(contentsOf: url) else { return [] }
    return (try? JSONDecoder().decode([Row].self, from: data)) ?? []
  }()

  @Test func thereAreRows() { #expect(Self.rows.count > 35) }

  @Test(arguments: rows)
  func isFoundAndDecoded(row: Row) throws {
    let document = try DocumentReader().read(contents: [UInt8](row.bytes), path: "a.txt")
    #expect(document.encoding?.rawValue == row.encoding)
    #expect(document.text.unicodeScalars.elementsEqual(row.text.unicodeScalars))
    #expect(document.warnings == [])
  }

  /// Each character of the text maps to bytes of the file, in order and to the end.
  @Test(arguments: rows)
  func mapsBackToTheFile(row: Row) throws {
    let document = try DocumentReader().read(contents: [UInt8](row.bytes), path: "a.txt")
    var offset = 0
    var previousEnd = 0
    for scalar in document.text.unicodeScalars {
      let source = try #require(
        document.sourceByteRange(of: offset..<offset + UTF8.width(scalar)))
      #expect(source.lowerBound >= previousEnd && !source.isEmpty)
      previousEnd = source.upperBound
      offset += UTF8.width(scalar)
    }
    // The last escape sequence of ISO-2022-JP belongs to no character.
    #expect(previousEnd >= row.bytes.count - 3)
  }

  @Test func doubtfulGuessesAreSaid() throws {
    // Two Chinese characters; four bytes could be anything.
    let document = try DocumentReader().read(contents: [0xC2, 0xEB, 0xCD, 0xB7], path: "a.txt")
    #expect(document.warnings.count == 1)
    #expect(document.warnings[0].contains("the encoding is a guess"))
    // "schön" of a DOS program.
    let dos = try DocumentReader().read(contents: Array("sch".utf8) + [0x94, 0x6E], path: "a.txt")
    #expect(dos.text == "schön" && dos.encoding == .ibm850 && dos.warnings.count == 1)
  }

  /// Bytes of another encoding under a label that says UTF-8.
  @Test func aWrongLabelOfUTF8IsNotBelieved() throws {
    // "Привет, мир" in windows-1251.
    let russian: [UInt8] = [0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2, 0x2C, 0x20, 0xEC, 0xE8, 0xF0]
    let page = Array("<meta charset=utf-8><p>".utf8)
    let sentence = russian + [0x2E, 0x20] + russian + [0x2E]
    let document = try DocumentReader().read(contents: page + sentence, path: "a.html")
    #expect(document.text == "Привет, мир. Привет, мир.")
    #expect(document.encoding == .windows1251)
    // A single letter of Latin-1, and UTF-8 that a program has cut within a character.
    let french = try DocumentReader().read(
      contents: page + Array("Le caf".utf8) + [0xE9] + Array(" est ouvert.".utf8), path: "a.html")
    #expect(french.text == "Le café est ouvert.")
    let cut = try DocumentReader().read(
      contents: page + Array("Café à la crème".utf8) + [0xC3], path: "a.html")
    #expect(cut.text == "Café à la crème\u{FFFD}" && cut.encoding == .utf8)
  }

  @Test func textThatIsEncodedOnceStays() throws {
    for text in ["Café é è", "über “quotes” – €5", "Ã is a letter, é is one", "NÃO", "Â", "日本語"] {
      let document = try DocumentFixture.read(text, "a.txt")
      #expect(document.text == text && document.encoding == .utf8, "\(text)")
    }
    // Mojibake as an example among proper letters.
    let mixed = "é becomes Ã©, ü becomes Ã¼"
    #expect(try DocumentFixture.read(mixed, "a.txt").text == mixed)
  }

  @Test func bytesThatAreNoUTF16() throws {
    let office: [UInt8] =
      [5] + Array("Marit".utf8) + [UInt8](repeating: 32, count: 48) + [5, 0]
      + Array("Marit  ".utf16).flatMap { [UInt8($0), 0] }
    #expect(throws: DocumentError.self) {
      try DocumentReader().read(contents: office, path: "a.txt")
    }
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<50 {
      let bytes = (0..<300).map { _ in UInt8.random(in: 0...255, using: &generator) }
      #expect(throws: NotText.self) { try TextEncoding.detect(bytes) }
    }
  }

  /// No bytes make a converter stop or trap.
  @Test func anyBytesDecode() {
    var generator = SeededGenerator(seed: 4)
    for encoding in TextEncoding.allCases {
      for _ in 0..<20 {
        let bytes = (0..<64).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let detected = DetectedEncoding(encoding: encoding, markByteCount: 0)
        let builder = TextDecoder.decode(bytes, as: detected)
        #expect(builder.sourceMap.textByteCount == builder.bytes.count)
        #expect(String(validating: builder.bytes, as: UTF8.self) != nil)
      }
      if let name = encoding.converterName, CharsetConverter(name) == nil {
        Issue.record("iconv does not know \(name)")
      }
    }
  }

  @Test(arguments: [
    ("gb2312", TextEncoding.gb18030), ("GBK", .gb18030), ("ks_c_5601-1987", .eucKR),
    ("x-sjis", .shiftJIS), ("cp1251", .windows1251), ("iso-8859-9", .windows1254),
    ("latin1", .windows1252), ("US-ASCII", .windows1252), ("unicode-1-1-utf-8", .utf8),
    (" koi8-ru ", .koi8U), ("big5-hkscs", .big5), ("tis-620", .windows874),
  ])
  func labels(label: String, encoding: TextEncoding) {
    #expect(TextEncoding(label: label) == encoding)
    #expect(TextEncoding(label: "no-such-label") == nil)
  }

  @Test(arguments: [
    ("<meta charset=\"koi8-r\">", TextEncoding.koi8R),
    ("<META CHARSET=windows-1251>", .windows1251),
    ("<meta http-equiv=\"Content-Type\" content=\"text/html; charset=Shift_JIS\">", .shiftJIS),
    ("<meta content='text/html;charset=euc-kr' http-equiv=content-type>", .eucKR),
    ("<?xml version=\"1.0\" encoding=\"iso-8859-2\"?><html>", .iso8859Part2),
    ("<script>w('<meta charset=\"big5\">')</script><meta charset='gbk'>", .gb18030),
    ("<!-- <meta charset=big5> --><meta charset=gbk>", .gb18030),
    ("<title><meta charset=big5></title><meta charset=gbk>", .gb18030),
    ("<p title=\"<meta charset=big5>\"><meta charset=gbk>", .gb18030),
    ("<meta charset=utf-16>", .utf8),
  ])
  func declarations(page: String, encoding: TextEncoding) {
    #expect(DeclaredCharset.find(in: Array(page.utf8)) == encoding)
  }

  @Test func pagesWithoutADeclaration() {
    for page in [
      "", "<", "<meta", "<meta charset", "<meta charset=>", "<meta charset=\"", "<!--",
      "<script><meta charset=big5>", "<meta name=charset content=big5>", "text charset=big5",
      "<meta http-equiv=content-type content=charset>", "<metadata charset=big5>", "<?xml encoding",
    ] {
      #expect(DeclaredCharset.find(in: Array(page.utf8)) == nil, "\(page)")
    }
  }

  @Test func pagesAreReadInTheirEncoding() throws {
    func page(_ charset: String, _ body: [UInt8]) throws -> ExtractedDocument {
      let head = Array("<html><head><meta charset=\"\(charset)\"></head><body><p>".utf8)
      return try DocumentReader().read(
        contents: head + body + Array("</p><p>last</p></body></html>".utf8), path: "a.html")
    }
    // U+9555 is in GBK and not in GB 2312.
    #expect(try page("gb2312", [0xD6, 0xEC, 0xE9, 0x46]).text == "朱镕\n\nlast")
    #expect(try page("Shift_JIS", [0x87, 0x40, 0xFB, 0xFC]).text == "①髙\n\nlast")
    #expect(try page("euc-kr", [0x8C, 0x63]).text == "똠\n\nlast")
    // A byte that the encoding does not have is one replaced character, not the end.
    let invalid = try page("gbk", [0xFF, 0x41])
    #expect(invalid.text == "\u{FFFD}A\n\nlast" && invalid.warnings.count == 1)
  }

  /// Big5-HKSCS waits for an accent after Ê, and Vietnamese for one after each vowel.
  @Test func heldBackLettersAreGivenOutAtTheEnd() {
    #expect(CharsetDecoder.decode([0x61, 0x88, 0x66], charset: "big5") == "aÊ")
    #expect(CharsetDecoder.decode([0x61, 0x88, 0x66, 0x62], charset: "big5") == "aÊb")
    #expect(CharsetDecoder.decode([0x61], charset: "TCVN") == "a")
  }

  /// Names that only the C library knows are converted like all others.
  @Test func namesOfTheCLibraryAreConverted() {
    #expect(CharsetDecoder.decode(Array("+AOk-t+AOk-".utf8), charset: "utf-7") == "été")
    #expect(CharsetDecoder.decode([0x82, 0x74, 0x82], charset: "CP437") == "été")
    #expect(
      CharsetDecoder.decode(
        Array("\u{1B}$)C\u{0E}GQ\u{0F}.".utf8), charset: "ISO-2022-KR") == "한.")
    #expect(CharsetDecoder.decode([0x61], charset: "CP437//IGNORE") == nil)
    #expect(CharsetDecoder.decode([0x61], charset: "no such name") == nil)
  }
}
