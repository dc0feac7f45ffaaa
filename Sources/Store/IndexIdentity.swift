/// What the vectors and chunks of an index were made with.
///
/// Vectors of different models are not comparable, and chunks of different chunkers do not
/// converge on one content hash, so an index has one identity and refuses any other.
package struct IndexIdentity: Sendable, Equatable {
  /// SHA-256 of the embedding model's weights and vocabulary, lower-case hexadecimal.
  package let modelHash: String
  /// The model's name for people, as in `all-MiniLM-L6-v2 (Q8_0)`.
  ///
  /// Not compared.
  package let modelName: String
  /// Elements of a vector.
  package let dimension: Int
  /// The chunker's name, version and parameters, as in `structure-1:256:32`.
  package let chunker: String

  package init(modelHash: String, modelName: String, dimension: Int, chunker: String) {
    self.modelHash = modelHash
    self.modelName = modelName
    self.dimension = dimension
    self.chunker = chunker
  }

  /// The largest dimension whose int8 dot product cannot overflow Int32: 255 * 127 * 65,536 < 2³¹.
  package static let maximumDimension = 65_536

  /// Throws when vectors made with `wanted` may not enter or query an index of this identity.
  func requireCompatible(with wanted: IndexIdentity, path: String) throws(StoreError) {
    guard modelHash == wanted.modelHash else {
      throw .identityMismatch(
        path: path, field: "the embedding model",
        stored: "\(modelName) [\(modelHash.prefix(12))]",
        wanted: "\(wanted.modelName) [\(wanted.modelHash.prefix(12))]")
    }
    guard dimension == wanted.dimension else {
      throw .identityMismatch(
        path: path, field: "vectors of dimension", stored: "\(dimension)",
        wanted: "\(wanted.dimension)")
    }
    guard chunker == wanted.chunker else {
      throw .identityMismatch(
        path: path, field: "the chunker", stored: chunker, wanted: wanted.chunker)
    }
  }
}
