internal import Media

/// Writes a picture as sixels: bands of six rows, one pass a colour.
///
/// The palette is a cube of 6 × 6 × 6 colours; the error of each pixel goes to its neighbours (Floyd
/// and Steinberg, 1976), so that gradients stay visible.
enum SixelEncoding {
  private static let levels = 6

  /// The control sequence, from `ESC P` to `ESC \`.
  static func sequence(of picture: Picture) -> String {
    let indices = colours(of: picture)
    var text = "\u{1B}P0;1q\"1;1;\(picture.width);\(picture.height)"
    for colour in Set(indices).sorted() {
      let percents = [colour / 36, colour / 6 % 6, colour % 6].map { $0 * 100 / (levels - 1) }
      text += "#\(colour);2;\(percents[0]);\(percents[1]);\(percents[2])"
    }
    for top in stride(from: 0, to: picture.height, by: 6) {
      let rows = top..<min(top + 6, picture.height)
      text += band(indices, width: picture.width, rows: rows) + "-"
    }
    return text + "\u{1B}\\"
  }

  /// The passes of a band: each colour's sixels, `$` between them.
  private static func band(_ indices: [Int], width: Int, rows: Range<Int>) -> String {
    let used = Set(indices[rows.lowerBound * width..<rows.upperBound * width]).sorted()
    return used.map { colour in
      var text = "#\(colour)"
      var (previous, count): (UInt8, Int) = (0, 0)
      for x in 0..<width {
        var bits: UInt8 = 0
        for (bit, y) in rows.enumerated() where indices[y * width + x] == colour {
          bits |= 1 << UInt8(bit)
        }
        if bits == previous {
          count += 1
        } else {
          text += run(previous, count)
          (previous, count) = (bits, 1)
        }
      }
      return text + run(previous, count)
    }.joined(separator: "$")
  }

  /// `count` equal sixels; four and more are shorter with a repeat count.
  private static func run(_ bits: UInt8, _ count: Int) -> String {
    let character = String(UnicodeScalar(63 + bits))
    return count > 3 ? "!\(count)\(character)" : String(repeating: character, count: count)
  }

  /// The index in the palette of every pixel, 36 red + 6 green + blue.
  static func colours(of picture: Picture) -> [Int] {
    let (width, height) = (picture.width, picture.height)
    // In sixteenths, so that the shares of small errors are not rounded away.
    var samples = picture.pixels.map { Int($0) * 16 }
    var indices = [Int](repeating: 0, count: width * height)
    for y in 0..<height {
      for x in 0..<width {
        for channel in 0..<3 {
          let place = (y * width + x) * 3 + channel
          let sample = min(255 * 16, max(0, samples[place]))
          let level = (sample * (levels - 1) + 127 * 16) / (255 * 16)
          indices[y * width + x] = indices[y * width + x] * levels + level
          let error = sample - level * 255 * 16 / (levels - 1)
          for (dx, dy, share) in [(1, 0, 7), (-1, 1, 3), (0, 1, 5), (1, 1, 1)]
          where (0..<width).contains(x + dx) && y + dy < height {
            samples[((y + dy) * width + x + dx) * 3 + channel] += error * share / 16
          }
        }
      }
    }
    return indices
  }
}
