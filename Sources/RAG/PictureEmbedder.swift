package import Kernels
package import Media
package import Store

/// A picture as a model's image encoder takes it: Float32 `[3, side, side]`, normalised.
package struct PreparedPicture: Sendable, Equatable {
  /// Rows and columns.
  package let side: Int
  /// The normalised samples, `[3, side, side]`.
  package let values: [Float]

  package init(side: Int, values: [Float]) {
    self.side = side
    self.values = values
  }
}

/// Turns pictures and texts into vectors of one space, whose dot product measures how well a text
/// describes a picture.
package protocol PictureEmbedder: Sendable {
  /// The number of elements of a vector.
  var dimension: Int { get }
  /// SHA-256 of the model's weights; vectors of models with different hashes cannot be compared.
  var modelHash: String { get }
  /// The model's display name.
  var modelName: String { get }
  /// exp(logit_scale), about 100: softmax(logitScale · cosine) are the probabilities of labels.
  var logitScale: Float { get }
  /// The threads that the model computes on; nil where it computes on the calling thread.
  var workers: WorkerPool? { get }

  /// Resizes, crops and normalises a decoded picture; may be called from any thread.
  func prepare(_ picture: Picture) -> PreparedPicture
  /// `[pictures, dimension]`, row-major, each of unit length; independent of the other pictures.
  func vectors(ofPictures pictures: [PreparedPicture]) throws -> [Float]
  /// `[texts, dimension]`, row-major, each of unit length; a text is cut at the model's 77 tokens.
  func vectors(ofTexts texts: [String]) throws -> [Float]
}

extension PictureEmbedder {
  /// The space of its vectors in an index.
  package var vectorSpace: VectorSpace {
    VectorSpace(name: .picture, modelHash: modelHash, modelName: modelName, dimension: dimension)
  }

  /// The vector of one text.
  package func vector(ofText text: String) throws -> [Float] { try vectors(ofTexts: [text]) }

  /// The vector of one picture.
  package func vector(ofPicture picture: Picture) throws -> [Float] {
    try vectors(ofPictures: [prepare(picture)])
  }
}
