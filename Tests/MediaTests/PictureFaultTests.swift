import Bytes
import Testing

@testable import Media

/// Damaged, hostile and mislabelled files: each gives a named error or a right picture.
@Suite struct PictureFaultTests {
  /// The size of the decoded picture or the name of the error, without the library's own message.
  static func outcome(_ bytes: [UInt8], limits: PictureLimits = PictureLimits()) -> String {
    do throws(PictureError) {
      let picture = try PictureDecoder.decode(bytes, limits: limits)
      return "\(picture.width) x \(picture.height)"
    } catch {
      switch error {
      case .empty: return "empty"
      case .unknownFormat: return "unknown format"
      case .tooManyBytes: return "too many bytes"
      case .tooManyPixels: return "too many pixels"
      case .truncated: return "truncated"
      case .damaged: return "damaged"
      case .unsupported: return "unsupported"
      case .outOfMemory: return "out of memory"
      case .unreadable: return "unreadable"
      case .decoderEnded: return "decoder ended"
      }
    }
  }

  @Test func aFileCutAtAnyByteIsAnError() throws {
    for (format, name) in PictureFixtures.smallest {
      let bytes = try PictureFixtures.bytes(name)
      // Bytes at the end without which the pixels are complete: PNG's checksum of the last IDAT chunk and
      // its IEND chunk; GIF's last empty block and trailer; the padding of BMP's last row.
      let dispensable: [PictureFormat: Int] = [.png: 16, .gif: 3, .bmp: 1]
      for length in 0..<(bytes.count - (dispensable[format] ?? 0)) {
        let outcome = Self.outcome(Array(bytes[..<length]))
        #expect(
          ["empty", "unknown format", "truncated", "damaged"].contains(outcome),
          "\(name) cut to \(length) of \(bytes.count) bytes: \(outcome)")
      }
    }
  }

  @Test(arguments: [0.3, 0.5, 0.8, 0.95])
  func everyFixtureCutShortIsAnErrorOrWhole(share: Double) throws {
    var wholeCount = 0
    for row in try PictureFixtures.rows("decoded.tsv") {
      let bytes = try PictureFixtures.bytes(row[0])
      let cut = Array(bytes[..<Int(Double(bytes.count) * share)])
      if let picture = try? PictureDecoder.decode(cut) {
        // The pixels come before the end: PNG's last chunk, later frames, a directory's metadata.
        #expect(try sha256Hex(of: picture.pixels) == row[3], "\(row[0])")
        wholeCount += 1
      } else {
        #expect(["truncated", "damaged", "unsupported"].contains(Self.outcome(cut)), "\(row[0])")
      }
    }
    #expect(wholeCount <= 20)
  }

  @Test func aCutAnimationGivesItsFirstFrameOrAnError() throws {
    for name in ["animated.gif", "animated.png", "animated.webp", "partial-frame.gif"] {
      let bytes = try PictureFixtures.bytes(name)
      let whole = try PictureDecoder.decode(bytes)
      for length in stride(from: 0, to: bytes.count, by: 3) {
        if let picture = try? PictureDecoder.decode(Array(bytes[..<length])) {
          let isWhole = picture == whole
          #expect(isWhole, "\(name) cut to \(length)")
        }
      }
    }
  }

  @Test func mutatedFilesNeverTrap() throws {
    var generator = SeededGenerator(seed: 1)
    let limits = PictureLimits(maximumPixelCount: 1 << 20)
    for row in try PictureFixtures.rows("decoded.tsv") {
      let bytes = try PictureFixtures.bytes(row[0])
      for _ in 0..<60 {
        var mutated = bytes
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
          // Headers are hit as often as the rest.
          let end = Bool.random(using: &generator) ? min(80, bytes.count) : bytes.count
          mutated[Int.random(in: 0..<end, using: &generator)] = UInt8.random(
            in: 0...255, using: &generator)
        }
        if let picture = try? PictureDecoder.decode(mutated, limits: limits) {
          #expect(picture.width * picture.height <= limits.maximumPixelCount)
        }
      }
    }
  }

  /// Sizes written over a header, and what must come of them.
  static let hugeSizes: [(name: String, offset: Int, bytes: [UInt8])] = [
    ("baseline-420.jpg", -1, [0xFF, 0xDC, 0xFF, 0xDC]),
    ("progressive.jpg", -1, [0xFF, 0xDC, 0xFF, 0xDC]),
    ("lossless.webp", 21, [0xFF, 0xFF, 0xFF, 0x0F]),
    ("palette.gif", 6, [0xFF, 0xFF, 0xFF, 0xFF]),
    ("rgb.bmp", 18, [0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F]),
    ("palette-8-core.bmp", 18, [0xFF, 0xFF, 0xFF, 0xFF]),
    ("rle8.bmp", 18, [0, 0, 1, 0, 0, 0, 1, 0]),
  ]

  @Test(arguments: 0..<hugeSizes.count)
  func aHugeSizeIsRefusedBeforeItIsAllocated(index: Int) throws {
    let (name, offset, size) = Self.hugeSizes[index]
    var bytes = try PictureFixtures.bytes(name)
    // In a JPEG the size follows the first frame header's length and precision.
    let start = offset >= 0 ? offset : try #require(Self.frameHeader(bytes)) + 5
    bytes.replaceSubrange(start..<(start + size.count), with: size)
    #expect(Self.outcome(bytes) == "too many pixels")
  }

  /// The position of a baseline or progressive frame header.
  static func frameHeader(_ bytes: [UInt8]) -> Int? {
    bytes.indices.dropLast().first {
      bytes[$0] == 0xFF && (bytes[$0 + 1] == 0xC0 || bytes[$0 + 1] == 0xC2)
    }
  }

  @Test func aHugePNGIsRefusedByItsHeaderAndByItsFile() throws {
    let tooLarge = Self.png(width: 60_000, height: 60_000)
    #expect(Self.outcome(tooLarge) == "too many pixels")
    // Within the limit, but 80 bytes of deflate cannot hold so many samples.
    #expect(Self.outcome(Self.png(width: 9_000, height: 9_000)) == "truncated")
    #expect(Self.outcome(Self.png(width: 0, height: 9)) == "damaged")
  }

  /// A PNG of 8-bit RGB with a valid header and an empty deflate stream.
  static func png(width: UInt32, height: UInt32) -> [UInt8] {
    func bigEndian(_ value: UInt32) -> [UInt8] {
      (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }
    func chunk(_ kind: String, _ data: [UInt8]) -> [UInt8] {
      let content = Array(kind.utf8) + data
      return bigEndian(UInt32(data.count)) + content + bigEndian(crc32(content))
    }
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + chunk("IHDR", bigEndian(width) + bigEndian(height) + [8, 2, 0, 0, 0])
      + chunk("IDAT", [0x78, 0x9C, 0x03, 0, 0, 0, 0, 1]) + chunk("IEND", [])
  }

  /// The checksum of PNG's chunks (ISO 3309), bit by bit.
  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    var value: UInt32 = ~0
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
    return ~value
  }

  @Test func theLimitsAreInclusive() throws {
    let bytes = try PictureFixtures.bytes("rgb.png")
    #expect(Self.outcome(bytes, limits: PictureLimits(maximumPixelCount: 61 * 43)) == "61 x 43")
    #expect(
      Self.outcome(bytes, limits: PictureLimits(maximumPixelCount: 61 * 43 - 1))
        == "too many pixels")
    let exact = PictureLimits(maximumByteCount: bytes.count)
    #expect(Self.outcome(bytes, limits: exact) == "61 x 43")
    let less = PictureLimits(maximumByteCount: bytes.count - 1)
    #expect(Self.outcome(bytes, limits: less) == "too many bytes")
  }

  @Test func otherFilesAreNoPictures() {
    #expect(Self.outcome([]) == "empty")
    for text in ["%PDF-1.7\n", "PK\u{3}\u{4}", "<svg xmlns=\"\">", "BM", "GIF", "II*", "RIFF"] {
      #expect(Self.outcome(Array(text.utf8)) == "unknown format", "\(text)")
    }
    for signature: [UInt8] in [
      [0xFF, 0xD8, 0xFF], [0xFF, 0xD8, 0xFF, 0xD9],
      [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], Array("GIF89a".utf8),
      Array("RIFF\u{4}\0\0\0WEBP".utf8), [0x49, 0x49, 42, 0], [0x4D, 0x4D, 0, 43],
    ] {
      let outcome = Self.outcome(signature)
      #expect(["truncated", "damaged"].contains(outcome), "\(signature): \(outcome)")
    }
  }

  @Test func aNameIsNotBelieved() throws {
    // A PNG in a file that is called a JPEG decodes as the PNG that it is.
    let path = FileNames.temporaryPath("photo.jpg")
    let file = try PictureFixtures.bytes("grey.png")
    try FileNames.write(file, to: path)
    defer { FileNames.remove(path) }
    let picture = try PictureDecoder.decode(path: path)
    let isThePNG = try PictureDecoder.decode(file) == picture
    #expect(isThePNG)
  }

  @Test func aPathThatCannotBeReadIsNamed() {
    for path in ["/nowhere/picture.jpg", "/", "/dev/null"] {
      #expect {
        try PictureDecoder.decode(path: path)
      } throws: { error in
        guard case PictureError.unreadable(let reason)? = error as? PictureError else {
          return false
        }
        return reason.contains(path)
      }
    }
  }

  @Test func unusualBitmapsAreNamed() throws {
    var bytes = try PictureFixtures.bytes("rgb.bmp")
    bytes[28] = 2
    #expect(Self.outcome(bytes) == "unsupported")
    bytes[28] = 24
    for (compression, expected) in [(4, "unsupported"), (5, "unsupported"), (1, "damaged")] {
      bytes[30] = UInt8(compression)
      #expect(Self.outcome(bytes) == expected)
    }
    bytes = try PictureFixtures.bytes("masks-abgr.bmp")
    bytes[54] = 0b101
    #expect(Self.outcome(bytes) == "unsupported")
  }

  @Test func everyErrorSaysWhatIsWrong() {
    for error in PictureMessageTests.errors { #expect(error.description.count > 10) }
    #expect(
      PictureError.truncated(.jpeg, detail: "no end").description
        == "the JPEG picture is cut short: no end")
  }
}
