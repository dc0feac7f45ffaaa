internal import Foundation

/// The probability that a text describes a picture, and not one of several neutral texts.
///
/// With s the cosine of the text and the picture, n_j those of the neutral texts, and the model's
/// logit scale t,
///
///     p = exp(t s) / (exp(t s) + mean_j exp(t n_j))
///
/// Cosines of different pictures cannot be compared with a fixed threshold: a sharp photograph of
/// anything is close to "a photo", and one of a page is far from every text. The neutral texts are
/// the picture's own zero. <doc:0014-PicturesInOneRanking> has the measurements.
struct PictureRelevance: Sendable {
  /// Texts that describe most pictures and say nothing about their content.
  static let neutralTexts = [
    "a photo", "a picture", "an image", "a photo of something", "a picture of an object",
    "a drawing", "a photo of a place", "text on a page",
  ]

  /// The least probability of a picture that is shown for a question.
  static let threshold = 0.75

  let logitScale: Double

  /// The probability, 0 to 1.
  ///
  /// - Parameters:
  ///   - cosine: of the text and the picture.
  ///   - neutralCosines: of the neutral texts and the picture; not empty.
  func probability(cosine: Double, neutralCosines: [Double]) -> Double {
    let exponents = neutralCosines.map { logitScale * ($0 - cosine) }
    // Beyond 700 the exponential is infinite and the probability 0, as it should be.
    let ratio = exponents.reduce(0) { $0 + exp($1) } / Double(max(1, exponents.count))
    return 1 / (1 + ratio)
  }
}
