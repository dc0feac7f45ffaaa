/// An error in sampling.
package enum SamplerError: Error, Equatable, Sendable {
  /// An option has an invalid value.
  case invalidOption(name: String, value: String, expectation: String)
  /// A logit is NaN or +infinity: the model file is damaged or its numbers overflow.
  case notFinite(tokenID: Int32, value: Float, tokenIndex: Int)
  /// Every token is excluded by the model (-infinity), the bias or the grammar.
  case noCandidate(tokenIndex: Int, isConstrained: Bool)
}

extension SamplerError: CustomStringConvertible {
  /// One sentence that names the option or the token.
  package var description: String {
    switch self {
    case .invalidOption(let name, let value, let expectation):
      "\(name) is \(value); expected \(expectation)"
    case .notFinite(let tokenID, let value, let tokenIndex):
      "the model's logit of token \(tokenID) at output token \(tokenIndex) is \(value): "
        + "the model file is damaged or its numbers overflow"
    case .noCandidate(let tokenIndex, let isConstrained):
      isConstrained
        ? "no token of the vocabulary continues the required form at output token \(tokenIndex)"
        : "every token is excluded at output token \(tokenIndex)"
    }
  }
}
