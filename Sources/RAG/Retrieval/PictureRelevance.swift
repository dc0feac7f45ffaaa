internal import Foundation

/// The probability that a picture shows what a text describes.
///
/// With s the cosine of the text and the picture, t the model's logit scale, and for each of several
/// neutral texts the largest cosine b_j with any picture of the index,
///
///     p = exp(t s) / (exp(t s) + exp(t mean_j b_j))
///
/// The neutral texts describe nothing that a picture shows, so their best pictures tell how close
/// this index and this model bring any text to some picture: the more pictures, the closer. A fixed
/// threshold on the cosine would depend on both. <doc:0014-PicturesInOneRanking> has the
/// measurements.
struct PictureRelevance: Sendable {
  /// Texts without a subject, and questions and statements that no picture shows.
  static let neutralTexts = [
    "a photo", "an image", "a picture of something", "text on a page",
    "How do I cancel my subscription?", "What is the capital of France?",
    "The meeting was moved to Thursday.", "the price went up by ten percent",
    "Who wrote this book?", "When does the office open?", "terms and conditions apply",
    "a definition of justice", "the average of three numbers", "thank you very much",
    "What does this mean?", "It is not allowed.",
  ]

  /// The least probability of a picture that is shown for a question.
  static let threshold = 0.9

  /// The model's factor of cosines.
  let logitScale: Double
  /// The mean, over the neutral texts, of the largest cosine with a picture.
  let neutralLevel: Double

  /// The probability, 0 to 1, of a picture with this cosine.
  func probability(cosine: Double) -> Double {
    // Beyond 700 the exponential is infinite and the probability 0, as it should be.
    1 / (1 + exp(logitScale * (neutralLevel - cosine)))
  }
}
