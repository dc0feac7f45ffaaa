import Bytes
import Foundation
import Testing

@testable import Media

/// Files outside of the repository against Pillow, torchvision and Hugging Face.
///
/// Tests/Reference/picture_differential.py writes the reference and runs this suite.
@Suite(.enabled(if: PictureFixtures.referenceFolder != nil))
struct PictureDifferentialTests {
  /// The rows of one table of the reference.
  private func rows(_ name: String) throws -> [[String]] {
    let path = try #require(PictureFixtures.referenceFolder) + "/" + name
    return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
      .map { $0.split(separator: "\t").map(String.init) }
  }

  @Test func wholePicturesHaveTheBitsOfTheReferences() throws {
    let rows = try rows("whole.tsv")
    #expect(!rows.isEmpty)
    for row in rows {
      let picture = try PictureDecoder.decode(path: row[0])
      #expect([String(picture.width), String(picture.height)] == Array(row[1...2]), "\(row[0])")
      #expect(try sha256Hex(of: picture.pixels) == row[3], "\(row[0])")
      for (index, convention) in [CLIPPreprocessing.Convention.openAI, .huggingFace].enumerated() {
        let preprocessing = CLIPPreprocessing(convention: convention)
        let crop = try sha256Hex(of: preprocessing.crop(picture).pixels)
        let tensor = try PictureFixtures.digest(preprocessing.tensor(picture))
        #expect([crop, tensor] == Array(row[(4 + index * 2)...(5 + index * 2)]), "\(row[0])")
      }
    }
    print("\(rows.count) whole pictures")
  }

  /// Fixtures whose damaged copies may decode differently, by the beginning of their name.
  private static let mayDiffer = [
    // Pillow misreads steps and odd literal runs, and lets literals spill into the next row.
    "rle",
    // libspng drops an EXIF chunk with a wrong checksum; Pillow does not verify it there.
    "oriented",
    // libtiff 4.5 and the 4.7 in Pillow recover differently from a damaged fax code.
    "group4",
  ]

  /// A damaged file that both decode must give the same pixels; which files are refused may differ.
  @Test func damagedPicturesHaveThePixelsOfPillow() throws {
    var counts: [String: Int] = [:]
    for row in try rows("damaged.tsv") {
      let name = row[0].split(separator: "/").last.map(String.init) ?? ""
      let outcome = outcome(row, mayDiffer: Self.mayDiffer.contains { name.hasPrefix($0) })
      if !["equal", "refused by both"].contains(outcome) { print("\(outcome): \(name)") }
      let fileExtension = name.split(separator: ".").last ?? ""
      counts["\(fileExtension) \(outcome)", default: 0] += 1
    }
    for (outcome, count) in counts.sorted(by: { $0.key < $1.key }) { print(outcome, count) }
    #expect(!counts.keys.contains { $0.hasSuffix(" different") })
  }

  private func outcome(_ row: [String], mayDiffer: Bool) -> String {
    let isRefusedByPillow = row[1] == "error"
    guard let picture = try? PictureDecoder.decode(path: row[0]) else {
      return isRefusedByPillow ? "refused by both" : "only Pillow"
    }
    if isRefusedByPillow { return "only here" }
    if (try? sha256Hex(of: picture.pixels)) == row[3] { return "equal" }
    return mayDiffer ? "different as expected" : "different"
  }
}
