/// The weights of the parts that decide what is quoted.
///
/// They were chosen with a prototype in Python on all questions of XQuAD's English file, so no questions
/// are left that check them; `swiftrag eval answers --squad FILE --parts` measures what each part is
/// worth.
package struct QuoteWeights: Sendable, Equatable {
  /// Of the cosine of the question and a piece of a passage.
  package var cosine = 1.0
  /// Of the share of the question's words in the piece.
  package var words = 0.6
  /// Of words that stand only around the piece, relative to those in it.
  package var near = 0.5
  /// Of the signs of an answer of the kind that is asked for.
  package var signs = 0.2
  /// Of the passage's cosine when the best pieces of several passages are compared.
  package var passage = 0.5
  /// A neighbour of the best sentence is quoted too if its value is at most this much smaller.
  package var neighbourMargin = 0.3

  package init() {}

  /// The weights in force.
  package static let measured = QuoteWeights()

  /// The weights with one part left out each, by the part's name.
  package static let withoutOnePart: [(part: String, weights: QuoteWeights)] = {
    let parts: [(String, WritableKeyPath<QuoteWeights, Double>)] = [
      ("meaning", \.cosine), ("words", \.words), ("words around", \.near), ("kind asked", \.signs),
      ("passage", \.passage), ("neighbour", \.neighbourMargin),
    ]
    return parts.map { part, path in
      var weights = QuoteWeights()
      // No neighbour is better than the best sentence.
      weights[keyPath: path] = part == "neighbour" ? -1 : 0
      return (part, weights)
    }
  }()
}
