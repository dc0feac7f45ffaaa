import Foundation
import Testing

/// Damaged, hostile and mislabelled pictures through `swiftrag add`: a named error or a right result,
/// and nothing else lost.
@Suite struct PictureFaultTests {
  static let fixtures = CommandRunner.packageRoot.appending(path: "Tests/Fixtures/pictures")

  struct Report: Decodable {
    struct Skipped: Decodable {
      let path: String
      let reason: String
    }
    let addedCount: Int
    let unchangedCount: Int
    let skipped: [Skipped]
    let waitingPictureCount: Int
  }

  /// The outcome that a picture must have: the beginning of its error, or nil if it is indexed.
  typealias Case = (name: String, bytes: [UInt8], error: String?)

  private static func fixture(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: fixtures.appending(path: name)))
  }

  /// Pictures of one kind for each format: small files that exist as fixtures.
  static let formats = [
    "baseline-420.jpg", "rgb.png", "lossless.webp", "palette.gif", "rgb.bmp", "rgb-raw.tif",
  ]

  /// 36 files: six formats cut at six places.
  private static func truncated() throws -> [Case] {
    try formats.flatMap { name -> [Case] in
      let bytes = try fixture(name)
      let parts = name.split(separator: ".")
      return [0.02, 0.1, 0.3, 0.5, 0.7, 0.85].enumerated().map { index, share in
        // At least the signature is kept; shorter files are tested as texts with a wrong name.
        let cut = Array(bytes.prefix(max(20, Int(Double(bytes.count) * share))))
        return ("cut-\(parts[0])-\(index).\(parts[1])", cut, "the ")
      }
    }
  }

  /// Headers that state sizes beyond every limit.
  private static func huge() throws -> [Case] {
    func patched(_ name: String, at offset: Int, with bytes: [UInt8]) throws -> [UInt8] {
      var file = try fixture(name)
      file.replaceSubrange(offset..<offset + bytes.count, with: bytes)
      return file
    }
    var jpeg = try fixture("baseline-420.jpg")
    let frame = try #require(
      jpeg.indices.dropLast().first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0xDC, 0xFF, 0xDC])
    let tooLarge = "the picture has "
    return [
      ("huge.jpg", jpeg, tooLarge),
      ("huge.gif", try patched("palette.gif", at: 6, with: [255, 255, 255, 255]), tooLarge),
      (
        "huge.bmp", try patched("rgb.bmp", at: 18, with: [255, 255, 255, 127, 255, 255, 255, 127]),
        tooLarge
      ),
      ("huge.webp", try patched("lossless.webp", at: 21, with: [255, 255, 255, 15]), tooLarge),
      ("huge.png", try patched("rgb.png", at: 16, with: [0, 1, 0, 0, 0, 1, 0, 0]), tooLarge),
    ]
  }

  /// Unusual pictures that are read.
  static let right = [
    "cmyk.jpg", "cmyk.tif", "grey-16.png", "type6-16.png", "rgb-16-big.tif", "grey-16-little.tif",
    "animated.gif", "animated.png", "animated.webp", "pages.tif", "progressive.jpg", "group4.tif",
    "palette-transparent.png", "orientation-6.jpg", "float.tif", "rle4.bmp", "bilevel.png",
  ]

  private static func others() throws -> [Case] {
    let png = try fixture("rgb.png")
    let notAPicture = "not a JPEG, PNG, WebP, GIF, BMP or TIFF picture"
    var broken = png
    // A byte of the pixels, so that a checksum does not match.
    broken[png.count / 2] ^= 0xFF
    return [
      ("mislabelled.jpg", png, nil), ("mislabelled.txt", try fixture("few-colours.gif"), nil),
      ("mislabelled.pdf", try fixture("grey.jpg"), nil),
      ("empty.png", [], "contains no text"), ("empty.jpg", [], "contains no text"),
      ("text.jpg", Array("just words".utf8), notAPicture),
      ("zeros.tif", [UInt8](repeating: 0, count: 4_000), notAPicture),
      ("svg.png", Array("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8), notAPicture),
      ("program.png", [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1], "is a program"),
      ("archive.jpg", [0x1F, 0x8B, 8, 0], "is a gzip archive"),
      ("signature.png", [0x89, 0x50, 0x4E, 0x47], "is a damaged PNG picture"),
      ("signature.jpg", [0xFF, 0xD8, 0xFF], "the JPEG"), ("checksum.png", broken, "the PNG"),
      ("trailing.png", png + [UInt8](repeating: 65, count: 10_000), nil),
    ]
  }

  @Test func everyFaultIsNamedAndNothingElseIsLost() throws {
    let runner = try CommandRunner()
    defer { runner.cleanUp() }
    let cases =
      try Self.truncated() + Self.huge() + Self.others()
      + Self.right.map { ($0, try Self.fixture($0), nil) }
    #expect(cases.count >= 70)
    let folder = runner.home.appending(path: "docs")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, bytes, _) in cases {
      try Data(bytes).write(to: folder.appending(path: name))
    }
    try Data("The lighthouse was built in 1887.".utf8)
      .write(to: folder.appending(path: "zz-last.txt"))

    let outcome = try runner.run("add", "docs", "--json", "--ocr", "off")
    #expect(outcome.status == 0, "\(outcome.error)")
    let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
    let reasons = Dictionary(
      report.skipped.map { (URL(filePath: $0.path).lastPathComponent, $0.reason) },
      uniquingKeysWith: { first, _ in first })
    for (name, _, error) in cases {
      if let error {
        #expect(reasons[name]?.hasPrefix(error) == true, "\(name): \(reasons[name] ?? "indexed")")
      } else {
        #expect(reasons[name] == nil, "\(name)")
      }
      // The decoder reported the error itself: it was neither killed nor ended by a crash.
      #expect(reasons[name]?.contains("decoder ended") != true, "\(name)")
    }
    let rightCount = cases.count { $0.error == nil }
    #expect(report.addedCount == rightCount + 1)
    #expect(report.skipped.count == cases.count - rightCount)
    #expect(report.waitingPictureCount == rightCount)
    // One line on standard error for each listed picture, and nothing of the libraries.
    #expect(outcome.error.split(separator: "\n").filter { $0.hasPrefix("skipped ") }.count == 10)
    let search = try runner.run("search", "When was the lighthouse built?", "-k", "1")
    #expect(search.output.contains("1887"))
    #expect(try runner.run("index", "verify").status == 0)
  }
}
