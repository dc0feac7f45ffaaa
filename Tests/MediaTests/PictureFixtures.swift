import Bytes
import Foundation

@testable import Media

/// The pictures of Tests/Fixtures/pictures and the tables that Pillow's results are recorded in.
enum PictureFixtures {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/pictures")

  /// The folder with the reference of picture_differential.py, or nil.
  static let referenceFolder = ProcessInfo.processInfo.environment["SWIFTRAG_PICTURE_REFERENCE"]

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }

  /// The rows of a table, split at tabs.
  static func rows(_ name: String) throws -> [[String]] {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      .split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
  }

  /// One picture of each format, small enough to be cut at every byte.
  static let smallest: [(format: PictureFormat, name: String)] = [
    (.jpeg, "orientation-1.jpg"), (.png, "palette-4.png"), (.webp, "lossless.webp"),
    (.gif, "few-colours.gif"), (.bmp, "palette-4.bmp"), (.tiff, "grey-8-little-1.tif"),
  ]

  /// The noise of `picture_reference.noise`.
  static func noise(width: Int, height: Int, seed: Int) -> Picture {
    let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { pixels, count in
      for index in 0..<(width * height * 3) {
        var value = UInt32(index) &* 2_654_435_761 &+ UInt32(seed) &* 40_503
        value ^= value >> 15
        value = value &* 2_246_822_519
        value ^= value >> 13
        let sample = UInt8(value >> 24)
        pixels[index] = seed % 2 == 1 ? (sample >= 128 ? 255 : 0) : sample
      }
      count = width * height * 3
    }
    return Picture(width: width, height: height, pixels: pixels)
  }

  /// The SHA-256 of little-endian Float32.
  static func digest(_ values: [Float]) throws -> String {
    try sha256Hex(of: values.withUnsafeBytes { Array($0) })
  }
}
