import Bytes
import Testing

@testable import Media

/// Crops and tensors against the hashes of torchvision's and of Hugging Face's.
@Suite struct CLIPPreprocessingTests {
  @Test func cropsAndTensorsHaveTheBitsOfTheReferences() throws {
    let rows = try PictureFixtures.rows("clip.tsv")
    #expect(rows.count == 18)
    for row in rows {
      let picture = try picture(named: row[0])
      for (index, convention) in [CLIPPreprocessing.Convention.openAI, .huggingFace].enumerated() {
        let preprocessing = CLIPPreprocessing(convention: convention)
        let crop = preprocessing.crop(picture)
        #expect(try sha256Hex(of: crop.pixels) == row[1 + index * 2], "\(row[0]) \(convention)")
        let tensor = preprocessing.tensor(picture)
        #expect(
          try PictureFixtures.digest(tensor) == row[2 + index * 2], "\(row[0]) \(convention)")
      }
    }
  }

  private func picture(named name: String) throws -> Picture {
    let words = name.split(separator: " ")
    guard words[0] == "noise" else {
      return try PictureDecoder.decode(try PictureFixtures.bytes(name))
    }
    let numbers = words.dropFirst().compactMap { Int($0) }
    return PictureFixtures.noise(width: numbers[0], height: numbers[1], seed: numbers[2])
  }

  @Test func theConventionsDifferOnlyWhereTheExcessIsOdd() {
    let even = PictureFixtures.noise(width: 226, height: 224, seed: 2)
    let openAI = CLIPPreprocessing(convention: .openAI)
    let huggingFace = CLIPPreprocessing(convention: .huggingFace)
    let evenAgree = openAI.crop(even) == huggingFace.crop(even)
    #expect(evenAgree)
    // 3 pixels too many: 1.5 rounds to 2, and down to 1.
    let odd = PictureFixtures.noise(width: 227, height: 224, seed: 2)
    let oddAgree = openAI.crop(odd) == huggingFace.crop(odd)
    #expect(!oddAgree)
  }

  @Test func anExtremeShapeCostsOnlyItsMiddle() {
    // Whole, the result would have 224 x 22,400,000 pixels.
    let line = PictureFixtures.noise(width: 1, height: 100_000, seed: 6)
    #expect(CLIPPreprocessing(convention: .huggingFace).crop(line).pixels.count == 224 * 224 * 3)
  }
}
