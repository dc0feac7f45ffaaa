import Bytes
import Foundation
import Testing

/// Pictures found by what they show, with the small CLIP that was trained on drawings of shapes.
@Suite(.enabled(if: PictureAlbum.hasPoppler, "poppler-utils is not installed"))
struct PictureMeaningTests {
  static let clip = PictureAlbum.fixtures.appending(path: "clip-small/clip-small-q8_0.gguf").path

  /// Draws a shape in the middle of a light square as a bitmap: the drawings of `small_clip_data.py`.
  private static func drawing(
    _ colour: (UInt8, UInt8, UInt8), isInside: (_ x: Double, _ y: Double) -> Bool
  ) -> [UInt8] {
    func little(_ value: Int, _ count: Int = 4) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let side = 128
    var pixels: [UInt8] = []
    // Bitmaps begin with the last row.
    for y in stride(from: side - 1, through: 0, by: -1) {
      for x in 0..<side {
        // In units of the shape's radius, from the middle.
        let (dx, dy) = ((Double(x) - 63.5) / 23, (Double(y) - 63.5) / 23)
        pixels += isInside(dx, dy) ? [colour.2, colour.1, colour.0] : [245, 245, 245]
      }
    }
    return Array("BM".utf8) + little(54 + pixels.count) + little(0) + little(54) + little(40)
      + little(side) + little(side) + little(1, 2) + little(24, 2) + little(0)
      + little(pixels.count) + little(0) + little(0) + little(0) + little(0) + pixels
  }

  private func album() throws -> PictureAlbum {
    let album = try PictureAlbum()
    let docs = album.runner.home.appending(path: "docs")
    func isCircle(_ x: Double, _ y: Double) -> Bool { x * x + y * y < 1 }
    func isSquare(_ x: Double, _ y: Double) -> Bool { max(abs(x), abs(y)) < 0.85 }
    func isDiamond(_ x: Double, _ y: Double) -> Bool { abs(x) / 0.65 + abs(y) < 1 }
    // Names that say nothing, so that only the pixels can be found.
    for (name, bytes) in [
      ("IMG_0002.bmp", Self.drawing((214, 39, 40), isInside: isCircle)),
      ("IMG_0003.bmp", Self.drawing((31, 90, 200), isInside: isSquare)),
      ("IMG_0004.bmp", Self.drawing((44, 160, 44), isInside: isDiamond)),
      ("IMG_0005.bmp", Self.drawing((240, 210, 30), isInside: isSquare)),
    ] {
      try Data(bytes).write(to: docs.appending(path: name))
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
