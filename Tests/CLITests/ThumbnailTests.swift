import Bytes
import Foundation
import Media
import Testing

@testable import CLI

/// Pictures as control sequences of terminals.
@Suite struct ThumbnailTests {
  private func gradient(width: Int, height: Int) -> Picture {
    Picture(
      width: width, height: height,
      pixels: (0..<width * height).flatMap { index -> [UInt8] in
        let red = UInt8(index % width * 255 / max(1, width - 1))
        let green = UInt8(index / width % 256)
        return [red, green, 128]
      })
  }

  @Test(arguments: [
    (["TERM": "xterm-kitty"], GraphicsProtocol.kitty),
    (["TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"], .kitty),
    (["TERM": "xterm-ghostty"], .kitty),
    (["TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"], .iTerm2),
    (["TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"], .iTerm2),
    (["TERM": "foot"], .sixel), (["TERM": "xterm-sixel"], .sixel),
    (["TERM": "xterm-256color"], nil), (["TERM": "dumb"], nil), ([:], nil),
    (["TERM": "screen-256color", "KITTY_WINDOW_ID": "1"], nil),
    (["TERM": "xterm-kitty", "TMUX": "/tmp/tmux"], nil),
  ])
  func variablesNameTheProtocol(environment: [String: String], graphics: GraphicsProtocol?) {
    #expect(GraphicsProtocol.named(by: environment) == graphics)
  }

  @Test func attributesOfATerminalAreRead() {
    #expect(TerminalAttributes.attributes(in: Array("\u{1B}[?62;4;22c".utf8)) == [62, 4, 22])
    #expect(TerminalAttributes.attributes(in: Array("\u{1B}[?6c".utf8)) == [6])
    for answer in ["", "\u{1B}[?62;4", "62;4c", "\u{1B}[62;4c"] {
      #expect(TerminalAttributes.attributes(in: Array(answer.utf8)) == [])
    }
  }

  @Test func largePicturesAreFittedAndSmallOnesKept() {
    let wide = ThumbnailEncoding.fitted(gradient(width: 1_000, height: 100))
    #expect((wide.width, wide.height) == (240, 24))
    let tall = ThumbnailEncoding.fitted(gradient(width: 10, height: 3_000))
    #expect((tall.width, tall.height) == (1, 140))
    let small = gradient(width: 20, height: 10)
    #expect(ThumbnailEncoding.fitted(small) == small)
  }

  @Test func kittyGetsRawPixelsInParts() throws {
    let picture = gradient(width: 60, height: 40)
    let sequence = ThumbnailEncoding.sequence(of: picture, for: .kitty)
    let parts = sequence.split(separator: "\u{1B}\\").map(String.init)
    #expect(parts.count == 3)
    #expect(parts[0].hasPrefix("\u{1B}_Ga=T,f=24,s=60,v=40,q=2,m=1;"))
    #expect(parts[1].hasPrefix("\u{1B}_Gm=1;") && parts[2].hasPrefix("\u{1B}_Gm=0;"))
    let text = parts.map { $0.drop { $0 != ";" }.dropFirst() }.joined()
    #expect(Data(base64Encoded: text).map { [UInt8]($0) } == picture.pixels)
  }

  @Test func iTerm2GetsAPNGOfTheSamePixels() throws {
    // More than 65,535 bytes, so that the pixels take several stored blocks.
    let picture = gradient(width: 200, height: 130)
    let sequence = ThumbnailEncoding.sequence(of: picture, for: .iTerm2)
    #expect(sequence.hasPrefix("\u{1B}]1337;File=inline=1;size=") && sequence.hasSuffix("\u{07}"))
    let text = sequence.split(separator: ":", maxSplits: 1)[1].dropLast()
    let file = try #require(Data(base64Encoded: String(text)))
    #expect(sequence.contains("size=\(file.count);width=200px;height=130px"))
    #expect(try InProcessPictureDecoder().decode([UInt8](file)) == picture)
    // The decoder does not read the checksum of the zlib stream.
    #expect(adler32(of: Array("Wikipedia".utf8)) == 0x11E6_0398 && adler32(of: []) == 1)
  }

  @Test func sixelsDrawEveryPixelOnce() {
    let picture = gradient(width: 31, height: 15)
    let sequence = ThumbnailEncoding.sequence(of: picture, for: .sixel)
    #expect(sequence.hasPrefix("\u{1B}P0;1q\"1;1;31;15#") && sequence.hasSuffix("-\u{1B}\\"))
    #expect(Self.drawn(sequence, width: 31, height: 18) == SixelEncoding.colours(of: picture))
  }

  @Test func coloursAreNearThePicture() {
    let grey = Picture(
      width: 40, height: 40, pixels: [UInt8](repeating: 100, count: 4_800))
    let colours = SixelEncoding.colours(of: grey)
    let mean = colours.reduce(0) { $0 + $1 % 6 * 51 } / colours.count
    #expect(abs(mean - 100) <= 4)
    #expect(Set(colours).count > 1)
  }

  /// The colour of every pixel that a sequence of sixels draws, -1 for none or several.
  private static func drawn(_ sequence: String, width: Int, height: Int) -> [Int] {
    var pixels = [Int](repeating: -1, count: width * height)
    var (x, top, colour) = (0, 0, 0)
    let body = Array(sequence.utf8)
    // The palette is before the first sixel or repeat count that follows a colour without ";2;".
    var index = body.firstIndex(of: UInt8(ascii: "#")) ?? 0
    func number() -> Int {
      var value = 0
      while index < body.count, (0x30...0x39).contains(body[index]) {
        value = value * 10 + Int(body[index] - 0x30)
        index += 1
      }
      return value
    }
    func draw(_ bits: UInt8, _ count: Int) {
      for _ in 0..<count {
        for bit in 0..<6 where bits >> UInt8(bit) & 1 == 1 {
          let place = (top + bit) * width + x
          pixels[place] = pixels[place] == -1 ? colour : -1
        }
        x += 1
      }
    }
    while index < body.count, body[index] != 0x1B {
      let byte = body[index]
      index += 1
      switch byte {
      case UInt8(ascii: "#"):
        colour = number()
        while index < body.count, body[index] == UInt8(ascii: ";") {
          index += 1
          _ = number()
        }
      case UInt8(ascii: "!"):
        let count = number()
        draw(body[index] - 63, count)
        index += 1
      case UInt8(ascii: "$"): x = 0
      case UInt8(ascii: "-"): (x, top) = (0, top + 6)
      default: draw(byte - 63, 1)
      }
    }
    return Array(pixels.prefix(width * (height - 3)))
  }
}
