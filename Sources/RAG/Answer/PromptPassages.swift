internal import Store

/// Which of the retrieved passages a language model is given.
package enum PromptPassages: String, Sendable, CaseIterable, Codable {
  /// ``bearing`` for models of fewer than ``smallModel`` weights, ``all`` for others and for servers,
  /// whose size is not known.
  case auto
  /// All that were retrieved and fit.
  case all
  /// Those that bear on the question by themselves.
  case bearing

  /// Weights of the largest model that counts as small.
  ///
  /// Models of 135 million weights answer wrongly from five passages what they answer rightly from the
  /// one that matters; the page on retrieval and answers has the figures. Of the models that people
  /// use, the next larger ones have 1 to 4 billion, and none of them has been measured.
  static let smallModel = 1_000_000_000

  /// The passages for a prompt.
  ///
  /// - Parameters:
  ///   - request: with passages, best first.
  ///   - parameterCount: the number of the model's weights; nil if it is not known.
  /// - Returns: the passages, best first, at least one of those there are.
  func passages(of request: AnswerRequest, parameterCount: Int?) -> [Passage] {
    switch self {
    case .all: return request.passages
    case .bearing: return request.bearingPassages
    case .auto:
      return Self.isSmall(parameterCount: parameterCount)
        ? request.bearingPassages : request.passages
    }
  }

  /// Whether a model is small; not if the number of its weights is nil.
  static func isSmall(parameterCount: Int?) -> Bool {
    parameterCount.map { $0 < smallModel } ?? false
  }
}

extension AnswerRequest {
  /// The judged passages each of which would suffice as evidence; the first if none does.
  ///
  /// Passages that were given without being judged all count.
  var bearingPassages: [Passage] {
    guard let judged else { return passages }
    let bearing = judged.bearing
    return bearing.isEmpty ? Array(passages.prefix(1)) : bearing
  }
}
