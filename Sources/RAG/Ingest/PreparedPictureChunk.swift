package import Documents
internal import Store

/// The chunk of a picture, with what its vector is computed from.
package struct PreparedPictureChunk: Sendable {
  /// The state of the vector.
  package enum Content: Sendable {
    /// The picture as the model takes it.
    case prepared(PreparedPicture)
    /// The vector, `[dimension]`.
    case vector([Float])
  }

  package let chunk: Chunk
  /// Nil without a picture model.
  package var content: Content?
}

extension [PreparedPictureChunk] {
  /// Pictures that the model takes at once: enough rows for its kernels, and little enough memory.
  static var batchCount: Int { 8 }

  /// Computes the vectors that are missing.
  ///
  /// - Throws: the errors of the model.
  mutating func embed(with embedder: any PictureEmbedder) throws {
    var indices: [Int] = []
    for (index, element) in enumerated() {
      if case .prepared = element.content { indices.append(index) }
    }
    for start in stride(from: 0, to: indices.count, by: Self.batchCount) {
      let batch = indices[start..<Swift.min(start + Self.batchCount, indices.count)]
      let pictures = batch.compactMap { index -> PreparedPicture? in
        guard case .prepared(let picture) = self[index].content else { return nil }
        return picture
      }
      let vectors = try embedder.vectors(ofPictures: pictures)
      for (row, index) in batch.enumerated() {
        let range = row * embedder.dimension..<(row + 1) * embedder.dimension
        self[index].content = .vector(Array<Float>(vectors[range]))
      }
    }
  }

  /// The vectors of all pictures, row-major; empty where they have none.
  var vectors: [Float] {
    flatMap { element -> [Float] in
      guard case .vector(let vector) = element.content else { return [] }
      return vector
    }
  }
}
