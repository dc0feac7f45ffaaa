internal import Glibc

/// Labels pictures by comparing them with texts (zero-shot classification).
///
/// Every label is put into every template; the vectors of a label's texts are averaged and scaled to
/// unit length again. The probabilities of a picture are `softmax(logitScale × cosine)` over the
/// labels.
///
/// - Source: Radford et al. 2021, arXiv:2103.00020, section 3.1; the averaging of templates
///   ("prompt ensembling"), section 3.1.4.
package struct PictureClassifier: Sendable {
  /// The labels, in the order of the probabilities.
  package let labels: [String]
  private let embedder: any PictureEmbedder
  /// `[labels, dimension]`, each row of unit length.
  private let labelVectors: [Float]

  /// OpenAI's usual template; `{}` is the label.
  package static let defaultTemplate = "a photo of a {}."

  /// Embeds the labels.
  ///
  /// - Parameters:
  ///   - labels: at least one.
  ///   - templates: texts in which `{}` stands for the label; at least one.
  ///   - embedder: of pictures and texts.
  /// - Throws: as the embedder.
  package init(
    labels: [String], templates: [String], embedder: any PictureEmbedder
  ) throws {
    precondition(!labels.isEmpty && !templates.isEmpty, "labels and templates are needed")
    self.labels = labels
    self.embedder = embedder
    let dimension = embedder.dimension
    var labelVectors: [Float] = []
    for label in labels {
      let texts = templates.map { Self.fill($0, with: label) }
      let vectors = try embedder.vectors(ofTexts: texts).vectors
      var mean = [Float](repeating: 0, count: dimension)
      for (index, value) in vectors.enumerated() { mean[index % dimension] += value }
      let length = mean.reduce(0) { $0 + $1 * $1 }.squareRoot()
      labelVectors += length > 0 ? mean.map { $0 / length } : mean
    }
    self.labelVectors = labelVectors
  }

  /// A template with every `{}` replaced.
  private static func fill(_ template: String, with label: String) -> String {
    template.split(separator: "{}", omittingEmptySubsequences: false).joined(separator: label)
  }

  /// One label's share of a picture.
  package struct Score: Sendable, Equatable {
    /// The label as it was given.
    package let label: String
    /// Softmax over the labels; the scores of a picture add up to 1.
    package let probability: Double
    /// Cosine of the picture's and the label's vectors.
    package let cosine: Double
  }

  /// The scores of each picture, in the order of the labels.
  ///
  /// - Throws: as the embedder.
  package func scores(of pictures: [PreparedPicture]) throws -> [[Score]] {
    let dimension = embedder.dimension
    let vectors = try embedder.vectors(ofPictures: pictures)
    return pictures.indices.map { picture in
      let cosines = labels.indices.map { label in
        (0..<dimension).reduce(0.0) {
          $0 + Double(vectors[picture * dimension + $1])
            * Double(labelVectors[label * dimension + $1])
        }
      }
      let scale = Double(embedder.logitScale)
      let largest = cosines.max() ?? 0
      let weights = cosines.map { exp(scale * ($0 - largest)) }
      let sum = weights.reduce(0, +)
      return labels.indices.map {
        Score(label: labels[$0], probability: weights[$0] / sum, cosine: cosines[$0])
      }
    }
  }
}
