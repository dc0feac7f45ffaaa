/// A set of vectors that may be compared with each other: all of one embedding model.
///
/// A chunk may have a vector in several spaces: a picture with a caption has one of the picture
/// (CLIP) and one of the caption's words (a sentence encoder).
package struct VectorSpace: Sendable, Equatable {
  /// The spaces that an index may have.
  ///
  /// The raw value is stored in the file for its reader; `id` is the key of the tables.
  package enum Name: String, Sendable, CaseIterable, Hashable {
    /// Sentence embeddings of the chunks' text.
    case text
    /// Joint embeddings of pictures and text (CLIP).
    case picture

    /// The key in the tables `vectorSpace`, `vector` and `quantizedVectors`.
    ///
    /// A constant of the name, so that no query has to look it up. Never reuse a number.
    var id: Int64 {
      switch self {
      case .text: 1
      case .picture: 2
      }
    }
  }

  package let name: Name
  /// SHA-256 of the embedding model's weights and vocabulary, lower-case hexadecimal.
  package let modelHash: String
  /// The model's name for display, as in `all-MiniLM-L6-v2-Q8_0`.
  ///
  /// Not compared.
  package let modelName: String
  /// Number of elements of a vector.
  package let dimension: Int

  package init(name: Name = .text, modelHash: String, modelName: String, dimension: Int) {
    self.name = name
    self.modelHash = modelHash
    self.modelName = modelName
    self.dimension = dimension
  }

  /// The largest dimension whose int8 dot product cannot overflow Int32:
  /// 255 × 127 × 65,536 < 2³¹.
  package static let maximumDimension = 65_536

  /// Throws if vectors of `wanted` cannot be compared with those of this space.
  ///
  /// - Throws: ``StoreError/identityMismatch(path:field:stored:wanted:)``.
  func requireCompatible(with wanted: VectorSpace, path: String) throws(StoreError) {
    guard modelHash == wanted.modelHash else {
      throw .identityMismatch(
        path: path, field: name == .text ? "the embedding model" : "the \(name) embedding model",
        stored: "\(modelName) [\(modelHash.prefix(12))]",
        wanted: "\(wanted.modelName) [\(wanted.modelHash.prefix(12))]")
    }
    guard dimension == wanted.dimension else {
      throw .identityMismatch(
        path: path, field: "vectors of dimension", stored: "\(dimension)",
        wanted: "\(wanted.dimension)")
    }
  }
}
