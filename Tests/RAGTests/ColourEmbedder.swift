import Media
import RAG
import Synchronization

/// A picture model for tests: a picture is the chroma of its mean colour, and a text the colours that
/// it names.
///
/// Vectors are [red, green, blue, other, look] of length 1. Texts that name no colour are "other", of
/// which every picture has a little; "look" is what no text describes.
final class ColourEmbedder: PictureEmbedder {
  let dimension = 5
  let modelHash: String
  let modelName = "colours"
  let logitScale: Float = 20
  /// The number of pictures that were embedded.
  let pictureCount = Mutex(0)
  /// An error that every picture causes; nil for none.
  let failure: (any Error)?

  init(modelHash: String = String(repeating: "c", count: 64), failure: (any Error)? = nil) {
    self.modelHash = modelHash
    self.failure = failure
  }

  func prepare(_ picture: Picture) -> PreparedPicture {
    var sums: [Float] = [0, 0, 0]
    for index in picture.pixels.indices { sums[index % 3] += Float(picture.pixels[index]) / 255 }
    let mean = sums.map { $0 / Float(picture.width * picture.height) }
    let grey = mean.min() ?? 0
    return PreparedPicture(side: 1, values: mean.map { $0 - grey } + [0.1, 0.3])
  }

  func vectors(ofPictures pictures: [PreparedPicture]) throws -> [Float] {
    if let failure { throw failure }
    pictureCount.withLock { $0 += pictures.count }
    return pictures.flatMap { Self.normalised($0.values) }
  }

  func vectors(ofTexts texts: [String]) throws -> (vectors: [Float], truncatedCount: Int) {
    let vectors = texts.flatMap { text -> [Float] in
      let words = Set(text.lowercased().split { !$0.isLetter }.map(String.init))
      let named = ["red", "green", "blue"].map { words.contains($0) ? Float(1) : 0 }
      return Self.normalised(named + [named.contains(1) ? 0 : 1, 0])
    }
    return (vectors, 0)
  }

  private static func normalised(_ vector: [Float]) -> [Float] {
    let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return vector.map { $0 / norm }
  }
}
