import Bytes
import Foundation
import Testing

/// Pictures found by what they show, with the small CLIP that was trained on drawings of shapes.
@Suite(.enabled(if: PictureAlbum.hasPoppler, "poppler-utils is not installed"))
struct PictureMeaningTests {
  static let clip = PictureAlbum.fixtures.appending(path: "clip-small/clip-small-q8_0.gguf").path

  private static let side = 128
  private static let red: [UInt8] = [214, 39, 40]
  private static let blue: [UInt8] = [31, 90, 200]
  private static let green: [UInt8] = [44, 160, 44]
  private static let yellow: [UInt8] = [240, 210, 30]

  private static func isCircle(_ x: Double, _ y: Double) -> Bool { x * x + y * y < 1 }
  private static func isSquare(_ x: Double, _ y: Double) -> Bool { max(abs(x), abs(y)) < 0.85 }
  private static func isDiamond(_ x: Double, _ y: Double) -> Bool { abs(x) / 0.65 + abs(y) < 1 }

  /// Rows of pixels, red, green and blue: a shape in the middle of a light square, like the drawings
  /// of `small_clip_data.py`.
  private static func drawing(
    _ colour: [UInt8], paper: UInt8 = 245, isInside: (_ x: Double, _ y: Double) -> Bool
  ) -> [[UInt8]] {
    (0..<side).map { y in
      (0..<side).flatMap { x in
        // In units of the shape's radius, from the middle.
        let (dx, dy) = ((Double(x) - 63.5) / 23, (Double(y) - 63.5) / 23)
        return isInside(dx, dy) ? colour : [paper, paper, paper]
      }
    }
  }

  /// A drawing as a bitmap.
  private static func bitmap(_ rows: [[UInt8]]) -> [UInt8] {
    func little(_ value: Int, _ count: Int = 4) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    // Bitmaps begin with the last row, and a pixel with its blue.
    var pixels: [UInt8] = []
    for row in rows.reversed() {
      for start in stride(from: 0, to: row.count, by: 3) {
        pixels += [row[start + 2], row[start + 1], row[start]]
      }
    }
    var file = Array("BM".utf8) + little(54 + pixels.count) + little(0) + little(54)
    file += little(40) + little(side) + little(side) + little(1, 2) + little(24, 2) + little(0)
    file += little(pixels.count) + little(0) + little(0) + little(0) + little(0)
    return file + pixels
  }

  /// A PDF with a page for each drawing: a sentence, and under it the drawing, with a caption that
  /// says nothing.
  private static func pdf(_ pages: [(text: String, rows: [[UInt8]])]) -> Data {
    func stream(_ entries: String, _ bytes: [UInt8]) -> [UInt8] {
      Array("<< \(entries) /Length \(bytes.count) >>\nstream\n".utf8) + bytes
        + Array("\nendstream".utf8)
    }
    let kids = pages.indices.map { "\(4 + 3 * $0) 0 R" }.joined(separator: " ")
    var objects: [[UInt8]] = [
      Array("<< /Type /Catalog /Pages 2 0 R >>".utf8),
      Array("<< /Type /Pages /Count \(pages.count) /Kids [\(kids)] >>".utf8),
      Array("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".utf8),
    ]
    for (index, page) in pages.enumerated() {
      let first = 4 + 3 * index
      let resources = "/Font << /F 3 0 R >> /XObject << /I \(first + 2) 0 R >>"
      objects.append(
        Array(
          """
          << /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents \(first + 1) 0 R \
          /Resources << \(resources) >> >>
          """.utf8))
      let content = """
        BT /F 12 Tf 72 750 Td (\(page.text)) Tj 130 -385 Td (Figure \(index + 1).) Tj ET
        q 240 0 0 240 172 380 cm /I Do Q
        """
      objects.append(stream("", Array(content.utf8)))
      let image = """
        /Type /XObject /Subtype /Image /Width \(side) /Height \(side) /BitsPerComponent 8 \
        /ColorSpace /DeviceRGB
        """
      objects.append(stream(image, page.rows.flatMap { $0 }))
    }
    var file = Data("%PDF-1.4\n".utf8)
    var table = "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
    for (index, object) in objects.enumerated() {
      let offset = String(file.count)
      table += String(repeating: "0", count: 10 - offset.count) + offset + " 00000 n \n"
      file += Data("\(index + 1) 0 obj\n".utf8) + Data(object) + Data("\nendobj\n".utf8)
    }
    let start = file.count
    table += "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R >>\nstartxref\n\(start)\n%%EOF\n"
    return file + Data(table.utf8)
  }

  private func album() throws -> PictureAlbum {
    let album = try PictureAlbum()
    let docs = album.runner.home.appending(path: "docs")
    // Names that say nothing, so that only the pixels can be found.
    for (name, rows) in [
      ("IMG_0002.bmp", Self.drawing(Self.red, isInside: Self.isCircle)),
      ("IMG_0003.bmp", Self.drawing(Self.blue, isInside: Self.isSquare)),
      ("IMG_0004.bmp", Self.drawing(Self.green, isInside: Self.isDiamond)),
      ("IMG_0005.bmp", Self.drawing(Self.yellow, isInside: Self.isSquare)),
    ] {
      try Data(Self.bitmap(rows)).write(to: docs.appending(path: name))
    }
    return album
  }

  @Test func picturesAreFoundByWhatTheyShow() throws {
    let album = try album()
    defer { album.cleanUp() }
    let added = try album.run("add", "docs", clip: Self.clip)
    #expect(added.status == 0, "\(added.error)")
    for (text, name) in [
      ("a red circle", "IMG_0002.bmp"), ("a blue square", "IMG_0003.bmp"),
      ("a green diamond", "IMG_0004.bmp"), ("a yellow square", "IMG_0005.bmp"),
    ] {
      let found = try PassageShape.list(
        try album.run("search", text, "-k", "3", "--type", "picture", "--json", clip: Self.clip))
      #expect(found.first?.fileName == name, "\(text): \(found.map(\.fileName))")
      #expect(found.first?.pictureRelevance ?? 0 > 0.9)
    }
    let answer = try album.run("run", "Is there a red circle?", clip: Self.clip)
    #expect(answer.output.contains("Picture: IMG_0002.bmp"), "\(answer.output) \(answer.error)")
    let like = try PassageShape.list(
      try album.run(
        "search", "--image", "docs/IMG_0003.bmp", "-k", "1", "--json", clip: Self.clip))
    #expect(like.first?.fileName == "IMG_0003.bmp")
  }

  /// Figures on pages that have text are found by what they show, and cited with their page.
  @Test func figuresOfPagesAreFoundByWhatTheyShow() throws {
    let album = try PictureAlbum()
    defer { album.cleanUp() }
    // Darker than the page, so that all of the drawing is seen as the figure.
    func drawing(_ colour: [UInt8], _ isInside: (Double, Double) -> Bool) -> [[UInt8]] {
      Self.drawing(colour, paper: 220, isInside: isInside)
    }
    let file = Self.pdf([
      ("The committee met twice in the spring.", drawing(Self.blue, Self.isSquare)),
      ("Dues are paid at the door.", drawing(Self.red, Self.isCircle)),
      ("The hall is let to choirs.", drawing(Self.green, Self.isDiamond)),
    ])
    try file.write(to: album.runner.home.appending(path: "docs/annual.pdf"))
    let added = try album.run("add", "docs", clip: Self.clip)
    #expect(added.status == 0, "\(added.error)")
    for (text, page) in [("a blue square", 1), ("a red circle", 2), ("a green diamond", 3)] {
      let found = try PassageShape.list(
        try album.run("search", text, "-k", "3", "--json", clip: Self.clip))
      let first = try #require(found.first)
      #expect(first.fileName == "annual.pdf", "\(text): \(found.map(\.fileName))")
      #expect(first.citation.kind == "picture" && first.citation.page == page, "\(text)")
      #expect(first.pictureRelevance ?? 0 > 0.9)
    }
    let pictures = try PassageShape.list(
      try album.run(
        "search", "a red circle", "-k", "3", "--type", "picture", "--json", clip: Self.clip))
    #expect(pictures.first?.citation.page == 2)
    #expect(pictures.allSatisfy { $0.citation.kind == "picture" })
    let answer = try album.run("run", "Is there a red circle?", clip: Self.clip)
    #expect(answer.output.hasPrefix("Picture: annual.pdf"), "\(answer.output) \(answer.error)")
    #expect(answer.output.contains("[1] docs/annual.pdf, page 2"), "\(answer.output)")
  }

  @Test func passagesAreNotDisplacedByPictures() throws {
    let album = try album()
    defer { album.cleanUp() }
    _ = try album.run("add", "docs", clip: Self.clip)
    let flag = try album.run("run", "When does the club fly a flag?", clip: Self.clip)
    #expect(flag.output.hasPrefix("The club flies a flag at noon. [1]"), "\(flag.output)")
    for question in ["Which quarry do the slabs of the yard come from?"] {
      let found = try PassageShape.list(
        try album.run("search", question, "-k", "2", "--json", clip: Self.clip))
      #expect(found.first?.citation.kind == "text", "\(question): \(found.map(\.fileName))")
    }
    let none = try album.run(
      "run", "Which programming language has the fastest compiler?", clip: Self.clip)
    #expect(none.output.hasPrefix("Nothing in your files answers this."), "\(none.output)")
  }
}
