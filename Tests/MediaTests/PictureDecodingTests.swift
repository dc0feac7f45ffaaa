import Bytes
import Foundation
import Testing

@testable import Media

/// Decoded pixels against the hashes of Pillow's.
@Suite struct PictureDecodingTests {
  @Test func everyFixtureHasThePixelsOfPillow() throws {
    let rows = try PictureFixtures.rows("decoded.tsv")
    #expect(rows.count == 116)
    for row in rows {
      let picture = try PictureDecoder.decode(try PictureFixtures.bytes(row[0]))
      #expect([String(picture.width), String(picture.height)] == Array(row[1...2]), "\(row[0])")
      #expect(try sha256Hex(of: picture.pixels) == row[3], "\(row[0])")
    }
  }

  @Test func everyFixtureIsInTheTable() throws {
    let listed = Set(try PictureFixtures.rows("decoded.tsv").map { $0[0] })
    let tables: Set<String> = ["decoded.tsv", "clip.tsv", "resized.tsv"]
    let files = try Set(
      FileNames.list(PictureFixtures.folder.path).filter { !tables.contains($0) })
    #expect(files == listed)
  }

  @Test func aFormatIsRecognisedByItsContent() throws {
    for row in try PictureFixtures.rows("decoded.tsv") {
      let format = PictureFormat(sniffing: try PictureFixtures.bytes(row[0]))
      let fileExtension = row[0].split(separator: ".").last.map(String.init)
      let expected: [String: PictureFormat] = [
        "jpg": .jpeg, "png": .png, "webp": .webp, "gif": .gif, "bmp": .bmp, "tif": .tiff,
      ]
      #expect(format == fileExtension.flatMap { expected[$0] }, "\(row[0])")
    }
    #expect(PictureFormat(sniffing: Array("BMW builds cars in Munich.".utf8)) == nil)
    #expect(PictureFormat(sniffing: Array("RIFF....WAVEfmt ".utf8)) == nil)
    #expect(PictureFormat(sniffing: []) == nil)
  }

  /// libtiff converts YCbCr itself, and could also turn it.
  @Test func aYCbCrTIFFIsTurnedOnce() throws {
    let rgb = try PictureDecoder.decode(try PictureFixtures.bytes("oriented.tif"))
    let picture = try PictureDecoder.decode(try PictureFixtures.bytes("ycbcr-oriented.tif"))
    #expect(picture.metadata.storedOrientation == .turnedLeft)
    #expect(picture.width == rgb.width && picture.height == rgb.height)
    // Two conversions round.
    let difference = zip(picture.pixels, rgb.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 255
    #expect(difference <= 3)
  }

  @Test func everyOrientationGivesTheSameUprightPicture() throws {
    // What the eight files show differs by the turn, and turning back is the inverse.
    let stored = try PictureDecoder.decode(try PictureFixtures.bytes("orientation-1.jpg"))
    let raster = Raster(width: stored.width, height: stored.height, pixels: stored.pixels)
    let inverses: [Orientation: Orientation] = [
      .turnedLeft: .turnedRight, .turnedRight: .turnedLeft,
    ]
    for orientation in Orientation.allCases {
      let turned = raster.oriented(orientation)
      let isUndone = turned.oriented(inverses[orientation] ?? orientation) == raster
      #expect(isUndone)
      let decoded = try PictureDecoder.decode(
        try PictureFixtures.bytes("orientation-\(orientation.rawValue).jpg"))
      #expect(decoded.metadata.storedOrientation == orientation)
      #expect(decoded.width == (orientation.exchangesSides ? stored.height : stored.width))
    }
  }
}
