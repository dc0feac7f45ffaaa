/// A restriction of the next token, such as a grammar.
///
/// Its state changes only when a token is accepted, so speculative decoding does not affect it.
package protocol TokenConstraint: AnyObject {
  /// Sets the logit of every excluded id to -infinity.
  ///
  /// - Parameter logits: one number per id of the vocabulary.
  func restrict(_ logits: inout [Float])

  /// Advances the state by a token.
  func accept(_ id: Int32)

  /// Whether the text so far is complete.
  var isSatisfied: Bool { get }

  /// Whether the text so far is complete and cannot be continued.
  var isComplete: Bool { get }
}
