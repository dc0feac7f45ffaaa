internal import Foundation
internal import Media
package import RAG

/// A picture or a text: the inputs of a model that embeds both into one space.
package enum JointInput: Sendable, Equatable {
  /// The path of a picture file.
  case picture(String)
  case text(String)

  /// The input that an argument on the command line means: a picture if it names a file, else a text.
  package init(argument: String) {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder)
    self = exists && !isFolder.boolValue ? .picture(argument) : .text(argument)
  }
}

extension Runtime {
  /// Pictures that are decoded before they are embedded together.
  private static let pictureBatchCount = 8

  /// The vectors of pictures and texts, in their order.
  ///
  /// Pictures are decoded in a process of their own each.
  ///
  /// - Parameters:
  ///   - inputs: pictures and texts.
  ///   - embedder: of both.
  ///   - progress: is called with the number of inputs that are done; what it throws ends the work.
  /// - Returns: `[inputs, dimension]`, row-major, and how many texts were cut at the model's limit.
  /// - Throws: ``RAG/PictureFileError`` for the first picture that cannot be decoded, and the errors
  ///   of the embedder.
  package func vectors(
    of inputs: [JointInput], embedder: any PictureEmbedder,
    progress: (Int) throws -> Void = { _ in }
  ) throws -> (vectors: [Float], truncatedCount: Int) {
    let dimension = embedder.dimension
    var vectors = [Float](repeating: 0, count: inputs.count * dimension)
    var truncatedCount = 0
    for start in stride(from: 0, to: inputs.count, by: Self.pictureBatchCount) {
      let batch = start..<min(start + Self.pictureBatchCount, inputs.count)
      var pictures: [(index: Int, picture: PreparedPicture)] = []
      var texts: [(index: Int, text: String)] = []
      for index in batch {
        switch inputs[index] {
        case .picture(let path):
          pictures.append((index, try preparedPicture(path: path, for: embedder)))
        case .text(let text): texts.append((index, text))
        }
      }
      let pictureVectors = try embedder.vectors(ofPictures: pictures.map(\.picture))
      let textVectors = try embedder.vectors(ofTexts: texts.map(\.text))
      truncatedCount += textVectors.truncatedCount
      for (indices, found) in [
        (pictures.map(\.index), pictureVectors), (texts.map(\.index), textVectors.vectors),
      ] {
        for (place, index) in indices.enumerated() {
          vectors.replaceSubrange(
            index * dimension..<(index + 1) * dimension,
            with: found[place * dimension..<(place + 1) * dimension])
        }
      }
      try progress(batch.upperBound)
    }
    return (vectors, truncatedCount)
  }

  /// Decodes a picture in a process of its own and prepares it.
  ///
  /// - Throws: ``RAG/PictureFileError``.
  package func preparedPicture(
    path: String, for embedder: any PictureEmbedder
  ) throws(PictureFileError) -> PreparedPicture {
    do {
      return embedder.prepare(try Self.pictureDecoder().decode(path: path))
    } catch {
      throw PictureFileError(path: path, error: error)
    }
  }
}
