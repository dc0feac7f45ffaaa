package import Kernels
package import Media
package import Store

/// A picture as a model's image encoder takes it.
package struct PreparedPicture: Sendable, Equatable {
  /// Rows and columns, in pixels.
  package let side: Int
  /// Normalised samples, Float32 `[3, side, side]`.
  package let values: [Float]

  package init(side: Int, values: [Float]) {
    self.side = side
    self.values = values
  }
}

/// Turns pictures and texts into vectors of one space, whose dot product measures how well a text
/// describes a picture.
///
/// The product uses ``CLIPEmbedder``; tests may use a cheap one.
package protocol PictureEmbedder: Sendable {
  /// The number of elements of a vector.
  var dimension: Int { get }
  /// SHA-256 of the model's weights.
  ///
  /// Vectors of models with different hashes cannot be compared.
  var modelHash: String { get }
  /// The model's display name.
  var modelName: String { get }
  /// The factor of cosines before a softmax over labels, about 100.
  var logitScale: Float { get }
  /// The threads that the model computes on; nil where it computes on the calling thread.
  var workers: WorkerPool? { get }

  /// Resizes, crops and normalises a picture; may be called from any thread.
  ///
  /// - Complexity: O(pixels that the crop keeps).
  func prepare(_ picture: Picture) -> PreparedPicture

  /// The vectors of pictures, each of unit length.
  ///
  /// - Returns: `[pictures, dimension]`, row-major. The vector of a picture does not depend on the
  ///   other pictures.
  /// - Throws: for a picture that another model prepared.
  func vectors(ofPictures pictures: [PreparedPicture]) throws -> [Float]

  /// The vectors of texts, each of unit length.
  ///
  /// A text is cut at the model's limit, 77 tokens.
  ///
  /// - Returns: `[texts, dimension]`, row-major, and how many texts were cut.
  /// - Throws: where the tokenizer and the model do not fit together.
  func vectors(ofTexts texts: [String]) throws -> (vectors: [Float], truncatedCount: Int)
}

extension PictureEmbedder {
  package var workers: WorkerPool? { nil }

  /// The space of its vectors in an index.
  package var vectorSpace: VectorSpace {
    VectorSpace(name: .picture, modelHash: modelHash, modelName: modelName, dimension: dimension)
  }

  /// The vector of one text, cut at the model's limit.
  package func vector(ofText text: String) throws -> [Float] {
    try vectors(ofTexts: [text]).vectors
  }

  /// The vector of one picture.
  package func vector(ofPicture picture: Picture) throws -> [Float] {
    try vectors(ofPictures: [prepare(picture)])
  }
}
