/// The models and the chunker that made an index's vectors and chunks.
///
/// Vectors of different models cannot be compared, and different chunkers cut the same file into
/// different chunks, so an index accepts vectors and chunks of one identity only.
package struct IndexIdentity: Sendable, Equatable {
  /// The space of sentence embeddings; every index has it.
  package let text: VectorSpace
  /// The space of picture embeddings; nil if no picture model is in use.
  package let picture: VectorSpace?
  /// The chunker's name, version and parameters, as in `chunks-1 maximum=256 target=200 overlap=0`.
  package let chunker: String

  /// - Precondition: the spaces carry the names of their properties.
  package init(text: VectorSpace, picture: VectorSpace? = nil, chunker: String) {
    precondition(text.name == .text && picture?.name ?? .picture == .picture)
    self.text = text
    self.picture = picture
    self.chunker = chunker
  }

  /// The identity of an index whose only vectors are those of its text.
  package init(modelHash: String, modelName: String, dimension: Int, chunker: String) {
    self.init(
      text: VectorSpace(modelHash: modelHash, modelName: modelName, dimension: dimension),
      chunker: chunker)
  }

  /// All spaces, the text space first.
  package var spaces: [VectorSpace] { [text] + (picture.map { [$0] } ?? []) }

  /// The space of a name, if the index has it.
  package func space(_ name: VectorSpace.Name) -> VectorSpace? {
    switch name {
    case .text: text
    case .picture: picture
    }
  }

  /// Throws if vectors or chunks made with `wanted` must not be stored in or compared with an index
  /// of this identity.
  ///
  /// A space that only one side has is compatible: an index without pictures may get them later,
  /// and an index with pictures can be searched by text alone.
  func requireCompatible(with wanted: IndexIdentity, path: String) throws(StoreError) {
    for space in spaces {
      guard let other = wanted.space(space.name) else { continue }
      try space.requireCompatible(with: other, path: path)
    }
    guard chunker == wanted.chunker else {
      throw .identityMismatch(
        path: path, field: "the chunker", stored: chunker, wanted: wanted.chunker)
    }
  }

  /// Throws ``StoreError/invalidInput(_:)`` if a dimension is outside 1...65,536.
  func requireUsable() throws(StoreError) {
    for space in spaces where !(1...VectorSpace.maximumDimension).contains(space.dimension) {
      throw .invalidInput("vectors of \(space.dimension) elements")
    }
  }
}
