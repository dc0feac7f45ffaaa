import Testing

@testable import Documents

/// Truncated and changed files of the office, mail and data types give text or a typed error.
@Suite struct HostileTypeTests {
  static let files = [
    "ferry.xlsx", "staff.xlsx", "harbour.pptx", "garden.odt", "stock.ods", "talk.odp",
    "voyage.epub", "offer.eml", "letters.mbox", "lease.rtf",
  ]

  static let texts: [(String, String)] = [
    ("a.csv", "Name;\"No\"\"te\";x\r\n\"Anna\";\"a\nb\";1\r\n;;\r\n\"open;2\n"),
    ("a.json", "{\"a\":[{\"b\":\"x\\u00e9\\ud83d\\ude42\",\"c\":[1,2,[3]]},null],\"d\":-1.5e3}"),
    ("a.jsonl", "{\"a\":1}\n[1,2]\n\"x\"\nnull\n{\"b\":{\"c\":\"long\"}}\n"),
    (
      "a.ipynb",
      "{\"cells\":[{\"cell_type\":\"markdown\",\"source\":[\"# T\\n\",\"x\"]},{\"source\":\"1\",\"outputs\":[{\"text\":\"2\"}]}]}"
    ),
    ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\n<v A>{\\an8}x &amp;\n\n2\n00:01 --> 9:9:9.9\ny\n"),
    ("a.rst", "=====\nTitle\n=====\n\nA\n---\n\ntext::\n\n  code\n\nB\n~~~\n"),
    ("a.py", "# c\nclass A(B):\n\t@x\n\tdef f(self):\n\t\treturn 1\n\ndef g():\n  pass\n"),
    ("a.c", "/* c */\nint f(int a)\n{\n}\n#define X(a)\nstruct s {\n};\n"),
  ]

  /// Truncation at many lengths: an archive has lost its directory, a text its end.
  @Test(arguments: files) func everyTruncationIsAnError(name: String) throws {
    let whole = try DocumentFixture.bytes(name)
    let step = max(1, whole.count / 60)
    for end in stride(from: 0, to: whole.count, by: step) {
      HostileDocumentTests.expectTextOrError(Array(whole[..<end]), name)
    }
  }

  /// Changed bytes: most break a checksum or the XML, some change a value.
  @Test(arguments: files) func changedBytesAreTextOrError(name: String) throws {
    let whole = try DocumentFixture.bytes(name)
    var random = SeededGenerator(seed: UInt64(whole.count))
    for _ in 0..<60 {
      var changed = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<changed.count, using: &random)
        changed[place] = UInt8.random(in: 0...255, using: &random)
      }
      HostileDocumentTests.expectTextOrError(changed, name)
    }
  }

  @Test(arguments: texts.indices) func everyPrefixAndChangedByteOfText(index: Int) {
    let (name, text) = Self.texts[index]
    let whole = Array(text.utf8)
    for end in 0...whole.count {
      HostileDocumentTests.expectTextOrError(Array(whole[..<end]), name)
    }
    for place in whole.indices {
      for value: UInt8 in [0x00, 0x0A, 0x22, 0x7B, 0xFF, whole[place] ^ 0x80] {
        var changed = whole
        changed[place] = value
        HostileDocumentTests.expectTextOrError(changed, name)
      }
    }
  }

  /// Deep nesting, long runs of marks and huge numbers are read in linear time.
  @Test(.timeLimit(.minutes(1))) func runsOfMarks() {
    let runs: [(String, String)] = [
      ("a.json", String(repeating: "[", count: 100_000)),
      ("a.json", String(repeating: "{\"a\":", count: 50_000)),
      ("a.csv", String(repeating: "\"", count: 100_001)),
      ("a.csv", String(repeating: "\"a,", count: 50_000)),
      ("a.csv", String(repeating: ",", count: 200_000)),
      ("a.eml", "Subject: " + String(repeating: "=?utf-8?q?a?= ", count: 10_000) + "\n\nx"),
      ("a.eml", "Subject: " + String(repeating: "=?", count: 30_000) + "\n\nx"),
      (
        "a.eml",
        (0..<200).map { "Content-Type: multipart/mixed; boundary=b\($0)\n\n--b\($0)\n" }.joined()
      ),
      (
        "a.eml",
        "A: b\nContent-Type: multipart/mixed; boundary=b\n\n"
          + String(repeating: "--b\n\n", count: 30_000)
      ),
      ("a.mbox", String(repeating: "From a@b Wed Jun  3 08:15:00 2026\n\n", count: 10_000)),
      ("a.rtf", "{\\rtf1 " + String(repeating: "{\\b ", count: 9_000)),
      ("a.rtf", "{\\rtf1\\bin999999999999 x}"), ("a.rtf", "{\\rtf1\\u99999999999 x\\u-99999 y}"),
      ("a.rtf", "{\\rtf1\\uc-5\\u8364 \\ilvl-3\\ls1 x\\par\\outlinelevel-4 y\\par}"),
      ("a.srt", "99999:99999:99999,999999 --> 999999:999999:999999,999999\nx\n"),
      ("a.vtt", String(repeating: "<", count: 50_000)),
      ("a.rst", String(repeating: "=\n", count: 50_000)),
      ("a.py", String(repeating: "def ", count: 50_000)),
      ("a.py", String(repeating: "class A:\n", count: 20_000)),
      ("a.js", String(repeating: "((((", count: 50_000)),
    ]
    for (name, text) in runs { HostileDocumentTests.expectTextOrError(Array(text.utf8), name) }
  }

  /// Each run took quadratic time, or a table of its own for each of its words.
  @Test(.timeLimit(.minutes(1))) func runsThatOnceTookQuadraticTime() {
    let runs: [(String, String)] = [
      ("a.vtt", "00:01 --> 00:02\n" + String(repeating: "<", count: 40_000)),
      ("a.vtt", "00:01 --> 00:02\n" + String(repeating: "{", count: 40_000) + "}"),
      ("a.csv", String(repeating: "a\n", count: 20_000) + "a,b\n"),
      ("a.rtf", "{\\rtf1\\trowd\\intbl " + String(repeating: "a\\par ", count: 20_000) + "}"),
      ("a.rtf", "{\\rtf1\\ansicpg1251 " + String(repeating: "\\'e0\\b ", count: 5_000) + "}"),
      ("a.txt", String(repeating: "data:", count: 40_000)),
      (
        "a.txt",
        String(
          repeating: String(repeating: String(repeating: "aB3", count: 21) + "\n", count: 3) + "\n",
          count: 4_000)
      ),
      ("a.md", String(repeating: "> ![a](b.png)\n", count: 10_000)),
    ]
    for (name, text) in runs { HostileDocumentTests.expectTextOrError(Array(text.utf8), name) }
  }

  /// An OLE file whose chains of sectors go in circles or outside.
  @Test func damagedOLEFiles() {
    var file: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]
    file += [UInt8](repeating: 0, count: 2_040)
    file[30] = 9
    for place in stride(from: 8, to: 600, by: 1) {
      for value: UInt8 in [0, 1, 0x7F, 0xFF] {
        var changed = file
        changed[place] = value
        HostileDocumentTests.expectTextOrError(changed, "a.doc")
      }
    }
    #expect(OLEDirectory(file) != nil)
  }

  /// The formats in ZIP refuse what `ZipArchive` refuses, under their own name.
  @Test func damagedArchivesNameTheirType() throws {
    for name in ["ferry.xlsx", "harbour.pptx", "garden.odt", "voyage.epub"] {
      let whole = try DocumentFixture.bytes(name)
      let error = #expect(throws: DocumentError.self) {
        try DocumentReader().read(contents: Array(whole.dropLast(30)), path: name)
      }
      let type = String(name.split(separator: ".")[1])
      #expect(error?.reason.hasPrefix("is a damaged \(type) file: ") == true)
    }
  }
}
