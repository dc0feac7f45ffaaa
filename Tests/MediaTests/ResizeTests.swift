import Bytes
import Testing

@testable import Media

/// Resized pixels against the hashes of Pillow's, and the properties of crops.
@Suite struct ResizeTests {
  @Test func fiveHundredSizesHaveThePixelsOfPillow() throws {
    let rows = try PictureFixtures.rows("resized.tsv")
    #expect(rows.count == 500)
    for row in rows {
      let numbers = row[..<5].compactMap { Int($0) }
      let picture = PictureFixtures.noise(width: numbers[1], height: numbers[2], seed: numbers[0])
      let resized = Resize.bicubic(picture, width: numbers[3], height: numbers[4])
      #expect(try sha256Hex(of: resized.pixels) == row[5], "\(numbers)")
    }
  }

  @Test func aRegionIsThePartOfTheWhole() {
    let picture = PictureFixtures.noise(width: 37, height: 23, seed: 4)
    for (width, height) in [(37, 23), (37, 50), (80, 23), (10, 7), (100, 90)] {
      let whole = Resize.bicubic(picture, width: width, height: height)
      for (x, y) in [(0, 0), (3, 2), (width - 5, height - 4)] {
        let part = Resize.bicubic(
          picture, width: width, height: height,
          region: Resize.Region(x: x, y: y, width: 5, height: 4))
        for row in 0..<4 {
          let start = ((y + row) * width + x) * 3
          #expect(part.pixels[(row * 15)..<(row * 15 + 15)] == whole.pixels[start..<(start + 15)])
        }
      }
    }
  }

  @Test func weightsOfAnOutputAddUpToOne() {
    for (input, output) in [(1, 1), (7, 3), (3, 7), (1_000, 1), (1, 100), (4_000, 224)] {
      let coefficients = ResampleCoefficients(
        inputCount: input, outputCount: output, range: 0..<output)
      for index in 0..<output {
        let start = index * coefficients.rowLength
        let row = coefficients.weights[start..<(start + coefficients.count[index])]
        // Each weight is rounded by at most half a unit.
        #expect(abs(row.reduce(0) { $0 + Int($1) } - 1 << 22) <= row.count / 2 + 1)
        #expect(coefficients.first[index] >= 0)
        #expect(coefficients.first[index] + coefficients.count[index] <= input)
      }
    }
  }

  @Test func aUniformPictureStaysUniform() {
    let grey = Picture(width: 19, height: 11, pixels: [UInt8](repeating: 131, count: 19 * 11 * 3))
    for (width, height) in [(1, 1), (5, 40), (200, 3)] {
      let resized = Resize.bicubic(grey, width: width, height: height)
      #expect(resized.pixels.allSatisfy { $0 == 131 })
    }
  }
}
